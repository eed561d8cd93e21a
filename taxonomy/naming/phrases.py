"""Evidence in, ranked phrases out: what a group's users share and its neighbours' do not.

A phrase's score is share x log2(1 + share / background), the class-based TF-IDF of BERTopic
with the nearest groups as background, times its closeness to the group's centre where there
is an encoder (as KeyBERT ranks keywords).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from taxonomy.embedding import Encoder
from taxonomy.naming.evidence import Evidence, Use
from taxonomy.naming.lexicon import load_lexicon
from taxonomy.naming.pool import Pool, is_action, may_be_published, written_phrase

MIXED = "mixed"
"""The slot of a phrase that no preposition precedes half of the time."""
N_NEIGHBORS = 10
MEANING = 0.8
"""How much a standard deviation of closeness to the centre weighs, in units of log score."""
N_CANDIDATES = 14
N_OF_PARENT = 24
SMOOTHING = 0.02
"""Share added to the background: a phrase that is nowhere else is not infinitely telling."""
TOO_ALIKE = 0.72
"""Cosine from which two phrases say the same."""
SUBJECT_WEIGHT = 0.35
"""A general subject wins over a phrase only where it speaks for many more users."""


@dataclass(frozen=True)
class Phrase:
    """A phrase that may stand in a name, as it would be written there."""

    key: str
    text: str
    users: frozenset[int]
    score: float
    parts: tuple[tuple[int, int], ...] = ()
    """Part of the group -> its members that wrote it."""
    slot: str = ""
    """The preposition before it in at least half of its uses; empty for an object."""
    object_verbs: frozenset[str] = frozenset()
    """Leading verbs of which this was the object."""
    is_action: bool = False
    is_subject: bool = False
    alike: frozenset[str] = frozenset()
    """Keys of phrases that mean nearly the same."""

    @property
    def lemmas(self) -> frozenset[str]:
        """Its content words, by which repetition is seen."""
        closed = load_lexicon().closed
        skip = closed["prepositions"] | closed["determiners"] | closed["joiners"]
        return frozenset(self.key.lower().split()) - skip

    @property
    def is_product(self) -> bool:
        """Whether it is a piece of work, such as `paragraphs`, and no more."""
        return self.key in load_lexicon().closed["products"]

    def instances_in(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """The phrases that this general subject covers."""
        return [phrase for phrase in phrases if self.key in phrase.shown_subjects]

    @property
    def shown_subjects(self) -> frozenset[str]:
        """The general subjects that its words show."""
        if self.is_action or self.is_subject:
            return frozenset()
        subjects_of = load_lexicon().subjects_of
        words = {self.key, *self.key.split()}
        return frozenset(subject for word in words for subject in subjects_of.get(word, ()))


def rank_phrases(
    found: Mapping[int, Evidence],
    pool: Pool,
    centers: Mapping[int, np.ndarray],
    *,
    encoder: Encoder | None,
    subject_weight: float = SUBJECT_WEIGHT,
) -> dict[int, list[Phrase]]:
    """The best phrases of each group, best first, at most 14, or 24 of a parent.

    Parameters
    ----------
    found : the evidence of every group
    pool : what all groups say of the words
    centers : group -> unit vector (d,)
    encoder : ranks by meaning too, or None for term statistics alone
    subject_weight : weight of a general subject beside a phrase of the members
    """
    shares = {group: _shares(evidence) for group, evidence in found.items()}
    overall = _mean_shares(list(shares.values()))
    neighbors = nearest_groups(centers)
    ranked: dict[int, list[Phrase]] = {}
    for group, evidence in found.items():
        around = _mean_shares([shares[other] for other in neighbors[group] if other in shares])
        phrases = _score(evidence, pool, around, overall, subject_weight=subject_weight)
        ranked[group] = phrases[: N_OF_PARENT if evidence.is_parent else N_CANDIDATES]
    if encoder is None:
        return ranked
    return _rank_by_meaning(ranked, centers, neighbors, encoder)


def nearest_groups(centers: Mapping[int, np.ndarray]) -> dict[int, list[int]]:
    """The up to 10 nearest other groups of each, by cosine of the centres."""
    groups = sorted(centers)
    if not groups:
        return {}
    vectors = np.stack([centers[group] for group in groups])
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1, kind="stable")[:, : min(N_NEIGHBORS, len(groups) - 1)]
    return {group: [groups[j] for j in row] for group, row in zip(groups, order, strict=True)}


def _shares(evidence: Evidence) -> dict[str, float]:
    n = max(evidence.n_users, 1)
    shares = {phrase: len(use.users) / n for phrase, use in evidence.phrases.items()}
    return shares | {
        f"#{subject}": len(use.users) / n for subject, use in evidence.subjects.items()
    }


def _mean_shares(tables: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for table in tables:
        for key, share in table.items():
            total[key] = total.get(key, 0.0) + share
    return {key: value / len(tables) for key, value in total.items()}


def _score(
    evidence: Evidence,
    pool: Pool,
    around: Mapping[str, float],
    overall: Mapping[str, float],
    *,
    subject_weight: float,
) -> list[Phrase]:
    def telling(key: str, n_users: int) -> float:
        share = n_users / max(evidence.n_users, 1)
        background = (around.get(key, 0.0) + overall.get(key, 0.0)) / 2 + SMOOTHING
        return float(share * np.log2(1 + share / background))

    phrases = []
    for key, use in evidence.phrases.items():
        if not may_be_published(key, pool.uses[key], use):
            continue
        length_bonus = 1 + 0.4 * key.count(" ")
        spread = (len(use.parts) / len(evidence.part_sizes)) ** 0.5
        score = telling(key, len(use.users)) * length_bonus * spread
        phrases.append(_phrase(key, use, pool, score))
    for subject, use in evidence.subjects.items():
        score = subject_weight * telling(f"#{subject}", len(use.users))
        users, parts = frozenset(use.users), tuple(sorted(use.parts.items()))
        phrases.append(Phrase(subject, subject, users, score, parts=parts, is_subject=True))
    return sorted(phrases, key=lambda phrase: (-phrase.score, phrase.key))


def _phrase(key: str, use: Use, pool: Pool, score: float) -> Phrase:
    slot = min(use.slots, key=lambda slot: (-use.slots[slot], slot))
    if 2 * use.slots[slot] < use.n:
        slot = MIXED
    return Phrase(
        key=key,
        text=written_phrase(key, pool),
        users=frozenset(use.users),
        score=score,
        parts=tuple(sorted(use.parts.items())),
        slot=slot,
        object_verbs=frozenset(use.verbs) if use.slots[""] else frozenset(),
        is_action=is_action(key),
    )


def _rank_by_meaning(
    ranked: dict[int, list[Phrase]],
    centers: Mapping[int, np.ndarray],
    neighbors: Mapping[int, list[int]],
    encoder: Encoder,
) -> dict[int, list[Phrase]]:
    texts = sorted({phrase.text for phrases in ranked.values() for phrase in phrases})
    if not texts:
        return ranked
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    result = {}
    for group, phrases in ranked.items():
        if not phrases:
            result[group] = phrases
            continue
        found = np.stack([vectors[phrase.text] for phrase in phrases])
        closeness = contrast(found, centers[group], [centers[n] for n in neighbors[group]])
        result[group] = _weigh(phrases, closeness, found @ found.T)
    return result


def contrast(texts: np.ndarray, center: np.ndarray, around: Sequence[np.ndarray]) -> np.ndarray:
    """Cosine of (n, d) text vectors to a centre, less half their mean cosine to its neighbours."""
    closeness: np.ndarray = texts @ center
    if around:
        closeness = closeness - 0.5 * (texts @ np.stack(around).T).mean(axis=1)
    return closeness


def _weigh(phrases: list[Phrase], closeness: np.ndarray, likeness: np.ndarray) -> list[Phrase]:
    spread = float(closeness.std()) or 1.0
    weights = np.exp(MEANING * np.clip((closeness - closeness.mean()) / spread, -2, 2))
    weighed = [
        replace(
            phrase,
            score=float(phrase.score * weight),
            alike=frozenset(phrases[j].key for j in np.flatnonzero(row > TOO_ALIKE)),
        )
        for phrase, weight, row in zip(phrases, weights, likeness, strict=True)
    ]
    return sorted(weighed, key=lambda phrase: (-phrase.score, phrase.key))
