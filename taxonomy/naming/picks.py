"""Ranked phrases in, sets of a few that together speak for a group out.

A cluster is spoken for by its users, a parent by its clusters: a phrase speaks for a cluster when
a quarter of its members wrote it, and what is already spoken for counts no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from taxonomy.naming.evidence import Evidence
from taxonomy.naming.lexicon import base_verb, singular
from taxonomy.naming.phrases import Phrase

ENOUGH = 0.08
"""A further phrase is worth naming from this score on: 4% of users, four times the background."""
FULL_SHARE = 0.25
"""A phrase speaks for a cluster in full when this share of its members wrote it."""
MIN_SUBJECT_SHARE = 0.08
Gain = Callable[[Phrase, Sequence[Phrase]], float]


def sets_of_phrases(
    phrases: Sequence[Phrase], evidence: Evidence, *, limit: int = 3
) -> Iterator[list[Phrase]]:
    """Sets of one to `limit` phrases for a name, best first."""
    subjects = _broad_subjects(phrases, evidence)
    if 1 < len(subjects) < limit:
        yield subjects
    for subject in subjects[:1]:
        instances = [p for p in subject.instances_in(phrases) if _differs(p, subject)]
        yield [subject, *pick(instances, evidence, limit=2)]
        yield [subject]
    if evidence.is_parent:
        yield pick(phrases, evidence, limit=limit)
    own = [phrase for phrase in phrases if not phrase.is_subject]
    for first in range(len(own)):
        best = pick(own[first:], evidence, limit=limit)
        yield best
        # The same lead with another companion tells two like groups apart.
        yield from ([best[0], other] for other in own if limit > 1 and fits(other, best[:1]))
    for subject in phrases:
        if subject.is_subject and spoken_share([subject], evidence) >= MIN_SUBJECT_SHARE:
            yield [subject]


def _broad_subjects(phrases: Sequence[Phrase], evidence: Evidence) -> list[Phrase]:
    """One or two general subjects, where phrases speak for far fewer users than those do."""
    n = evidence.n_users
    subjects = pick([p for p in phrases if p.is_subject], evidence, limit=2)
    if not subjects:
        return []
    own = pick([p for p in phrases if not p.is_subject], evidence, limit=3)
    spoken, covered, one = (_n_users(some) for some in (own, subjects, subjects[:1]))
    if evidence.is_parent:
        return subjects[:1] if _spoken_parts(subjects[:1], evidence) >= 0.6 else []
    if covered < 0.2 * n or spoken >= 0.6 * covered:
        return []
    large = [subject for subject in subjects if len(subject.users) >= 0.12 * n]
    return large if covered >= 1.4 * one and large else subjects[:1]


def _n_users(phrases: Sequence[Phrase]) -> int:
    return len(set().union(*(phrase.users for phrase in phrases)))


def pick(phrases: Sequence[Phrase], evidence: Evidence, *, limit: int) -> list[Phrase]:
    """Phrases chosen one by one, each for what it adds to those before it."""
    gain_of = _parent_gain(evidence) if evidence.is_parent else _cluster_gain(evidence)
    chosen: list[Phrase] = []
    first = 0.0
    while len(chosen) < limit:
        gains = [
            (gain_of(phrase, chosen), -i, phrase)
            for i, phrase in enumerate(phrases)
            if fits(phrase, chosen)
        ]
        gain, _, best = max(gains, key=lambda item: item[:2], default=(0.0, 0, None))
        if best is None or (chosen and gain < min(0.2 * first, ENOUGH)):
            break
        first = first or gain
        chosen.append(_lengthen(best, phrases, chosen))
    return chosen


def _lengthen(phrase: Phrase, phrases: Sequence[Phrase], chosen: Sequence[Phrase]) -> Phrase:
    """The longer phrase that at least half of its users wrote: `import errors` for `errors`."""
    longer = [
        other
        for other in phrases
        if other.key.endswith(f" {phrase.key}")
        and not other.is_subject
        and not other.is_action
        and 2 * len(other.users) >= len(phrase.users)
        and fits(other, chosen)
    ]
    if phrase.is_subject or not longer:
        return phrase
    return max(longer, key=lambda other: (len(other.users), other.key))


def _cluster_gain(evidence: Evidence) -> Gain:
    """Score times the share of a phrase's users who are not yet spoken for."""

    def gain(phrase: Phrase, chosen: Sequence[Phrase]) -> float:
        spoken = set().union(*(other.users for other in chosen))
        new = len(phrase.users - spoken)
        if chosen and new < 0.03 * evidence.n_users:
            return 0.0
        return phrase.score * new / len(phrase.users)

    return gain


def _parent_gain(evidence: Evidence) -> Gain:
    """Share of the clusters newly spoken for, times how telling the phrase is."""

    def gain(phrase: Phrase, chosen: Sequence[Phrase]) -> float:
        added = _spoken_parts([*chosen, phrase], evidence) - _spoken_parts(chosen, evidence)
        share = len(phrase.users) / max(evidence.n_users, 1)
        return float(added * (phrase.score / share) ** 0.5)

    return gain


def spoken_share(phrases: Sequence[Phrase], evidence: Evidence) -> float:
    """The share of a cluster's users, or of a parent's clusters, that phrases speak for."""
    if evidence.is_parent:
        return _spoken_parts(phrases, evidence)
    return _n_users(phrases) / max(evidence.n_users, 1)


def _spoken_parts(phrases: Sequence[Phrase], evidence: Evidence) -> float:
    """The share of the clusters of a parent that phrases speak for."""
    best: dict[int, float] = {}
    for phrase in phrases:
        for part, count in phrase.parts:
            full = min(1.0, count / (FULL_SHARE * evidence.part_sizes[part]))
            best[part] = max(best.get(part, 0.0), full)
    return sum(best.values()) / len(evidence.part_sizes)


def fits(phrase: Phrase, chosen: Sequence[Phrase]) -> bool:
    """Whether it repeats no word, no meaning and no subject of those chosen."""
    return all(
        _differs(phrase, other)
        and not (phrase.is_subject and phrase.key in other.shown_subjects)
        and not (other.is_subject and other.key in phrase.shown_subjects)
        for other in chosen
    )


def _differs(phrase: Phrase, other: Phrase) -> bool:
    return not stems(phrase) & stems(other) and phrase.key not in other.alike


def stems(phrase: Phrase) -> set[str]:
    """Its content words, cut so that forms of one word are equal."""
    found = set()
    for lemma in phrase.lemmas:
        word = base_verb(lemma) or singular(lemma)
        found.add(word[:5] if len(word) > 6 else word)
    return found


def join_phrases(phrases: Sequence[Phrase]) -> str:
    """The phrases as a list; one subject is followed by its instances, more are cut short."""
    subjects = [phrase for phrase in phrases if phrase.is_subject]
    if len(phrases) > 1 and subjects == [phrases[0]] and _all_instances(phrases):
        return f"{phrases[0].text}, such as {join([phrase.text for phrase in phrases[1:]])}"
    if len(phrases) == 1 or not subjects:
        return join([phrase.text for phrase in phrases])
    if len(phrases) == 2 and len(subjects) == 2:
        return join([part for subject in subjects for part in subject.text.split(" and ")])
    return join([p.text.split(" and ")[0] if p.is_subject else p.text for p in phrases])


def _all_instances(phrases: Sequence[Phrase]) -> bool:
    return all(phrases[0].key in phrase.shown_subjects for phrase in phrases[1:])


def join(texts: Sequence[str], *, last: str = " and ") -> str:
    """`a`, `a and b`, `a, b and c`."""
    texts = list(texts)
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])}{last}{texts[-1]}"
