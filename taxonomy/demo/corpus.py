"""Seeded conversations from the authored tree, streamed to disk with their truth.

Conversation number i depends on the seed and i alone, so the first thousand of a million are the
thousand of a smaller corpus with as many users, and memory does not grow with the number.
"""

from __future__ import annotations

import csv
import json
import tomllib
from bisect import bisect
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, TextIO

from taxonomy.demo.areas import Area, Task, Topic, load_areas
from taxonomy.demo.dialogue import Dialogue, hold, mistype
from taxonomy.progress import track

TRUTH = ("conversation_id", "kind", "area", "topic", "task", "collaboration", "language")

WINDOW_START = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW_DAYS = 11
MODELS = ("assistant-large", "assistant-large", "assistant-small")

CONVERSATIONS_PER_USER = 2.4
ACTIVITY_EXPONENT = 2.2
"""A user's rank is uniform ** this, times the number of users: a few write very often."""
TASK_EXPONENT = 0.6
"""Size of a task falls with its rank in its area to the power of minus this."""

EMPTY_RATE = 0.005
HOSTILE_RATE = 0.005
COPIED_RATE = 0.02
HABIT_RATE = 0.15
REPEAT_RATE = 0.03
RESENT_RATE = 0.002
N_COPIED = 40


@dataclass(frozen=True)
class Place:
    """A task with the topic and the area above it."""

    area: Area
    topic: Topic
    task: Task


@dataclass(frozen=True)
class Sample:
    """One conversation with its truth."""

    kind: str
    dialogue: Dialogue
    place: Place | None = None
    collaboration: str = ""


