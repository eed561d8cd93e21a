"""Members in, one `Evidence` a group out: which verbs and phrases its users share.

Support is counted in distinct users, so that one busy user is one voice. Groups are clusters or,
for parents, unions of clusters.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from taxonomy.naming.kinds import is_adjective
from taxonomy.naming.lexicon import load_lexicon, singular
from taxonomy.naming.reading import Chunk, Reading, read_request

SAMPLE = 250
"""Members read of each group: enough to measure a share to within 0.06, whatever its size."""
MIN_PART = 20
MAX_SPAN = 3


@dataclass
class Use:
    """How the members of a group use one phrase."""

    users: set[int] = field(default_factory=set)
    parts: Counter[int] = field(default_factory=Counter)
    """Part of the group (a cluster of a node) -> how many of its members wrote it."""
    slots: Counter[str] = field(default_factory=Counter)
    verbs: Counter[str] = field(default_factory=Counter)
    n: int = 0
    n_heads: int = 0
    """Times the phrase ended its noun phrase, so that it can stand alone."""
    n_plural: int = 0
    n_article: int = 0
    """Times in the singular after `a`, `my` and the like: it can be counted."""
    n_the: int = 0
    n_noun_like: int = 0
    """Times after a determiner or a preposition: a noun, not a stray verb."""


@dataclass
class Evidence:
    """What the members of one group share."""

    group: int
    n_users: int = 0
    part_sizes: Counter[int] = field(default_factory=Counter)
    """Part of the group -> its members that were read."""
    verbs: dict[str, set[int]] = field(default_factory=dict)
    """Leading verb (or `question`) -> its users."""
    manners: dict[str, set[int]] = field(default_factory=dict)
    """How users asked (`how_to`, `advice`, `compare`, `why` or `fact`) -> its users."""
    bare: set[int] = field(default_factory=set)
    """Users of a request without a noun, such as `Explain that`."""
    phrases: dict[str, Use] = field(default_factory=dict)
    """Lower-case phrase, its last word singular -> its use."""
    subjects: dict[str, Use] = field(default_factory=dict)
    """General subject -> who showed it, and in which parts."""
    languages: dict[str, set[int]] = field(default_factory=dict)

    @property
    def is_parent(self) -> bool:
        """Whether the group is made of several clusters."""
        return len(self.part_sizes) > 1


def gather_evidence(sample: pl.DataFrame, *, min_users: int) -> dict[int, Evidence]:
    """The evidence of each group in the column `group`, in the order of groups.

    `sample` is what `sample_members` gave. What fewer than `min_users` users wrote is forgotten.
    """
    found: dict[int, Evidence] = {}
    for (group,), rows in sample.group_by("group", maintain_order=True):
        evidence = Evidence(group=int(str(group)))
        users: dict[str, int] = {}
        for user, request, language, part in rows.select(
            "user", "request", "language", "part"
        ).iter_rows():
            number = users.setdefault(user, len(users))
            _add(evidence, number, request or "", language=language, part=part)
        evidence.n_users, evidence.part_sizes = len(users), Counter(rows["part"].to_list())
        _forget_rare(evidence, min_users=min_users)
        found[evidence.group] = evidence
    return found


def sample_members(members: pl.DataFrame) -> pl.DataFrame:
    """The members to read: distinct requests of a user, some 250 a group.

    They are those whose id hashes lowest, so that the same members are read whatever the order of
    rows. Where a group has parts (column `part`), each gives about as many.
    """
    if "part" not in members.columns:
        members = members.with_columns(part="group")
    n_parts = pl.col("part").n_unique().over("group")
    ids = members.get_column("conversation_id")
    order = [hashlib.blake2b(i.encode(), digest_size=8).hexdigest() for i in ids]
    return (
        members.with_columns(
            pl.coalesce("user_id", "conversation_id").alias("user"),
            pl.Series("order", order, dtype=pl.String),
        )
        .sort("group", "order", "conversation_id")
        .unique(["group", "user", "request"], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("group", "part") < MIN_PART + SAMPLE // n_parts)
        .group_by("group", maintain_order=True)
        .head(2 * SAMPLE)
    )


def _add(evidence: Evidence, user: int, request: str, *, language: str | None, part: int) -> None:
    reading = read_request(request)
    if language:
        evidence.languages.setdefault(language, set()).add(user)
    if reading.verb:
        evidence.verbs.setdefault(reading.verb, set()).add(user)
    if reading.manner:
        evidence.manners.setdefault(reading.manner, set()).add(user)
    if not reading.chunks:
        evidence.bare.add(user)
    shown: set[str] = set()
    subjects_of = load_lexicon().subjects_of
    seen: set[str] = set()
    for phrase, chunk, is_head in _spans(reading):
        shown.update(subjects_of.get(phrase, ()))
        use = evidence.phrases.setdefault(phrase, Use())
        use.users.add(user)
        use.parts[part] += phrase not in seen
        seen.add(phrase)
        _count(use, reading, chunk, is_head=is_head)
    for subject in shown:
        use = evidence.subjects.setdefault(subject, Use())
        use.users.add(user)
        use.parts[part] += 1


def _count(use: Use, reading: Reading, chunk: Chunk, *, is_head: bool) -> None:
    use.n += 1
    use.slots[chunk.slot] += 1
    use.verbs[reading.verb] += 1
    if not is_head:
        return
    use.n_heads += 1
    last = chunk.words[-1].lower()
    is_plural = singular(last) != last
    use.n_noun_like += bool(chunk.determiner) or chunk.slot not in ("", "to", "if")
    if is_plural:
        use.n_plural += 1
    elif chunk.determiner in load_lexicon().closed["counting"]:
        use.n_article += 1
    elif chunk.determiner == "the":
        use.n_the += 1


def _spans(reading: Reading) -> Iterator[tuple[str, Chunk, bool]]:
    """Every phrase of up to three words that ends in a noun, `x of y`, and `doing x`."""
    previous: Chunk | None = None
    for chunk in reading.chunks:
        lower = [word.lower() for word in chunk.words]
        lower[-1] = lower[-1].removesuffix("'s")
        if chunk.is_action:
            yield from _action_spans(chunk, lower)
            continue
        for end in range(1, len(lower) + 1):
            yield from _spans_ending(chunk, lower, end)
        if previous and chunk.after_of:
            yield _of_phrase(previous, lower), chunk, True
        previous = chunk


def _spans_ending(chunk: Chunk, lower: list[str], end: int) -> Iterator[tuple[str, Chunk, bool]]:
    last = singular(lower[end - 1].removesuffix("'s"))
    if is_adjective(last) and end < len(lower):
        return
    plain = load_lexicon().closed["plain_adjectives"]
    for start in range(max(0, end - MAX_SPAN), end):
        if lower[start] not in plain and not any(map(_is_plural, lower[start : end - 1])):
            yield " ".join([*lower[start : end - 1], last]), chunk, end == len(lower)


def _is_plural(word: str) -> bool:
    """Before another noun a plural is hardly ever a noun: `he hates restaurants`."""
    return singular(word) != word and word not in load_lexicon().closed["plural_modifiers"]


def _action_spans(chunk: Chunk, lower: list[str]) -> Iterator[tuple[str, Chunk, bool]]:
    yield lower[0], chunk, len(lower) == 1
    if len(lower) == 1:
        return
    nouns = [*lower[1:-1], singular(lower[-1])]
    for start in range(max(0, len(nouns) - 2), len(nouns)):
        yield " ".join([lower[0], *nouns[start:]]), chunk, True


def _of_phrase(before: Chunk, lower: list[str]) -> str:
    tail = lower[-2:]
    return f"{before.words[-1].lower()} of {' '.join([*tail[:-1], singular(tail[-1])])}"


def _forget_rare(evidence: Evidence, *, min_users: int) -> None:
    for uses in (evidence.phrases, evidence.subjects):
        for key in [key for key, use in uses.items() if len(use.users) < min_users]:
            del uses[key]
    for table in (evidence.verbs, evidence.manners, evidence.languages):
        for key in [key for key, users in table.items() if len(users) < min_users]:
            del table[key]
