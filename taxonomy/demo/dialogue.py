"""A task and a collaboration pattern in, the messages of one conversation out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from taxonomy.demo.areas import Area, Slots, Task, Topic

SLOT = re.compile(r"\{([a-z_0-9]+)\}")

GREETINGS = ("Hi", "Hello", "Hey there", "Good morning", "hi!", "Hello, hope you are well", "Hey")
THANKS = ("Thanks!", "Thank you in advance.", "Thanks a lot", "Much appreciated.", "pls", "Cheers")
ASIDES = ("ok", "Never mind, I will come back to this later.", "hm", "Who made you?", "lol", "test")

TYPO_RATE = 0.12
GREETING_RATE = 0.2
THANKS_RATE = 0.15
LOWERCASE_RATE = 0.1
OTHER_LANGUAGE_RATE = 0.8
MAX_LATER_TURNS = 3

Message = dict[str, str]


@dataclass(frozen=True)
class Dialogue:
    """The messages of a conversation, and what is true of them."""

    messages: list[Message]
    request: str
    """The first request as it was meant, before greetings and typing errors."""
    language: str


def hold(area: Area, topic: Topic, task: Task, pattern: str, random: Random) -> Dialogue:
    """One conversation about a task, in which the two work together by the pattern."""
    request, language = _first_request(task, pattern, random)
    opening = _pasted(_as_typed(request, random, polite=language == "en"), task, pattern, random)
    later = _later_turns(topic, pattern, random) if language == "en" else []
    turns = [opening, *(_as_typed(turn, random, polite=False) for turn in later)]
    return Dialogue(_with_replies(turns, area, random), request, language)


def fill(text: str, slots: Slots, random: Random) -> str:
    """The text with every `{slot}` replaced by one of its values."""
    return SLOT.sub(lambda match: random.choice(slots[match.group(1)]), text)


def mistype(text: str, random: Random) -> str:
    """The text with two neighbouring letters of one longer word swapped."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return text
    place = random.choice(long)
    word, at = words[place], random.randrange(1, len(words[place]) - 2)
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def _first_request(task: Task, pattern: str, random: Random) -> tuple[str, str]:
    if pattern == "learning":
        return fill(task.learn, task.slots, random), "en"
    if pattern == "validation":
        return fill(task.check, task.slots, random), "en"
    if pattern == "directive" and task.other and random.random() < OTHER_LANGUAGE_RATE:
        language, text = random.choice(task.other).split(": ", 1)
        return fill(text, task.slots, random), language
    requests = task.requests
    if pattern == "directive":
        # Who hands over a task seldom asks a question; a single question is rather learning.
        requests = [text for text in requests if not text.rstrip().endswith("?")] or requests
    return fill(random.choice(requests), task.slots, random), "en"


def _later_turns(topic: Topic, pattern: str, random: Random) -> list[str]:
    turns, least = {
        "feedback loop": (topic.results, 1),
        "task iteration": (topic.refinements, 1),
        "learning": (topic.questions, 0),
        "validation": (topic.checks, 0),
        "none": (list(ASIDES), 1),
        "directive": ([], 0),
    }[pattern]
    count = min(random.randint(least, MAX_LATER_TURNS), len(turns))
    return [fill(turn, topic.slots, random) for turn in random.sample(turns, count)]


def _as_typed(text: str, random: Random, *, polite: bool) -> str:
    """The text as a person types it: greetings and thanks, typing errors, no capitals."""
    if polite and random.random() < GREETING_RATE:
        text = f"{random.choice(GREETINGS)}{random.choice([', ', '. ', '! ', chr(10)])}{text}"
    if polite and random.random() < THANKS_RATE:
        text = f"{text} {random.choice(THANKS)}"
    if random.random() < TYPO_RATE:
        text = mistype(text, random)
    return text.lower() if random.random() < LOWERCASE_RATE else text


def _pasted(text: str, task: Task, pattern: str, random: Random) -> str:
    if not task.code or (pattern != "validation" and random.random() < 0.5):
        return text
    return f"{text}\n```\n{random.choice(task.code).strip()}\n```"


def _with_replies(turns: list[str], area: Area, random: Random) -> list[Message]:
    messages = []
    for turn in turns:
        messages.append({"role": "user", "content": turn})
        messages.append({"role": "assistant", "content": random.choice(area.replies)})
    return messages