class Corpus:
    """The generator: places by weight, users by activity, everything from one seed."""

    def __init__(self, n_conversations: int, random_state: int) -> None:
        self.random_state = random_state
        self.n_users = max(1, round(n_conversations / CONVERSATIONS_PER_USER))
        self.places, weights = _weighted_places(random_state)
        self._cumulated = list(accumulate(weights))
        odd = files("taxonomy.demo").joinpath("hostile.toml").read_text(encoding="utf-8")
        self.odd: dict[str, list[str]] = tomllib.loads(odd)

    def row(self, number: int, *, with_facets: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Conversation `number` as a row of input, and its row of truth."""
        random = Random(f"{self.random_state}/{number}")
        user = int(self.n_users * random.random() ** ACTIVITY_EXPONENT)
        sample = self._sample(user, random)
        conversation_id = f"{random.getrandbits(96):024x}"
        row: dict[str, Any] = {
            "conversation_id": conversation_id,
            "user_id": f"user-{user:06d}",
            "created_at": _time(random).isoformat().replace("+00:00", "Z"),
            "model": random.choice(MODELS),
            "thinking": _thinking(sample, random),
            "messages": sample.dialogue.messages,
        }
        if with_facets:
            row |= {
                "request": sample.dialogue.request,
                "collaboration": sample.collaboration or "none",
                "language": sample.dialogue.language,
            }
        return row, _truth(conversation_id, sample)

    def _sample(self, user: int, random: Random) -> Sample:
        draw = random.random()
        if draw < EMPTY_RATE:
            return self._odd("empty", random)
        if draw < EMPTY_RATE + HOSTILE_RATE:
            return self._odd("hostile", random)
        if draw < EMPTY_RATE + HOSTILE_RATE + COPIED_RATE:
            return self._copied(random)
        if random.random() < REPEAT_RATE:
            return self._usual(user, Random(f"{self.random_state}/user/{user}"), kind="repeat")
        if random.random() < HABIT_RATE:
            return self._usual(user, random, kind="ordinary")
        return _about(self._draw(random), random, kind="ordinary")

    def _draw(self, random: Random) -> Place:
        return self.places[bisect(self._cumulated, random.random() * self._cumulated[-1])]

    def _usual(self, user: int, random: Random, *, kind: str) -> Sample:
        """What this user asks for again and again."""
        habit = self._draw(Random(f"{self.random_state}/habit/{user}"))
        return _about(habit, random, kind=kind)

    def _copied(self, random: Random) -> Sample:
        """A prompt that goes round: the same words from many users, some with a slip."""
        source = Random(f"{self.random_state}/copied/{random.randrange(N_COPIED)}")
        sample = _about(self._draw(source), source, kind="near-duplicate")
        if random.random() < 0.5:
            first = sample.dialogue.messages[0]
            first["content"] = mistype(first["content"], random)
        return sample

    def _odd(self, kind: str, random: Random) -> Sample:
        text = random.choice(self.odd[kind])
        messages = [{"role": "user", "content": text}]
        if text.strip():
            messages.append({"role": "assistant", "content": "How can I help you today?"})
        return Sample(kind, Dialogue(messages, text, "en"))


def truth_file(corpus: Path) -> Path:
    """Where the truth of a corpus lies: a tab-separated table beside it."""
    return corpus.with_suffix(".truth.tsv")


def write_corpus(
    path: str | Path, *, n_conversations: int, random_state: int = 0, with_facets: bool = False
) -> None:
    """Write the conversations as JSONL to `path`, and their truth beside it.

    Parameters
    ----------
    with_facets : give `request`, `collaboration` and `language` too, so that facets are not made
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial, partial_truth = path.with_suffix(".partial"), path.with_suffix(".truth.partial")
    try:
        with (
            partial.open("w", encoding="utf-8") as rows,
            partial_truth.open("w", encoding="utf-8", newline="") as truth,
        ):
            corpus = Corpus(n_conversations, random_state)
            _write_rows(rows, truth, corpus, n_conversations, with_facets)
        partial_truth.replace(truth_file(path))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        partial_truth.unlink(missing_ok=True)


def _write_rows(
    rows: TextIO, truth: TextIO, corpus: Corpus, n_conversations: int, with_facets: bool
) -> None:
    table = csv.writer(truth, delimiter="\t", lineterminator="\n")
    table.writerow(TRUTH)
    for number in track(range(n_conversations), "corpus", unit="conversations"):
        row, facts = corpus.row(number, with_facets=with_facets)
        table.writerow(facts)
        line = json.dumps(row, ensure_ascii=False) + "\n"
        # Some clients send a conversation twice: the same id, the same content.
        resent = Random(f"{corpus.random_state}/resent/{number}").random() < RESENT_RATE
        rows.write(line * (2 if resent else 1))


def _weighted_places(random_state: int) -> tuple[list[Place], list[float]]:
    places, weights = [], []
    for area in load_areas():
        inside = [Place(area, topic, task) for topic in area.topics for task in topic.tasks]
        Random(f"{random_state}/ranks/{area.name}").shuffle(inside)
        sizes = [(rank + 1) ** -TASK_EXPONENT for rank in range(len(inside))]
        places += inside
        weights += [area.weight * size / sum(sizes) for size in sizes]
    return places, weights


def _about(place: Place, random: Random, *, kind: str) -> Sample:
    rates = place.area.collaboration
    pattern = random.choices(list(rates), weights=list(rates.values()))[0]
    return Sample(kind, hold(place.area, place.topic, place.task, pattern, random), place, pattern)


def _time(random: Random) -> datetime:
    # Most people write by day: the sum of two draws leans to the middle of the day.
    hour = 12 * (random.random() + random.random())
    return WINDOW_START + timedelta(days=random.randrange(WINDOW_DAYS), seconds=int(hour * 3600))


def _thinking(sample: Sample, random: Random) -> bool:
    return sample.place is not None and random.random() < sample.place.area.thinking


def _truth(conversation_id: str, sample: Sample) -> tuple[str, ...]:
    place = sample.place
    names = (place.area.name, place.topic.name, place.task.name) if place else ("", "", "")
    language = sample.dialogue.language
    return (conversation_id, sample.kind, *names, sample.collaboration, language)
