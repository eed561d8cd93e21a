"""Requests or names in, a name and a description out, by the rules of `taxonomy.naming`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from taxonomy.claude.fake.question import Question
from taxonomy.naming import name_groups

MEMBERS_SCHEMA = {
    "conversation_id": pl.String,
    "user_id": pl.String,
    "request": pl.String,
    "language": pl.String,
    "group": pl.Int32,
}

SHARED = 3
"""Texts of a group of some size that share what it is named for."""


def name_cluster(question: Question) -> dict[str, Any]:
    """A name that sets the members off against the outsiders, and is no rival's."""
    members = question.material["members"]
    outsiders = question.material.get("outsiders", [])
    shared = SHARED if len(members) >= SHARED**2 else 1
    groups = [members, outsiders[: len(members)]]
    return name_texts(groups, taken=_taken(question), min_users=shared)[0]


def name_parent(question: Question) -> dict[str, Any]:
    """A name for what the children have in common, none of theirs and no rival's."""
    names = [child["name"] for child in question.material["children"]]
    return name_texts([names], taken=[*names, *_taken(question)])[0]


def name_texts(
    groups: Sequence[Sequence[str]], *, taken: Sequence[str] = (), min_users: int = 1
) -> list[dict[str, str]]:
    """The name and description of each group of texts, all names different.

    Parameters
    ----------
    taken : names that no group may get
    min_users : texts that must share a word before a name may hold it
    """
    rows = [
        (f"{group}-{place}", f"{group}-{place}", text, None, group)
        for group, texts in enumerate(groups)
        for place, text in enumerate(texts)
    ]
    members = pl.DataFrame(rows, schema=MEMBERS_SCHEMA, orient="row")
    # Every group is every other's neighbour.
    centers = {group: np.ones(1, dtype=np.float32) for group, texts in enumerate(groups) if texts}
    named = name_groups(members, centers, min_users=min_users, encoder=None, taken=taken)
    return named.select("name", "description").to_dicts()


def _taken(question: Question) -> list[str]:
    """The names of rivals, and those that were given back as faulty."""
    given: list[Mapping[str, Any]] = [*question.material.get("rivals", []), *question.faulty]
    whole = [one for one in given if isinstance(one.get("name"), str) and one.get("description")]
    return [one["name"] for one in whole]
