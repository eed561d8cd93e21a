"""Nodes and a list of parents in, the parent of each node out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from taxonomy.claude.records import Request
from taxonomy.hierarchy.asking import NAME_CHARACTERS, Asking
from taxonomy.hierarchy.layer import Layer
from taxonomy.hierarchy.proposals import Proposals

MAX_TOKENS = 120


class Parent(BaseModel):
    """Which parent a node belongs under."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parent: str = Field(max_length=2 * NAME_CHARACTERS)


@dataclass
class Placement:
    """Where the nodes of a layer were placed."""

    home: np.ndarray
    """(n,) number of each node's parent: the place of its name in the list, then the groups."""
    by_embedding: list[int] = field(default_factory=list)
    """Nodes for which Claude chose none of the list."""
    grouped: list[int] = field(default_factory=list)
    """Parents that are groups by linkage, for want of a proposal."""


def place_children(
    layer: Layer, proposals: Proposals, asking: Asking, counts: Counter[str]
) -> Placement:
    """Each node of the layer under one parent.

    Parameters
    ----------
    counts : gets `assigned_by_claude`, `placed_by_embedding`
    """
    names, n_names = proposals.names, len(proposals.names)
    placement = Placement(np.full(len(layer), -1, dtype=np.int64))
    for number, rows in enumerate(proposals.groups, start=n_names):
        placement.home[rows] = number
        placement.grouped.append(number)
    open_rows = np.flatnonzero(placement.home < 0)
    if n_names == 1:
        placement.home[open_rows] = 0
    elif n_names:
        _ask(layer, open_rows, names, asking, placement)
        counts["placed_by_embedding"] += len(placement.by_embedding)
        counts["assigned_by_claude"] += len(open_rows) - len(placement.by_embedding)
    else:
        placement.home[open_rows] = _nearest_group(layer, open_rows, proposals.groups)
    return placement


def shuffled(names: Sequence[str], child: str, *, random_state: int) -> list[str]:
    """The names in an order of this child's own, so that no parent is always the first."""
    digest = hashlib.blake2b(f"{random_state}\x1f{child}".encode(), digest_size=8).digest()
    order = list(names)
    Random(int.from_bytes(digest, "big")).shuffle(order)
    return order


def _ask(
    layer: Layer, rows: np.ndarray, names: list[str], asking: Asking, placement: Placement
) -> None:
    place_of = {_plain(name): place for place, name in enumerate(names)}
    answers = asking.ask([_request(layer, int(row), names, asking) for row in rows])
    vectors = asking.encoder.encode(names)
    for row, answer in zip(map(int, rows), answers, strict=True):
        chosen = _plain(answer.value.parent) if answer.status == "ok" else ""
        if chosen not in place_of:
            placement.by_embedding.append(row)
            placement.home[row] = int(np.argmax(vectors @ layer.vectors[row]))
        else:
            placement.home[row] = place_of[chosen]


def _request(layer: Layer, row: int, names: list[str], asking: Asking) -> Request:
    child = layer.texts[row]
    parents = shuffled(names, child.name, random_state=asking.settings.random_state)
    return asking.request(
        "assign_parent",
        {"child": child.shown(), "parents": parents},
        Parent,
        max_tokens=MAX_TOKENS,
        check=partial(_parent_faults, names=frozenset(map(_plain, names))),
    )


def _parent_faults(answer: Parent, *, names: frozenset[str]) -> list[str]:
    return (
        []
        if _plain(answer.parent) in names
        else ["`parent` is not one of the list, letter for letter"]
    )


def _plain(name: str) -> str:
    """Without what gets lost in copying: case, spacing, quotes and a full stop."""
    return " ".join(name.split()).strip("\"'“”‘’.").casefold()


def _nearest_group(layer: Layer, rows: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    means = np.stack([layer.points[group].mean(axis=0) for group in groups])
    nearest: np.ndarray = np.argmax(layer.points[rows] @ means.T, axis=1)
    return nearest
