"""Groups in, one unique name each out: the best draft that no larger group has taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.naming.broad import broad_names, foreign_languages
from taxonomy.naming.describe import describe
from taxonomy.naming.evidence import Evidence, gather_evidence, sample_members
from taxonomy.naming.frames import name_drafts
from taxonomy.naming.lexicon import load_lexicon, singular
from taxonomy.naming.phrases import (
    SUBJECT_WEIGHT,
    Phrase,
    contrast,
    nearest_groups,
    rank_phrases,
)
from taxonomy.naming.pool import pool_evidence

NAMER = "offline"
N_DRAFTS = 60
N_COMPARED = 4
"""Drafts of a group that are compared by meaning: each costs one text to encode."""
RANK_COST = 0.03
"""Cosine that a draft must be closer by to pass the one before it."""
GROUP_NAMES_SCHEMA = {"group": pl.Int32, "name": pl.String, "description": pl.String}


def name_groups(
    members: pl.DataFrame,
    centers: Mapping[int, np.ndarray],
    *,
    min_users: int,
    encoder: Encoder | None,
    taken: Sequence[str] = (),
    subject_weight: float = SUBJECT_WEIGHT,
) -> pl.DataFrame:
    """A unique name and a description for each group, sorted by group.

    Parameters
    ----------
    members : conversation_id, user_id, request, language, group
    centers : group -> unit vector (d,); a group without members still gets a name
    min_users : users of the group that must share a word before it may be published
    encoder : ranks phrases by meaning, or None for term statistics alone
    taken : names that no group may get
    subject_weight : weight of a general subject beside a phrase of the members
    """
    sample = sample_members(members)
    found = gather_evidence(sample, min_users=min_users)
    found |= {group: Evidence(group) for group in centers if group not in found}
    pool = pool_evidence(found, sample)
    ranked = rank_phrases(found, pool, centers, encoder=encoder, subject_weight=subject_weight)
    drafts = {group: _drafts(found[group], ranked[group]) for group in sorted(found)}
    if encoder is not None:
        # A parent's name is chosen for the clusters that it covers, not for their middle.
        compared = [group for group in sorted(found) if not found[group].is_parent]
        drafts = _order_by_meaning(drafts, centers, encoder, compared=compared)
    names = _unique_names(found, drafts, taken=taken)
    rows = [(group, names[group], describe(found[group], ranked[group])) for group in sorted(found)]
    return pl.DataFrame(rows, schema=GROUP_NAMES_SCHEMA, orient="row")


def _unique_names(
    found: Mapping[int, Evidence],
    drafts: Mapping[int, list[str]],
    *,
    taken: Sequence[str],
) -> dict[int, str]:
    """The largest group chooses first; names of the same content words count as equal."""
    used = {content_words(name) for name in taken}
    names = {}
    for group in sorted(found, key=lambda group: (-found[group].n_users, group)):
        wanted = chain(drafts[group], broad_names(found[group]))
        names[group] = next(name for name in wanted if content_words(name) not in used)
        used.add(content_words(names[group]))
    return names


def _drafts(evidence: Evidence, phrases: Sequence[Phrase]) -> list[str]:
    # Our word lists are English: elsewhere they cannot tell a phrase from a stray word.
    if foreign_languages(evidence):
        return []
    drafts: dict[str, None] = {}
    for name in name_drafts(evidence, phrases):
        drafts.setdefault(name)
        if len(drafts) == N_DRAFTS:  # there may be thousands more
            break
    return list(drafts)


def _order_by_meaning(
    drafts: Mapping[int, list[str]],
    centers: Mapping[int, np.ndarray],
    encoder: Encoder,
    *,
    compared: Sequence[int],
) -> dict[int, list[str]]:
    """The first drafts of each group by closeness to its centre, set off against its neighbours."""
    texts = sorted({name for group in compared for name in drafts[group][:N_COMPARED]})
    vectors = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
    neighbors = nearest_groups(centers)
    ordered = {}
    for group, names in drafts.items():
        first = names[:N_COMPARED]
        if first and group in compared:
            around = [centers[other] for other in neighbors[group]]
            closeness = contrast(np.stack([vectors[n] for n in first]), centers[group], around)
            order = np.argsort(RANK_COST * np.arange(len(first)) - closeness, kind="stable")
            first = [first[i] for i in order]
        ordered[group] = [*first, *names[N_COMPARED:]]
    return ordered


def content_words(name: str) -> frozenset[str]:
    """The words of a name that carry its meaning, singular and lower case.

    Names with the same are told apart by nobody.
    """
    closed = load_lexicon().closed
    skip = closed["prepositions"] | closed["determiners"] | closed["joiners"]
    words = name.lower().replace(",", "").split()
    return frozenset(singular(word) for word in words if word not in skip)
