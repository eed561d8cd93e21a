"""A strict level in, names of its parents out: by Claude from the children, by rule where it fails.

Parents that Claude cannot tell apart when it is asked again, by words or by meaning, are merged
where the number of parents allows it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from taxonomy.hierarchy.asking import STAGE, Asking
from taxonomy.hierarchy.fallback import text_from_children
from taxonomy.hierarchy.faults import NEAR_DUPLICATE
from taxonomy.hierarchy.layer import embed
from taxonomy.hierarchy.repairs import Grouping
from taxonomy.naming import NAMER, content_words
from taxonomy.naming.asking import Naming, NodeText, Subject

PROMPT = "name_parent"
MAX_CHILDREN = 100
"""Children shown of one parent, the largest first."""
AGAIN = 10
"""First draw when near duplicates are asked again, so that it is a new question."""


class ParentNames:
    """The texts of the parents of one level, and who wrote each.

    Parameters
    ----------
    taken : texts of other nodes whose names no parent may have
    least : fewer parents than this must not be left by merging
    """

    def __init__(
        self, grouping: Grouping, asking: Asking, *, taken: tuple[NodeText, ...], least: int
    ) -> None:
        self.grouping, self.asking, self.taken, self.least = grouping, asking, taken, least
        self.counts: Counter[str] = grouping.counts
        self.texts: dict[int, NodeText] = {}
        self.namers: dict[int, str] = {}

    def name(self) -> None:
        """Find a text for every parent, no two names alike; parents may be merged on the way."""
        self._name_by_claude()
        self._ask_near_duplicates()
        self._merge_near_duplicates()
        self.namers = dict.fromkeys(self.texts, self.asking.model.model)
        self._name_by_rule()

    def _name_by_claude(self) -> None:
        subjects = self._subjects()
        named = self._naming(self.taken).name(subjects)
        self.texts = named.texts
        for parent, holder in named.holders.items():
            self._merge(parent, holder)
        for parent, reason in named.reasons.items():
            if parent in self.grouping.parents:
                self.grouping.flags[parent].add(f"name {reason}")

    def _subjects(self) -> dict[int, Subject]:
        """The parents with their published children; where nothing is published, none."""
        if not self.grouping.layer.is_shown.any():
            return {}
        return {
            parent: Subject(
                {"children": [child.shown() for child in self._children(parent)]},
                size=self.grouping.size(parent),
            )
            for parent in self.grouping.parents
        }

    def _children(self, parent: int) -> list[NodeText]:
        """The texts of the children that count, the largest first."""
        layer = self.grouping.layer
        rows = self.grouping.children(parent).tolist()
        rows.sort(key=lambda row: (-int(layer.sizes[row]), row))
        return [layer.texts[row] for row in rows[:MAX_CHILDREN]]

    def _naming(self, taken: tuple[NodeText, ...]) -> Naming:
        return Naming(self.asking.claude, PROMPT, STAGE, self.asking.model, taken)

    def _ask_near_duplicates(self) -> None:
        """Ask the smaller of each near pair again, with the larger shown."""
        pairs = self._near_duplicates()
        subjects = self._subjects()
        again = {
            parent: replace(
                subjects[parent], rivals=tuple(self.texts[other] for other in pairs[parent])
            )
            for parent in pairs
        }
        # All names stay taken, since whoever gives no other keeps the one it has.
        named = self._naming((*self.taken, *self.texts.values())).name(again, draw=AGAIN)
        self.counts["near_duplicates_asked_again"] += len(again)
        self.texts |= named.texts

    def _merge_near_duplicates(self) -> None:
        for parent, others in self._near_duplicates().items():
            holders = [other for other in others if other in self.texts]
            if not any(self._merge(parent, holder) for holder in holders):
                self.counts["near_duplicates_left"] += 1

    def _near_duplicates(self) -> dict[int, list[int]]:
        """Smaller parent -> the larger ones that its text is nearly the same as."""
        if len(self.texts) < 2:
            return {}
        size = self.grouping.size
        order = sorted(self.texts, key=lambda parent: (-size(parent), parent))
        vectors = embed([self.texts[parent] for parent in order], self.asking.encoder)
        near = np.argwhere(np.tril(vectors @ vectors.T, k=-1) >= NEAR_DUPLICATE)
        pairs: dict[int, list[int]] = {}
        for smaller, larger in near.tolist():
            pairs.setdefault(order[smaller], []).append(order[larger])
        return pairs

    def _merge(self, parent: int, holder: int) -> bool:
        """Merge a parent into the one that has its name, if that leaves parents and room enough."""
        grouping = self.grouping
        weight = grouping.weight(parent) + grouping.weight(holder)
        if len(grouping.parents) <= self.least or weight > grouping.most_clusters:
            return False
        grouping.merge(parent, holder)
        self.texts.pop(parent, None)
        return True

    def _name_by_rule(self) -> None:
        """Names from the children's for parents still without, the largest first."""
        missing = [parent for parent in self.grouping.parents if parent not in self.texts]
        taken = {content_words(text.name) for text in (*self.taken, *self.texts.values())}
        for parent in sorted(missing, key=lambda parent: (-self.grouping.size(parent), parent)):
            self.texts[parent] = text_from_children(self._children(parent), taken)
            self.namers[parent] = NAMER
            taken.add(content_words(self.texts[parent].name))
        self.counts["named_offline"] += len(missing)
