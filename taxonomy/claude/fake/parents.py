"""Names of clusters in, names of their parents out, and which parent each belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from taxonomy.claude.fake.fitting import bounds_of
from taxonomy.claude.fake.naming import name_texts
from taxonomy.claude.fake.question import Question
from taxonomy.hierarchy.grouping import group_points
from taxonomy.naming.lexicon import base_verb, load_lexicon, singular

if TYPE_CHECKING:
    import numpy as np

_WORD = re.compile(r"[^\W\d_]+")
MAX_SHARE = 3.0
"""No group is larger than so many times the mean."""
STEM = 6
"""A word's first letters, enough to tell it from others once its ending is off."""


def propose_parents(question: Question) -> dict[str, Any]:
    """As many names as asked for, each of some clusters that share words."""
    clusters = sorted(question.material["clusters"], key=lambda cluster: str(cluster["name"]))
    names = [cluster["name"] for cluster in clusters]
    least, most = _bounds(question, len(names))
    texts = [f"{cluster['name']} {cluster['description']}" for cluster in clusters]
    labels = _group(texts, (least + most) // 2)
    groups: list[list[str]] = [[] for _ in range(max(labels) + 1)]
    for label, name in zip(labels, names, strict=True):
        groups[label].append(name)
    return {"names": [named["name"] for named in name_texts(groups, taken=names)]}


def deduplicate_parents(question: Question) -> dict[str, Any]:
    """The proposals in the order of the alphabet, without those that say the same."""
    first_of: dict[frozenset[str], str] = {}
    proposals = sorted(set(question.material["proposals"]))
    for name in proposals:
        first_of.setdefault(stems(name), name)
    kept = list(first_of.values())
    least, most = _bounds(question, len(proposals))
    if len(kept) > most:
        labels = _group(kept, most)
        kept = [kept[labels.index(label)] for label in sorted(set(labels))]
    spare = [name for name in proposals if name not in kept]
    return {"names": sorted([*kept, *spare[: max(0, least - len(kept))]])}


def assign_parent(question: Question) -> dict[str, Any]:
    """The parent that shares most words with the child, whatever the order they come in."""
    child, parents = question.material["child"], question.material["parents"]
    name, all_words = stems(child["name"]), stems(f"{child['name']} {child['description']}")

    def shared(parent: str) -> tuple[int, int]:
        words = stems(parent)
        return len(words & all_words), len(words & name)

    return {"parent": max(sorted(parents), key=shared)}


@lru_cache(maxsize=100_000)
def stems(text: str) -> frozenset[str]:
    """The words of a text that say something, cut so that forms of one word are equal."""
    closed = load_lexicon().closed
    skip = closed["prepositions"] | closed["determiners"] | closed["joiners"] | closed["pronouns"]
    words = (word for word in _WORD.findall(text.lower()) if word not in skip)
    return frozenset((base_verb(word) or singular(word))[:STEM] for word in words)


def _bounds(question: Question, n: int) -> tuple[int, int]:
    """How many names are wanted, at least and at most; no more than there is material for."""
    properties: Mapping[str, Mapping[str, Any]] = question.properties
    bounds = bounds_of(properties.get("names", {}))
    most = max(1, min(n, bounds.get("maxItems", n)))
    return min(most, bounds.get("minItems", 1)), most


def _group(texts: Sequence[str], n_groups: int) -> list[int]:
    """A group for each text, by the words they share."""
    points = _weigh_words(texts)
    n_groups = min(n_groups, len(texts))
    labels: list[int] = group_points(
        points,
        n_groups=n_groups,
        min_size=1,
        max_size=max(2.0, MAX_SHARE * len(texts) / n_groups),
    ).tolist()
    return labels


def _weigh_words(texts: Sequence[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=lambda text: sorted(stems(text)) or ["-"])
    points: np.ndarray = vectorizer.fit_transform(texts).toarray()
    return points
