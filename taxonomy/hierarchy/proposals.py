"""A level's nodes in, names of parents for them out: proposed by neighbourhood, then made one list.

A neighbourhood for which Claude proposes nothing that can be used is grouped by linkage instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from taxonomy.claude.records import Answer, Request
from taxonomy.claude.untrusted import signs_of_leak
from taxonomy.hierarchy.asking import Asking, names_record, room_for_names
from taxonomy.hierarchy.grouping import group_points
from taxonomy.hierarchy.layer import Layer, bounds, nearest_outside, neighborhoods
from taxonomy.naming import content_words


@dataclass
class Proposals:
    """What the nodes of a level may be placed under."""

    names: list[str] = field(default_factory=list)
    groups: list[np.ndarray] = field(default_factory=list)
    """Rows that belong together where nothing was proposed for them."""


def propose_parents(layer: Layer, wanted: int, asking: Asking, counts: Counter[str]) -> Proposals:
    """About `wanted` parents for the nodes of a layer.

    Parameters
    ----------
    counts : gets `neighborhoods`, `proposals`, `neighborhoods_grouped_offline`
    """
    hoods = neighborhoods(layer, random_state=asking.settings.random_state)
    shares = [wanted * len(hood) / layer.is_shown.sum() for hood in hoods]
    requests = [
        _proposal_request(layer, hood, share, asking)
        for hood, share in zip(hoods, shares, strict=True)
    ]
    found = Proposals()
    for hood, share, answer in zip(hoods, shares, asking.ask(requests), strict=True):
        names = _usable_names(answer)
        found.names += names
        if not names:
            found.groups += linked_groups(layer, hood, share)
            counts["neighborhoods_grouped_offline"] += 1
    counts["neighborhoods"] += len(hoods)
    counts["proposals"] += len(found.names)
    found.names = _deduplicate(found.names, wanted - len(found.groups), asking, counts)
    return found


def _proposal_request(layer: Layer, hood: np.ndarray, share: float, asking: Asking) -> Request:
    least, most = bounds(share)
    return asking.request(
        "propose_parents",
        {
            "clusters": [layer.texts[row].shown() for row in hood],
            "outsiders": [layer.texts[row].shown() for row in nearest_outside(layer, hood)],
        },
        names_record(least, most),
        max_tokens=room_for_names(most),
        check=list_faults,
        wanted=max(1, round(share)),
        least=least,
        most=most,
    )


def _deduplicate(
    proposals: list[str], wanted: int, asking: Asking, counts: Counter[str]
) -> list[str]:
    """One list without names that mean the same; by likeness of the texts where Claude fails."""
    distinct = _distinct(proposals)
    if len(distinct) <= 1:
        return distinct
    least, most = bounds(max(1, wanted), most=len(distinct))
    request = asking.request(
        "deduplicate_parents",
        {"proposals": distinct},
        names_record(least, most),
        max_tokens=room_for_names(most),
        check=list_faults,
        wanted=max(1, min(wanted, len(distinct))),
        least=least,
        most=most,
    )
    names = _usable_names(asking.ask([request])[0])
    if not names:
        counts["deduplicated_offline"] += 1
        names = _most_typical(distinct, most, asking)
    counts["parents_listed"] += len(names)
    return names


def list_faults(answer: object) -> list[str]:
    """What is wrong with a list of names, in words; their style is seen to when they are final."""
    names: list[str] = getattr(answer, "names", [])
    faults = []
    if any(signs_of_leak(name) for name in names):
        faults.append("a name holds an address, a link, a key or a long number")
    if len(_distinct(names)) < len(names):
        faults.append("a name occurs twice, or in other forms of the same words")
    return faults


def _usable_names(answer: Answer) -> list[str]:
    names = getattr(answer.value, "names", []) if answer.status == "ok" else []
    return _distinct(" ".join(name.split()).removesuffix(".") for name in names)


def _distinct(names: Iterable[str]) -> list[str]:
    """The first name of each set of content words."""
    by_content: dict[frozenset[str], str] = {}
    for name in names:
        by_content.setdefault(content_words(name), name)
    return list(by_content.values())


def _most_typical(names: list[str], most: int, asking: Asking) -> list[str]:
    """At most `most` of the names: of each group of like ones, that nearest to the group's mean."""
    if len(names) <= most:
        return names
    vectors = asking.encoder.encode(names).astype(np.float64)
    groups = group_points(vectors, n_groups=most, min_size=1, max_size=len(names))
    kept = []
    for group in range(int(groups.max()) + 1):
        inside = np.flatnonzero(groups == group)
        kept.append(inside[np.argmax(vectors[inside] @ vectors[inside].mean(axis=0))])
    return [names[place] for place in sorted(kept)]


def linked_groups(layer: Layer, rows: np.ndarray, share: float) -> list[np.ndarray]:
    """The rows in groups by linkage of their centres, as the offline hierarchy makes them."""
    groups = group_points(
        layer.points[rows], n_groups=max(1, round(share)), min_size=2, max_size=len(rows)
    )
    return [rows[groups == group] for group in range(int(groups.max()) + 1)]
