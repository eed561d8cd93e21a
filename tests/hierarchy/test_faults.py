from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.hierarchy import NODES, tree_faults

# Two nodes of level 2, two below each, two clusters below each of those.
SOUND = [
    ("a", "01", 2, None, "Cook meals", None),
    ("b", "02", 2, None, "Repair machines", None),
    *((f"{top}{i}", f"{code}.0{i}", 1, top, f"Name {top} {i}", None)
      for top, code in (("a", "01"), ("b", "02")) for i in (1, 2)),
    *((f"{top}{i}{j}", f"{code}.0{i}.0{j}", 0, f"{top}{i}", f"Name {top} {i} {j}", n)
      for n, (top, code, i, j) in enumerate(
          (top, code, i, j)
          for top, code in (("a", "01"), ("b", "02")) for i in (1, 2) for j in (1, 2))),
]  # fmt: skip
BANDS = {1: (2, 6), 2: (1, 3)}


def frame(rows, sizes=()):
    sizes = dict(sizes)
    full = [
        (node, code, level, parent, name, f"About {name}", cluster, sizes.get(node, 9), "m", None)
        for node, code, level, parent, name, cluster in rows
    ]
    return pl.DataFrame(full, schema=NODES, orient="row")


def changed(node, **values):
    fields = ["node_id", "code", "level", "parent_id", "name", "cluster"]
    return [
        tuple((dict(zip(fields, row, strict=True)) | values).values()) if row[0] == node else row
        for row in SOUND
    ]


class Alike:
    """All texts are one."""

    name = identity = "alike"

    def encode(self, texts):
        return np.ones((len(texts), 4), dtype=np.float32) / 2


def test_a_sound_tree_has_no_fault():
    assert tree_faults(frame(SOUND), BANDS, most_clusters=4) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (changed("a11", parent_id="nobody"), "placed: 01.01.01"),
        (changed("a11", parent_id="a"), "placed: 01.01.01"),
        (changed("a1", parent_id=None), "placed: 01.01"),
        ([*SOUND, SOUND[0]], "placed: 1 nodes occur more than once"),
        (changed("a11", cluster=1), "placed: a cluster is missing, or in two nodes"),
        (changed("a12", parent_id="a2"), "only child: 01.01 has one"),
        (changed("a2", parent_id="b"), "only child: 01 has one"),
        (changed("b11", name="Name a 1 1"), "named twice: 01.01.01, 02.01.01 of level 0"),
        (changed("a12", name="1 a the Name 1"), "near duplicates: 01.01.01 and 01.01.02"),
        (changed("b", name="Cook a meal"), "near duplicates: 01 and 02"),
    ],
)
def test_each_fault_is_found(rows, fault):
    assert any(found.startswith(fault) for found in tree_faults(frame(rows), BANDS))


def test_sizes_outside_the_bands_are_found():
    assert tree_faults(frame(SOUND), {1: (5, 9), 2: (0, 1)}) == [
        "too few: level 1 has 4 nodes, expected 5 to 9",
        "too many: level 2 has 2 nodes, expected 0 to 1",
    ]


def test_a_node_of_the_top_level_that_holds_too_much_is_found():
    assert tree_faults(frame(SOUND), BANDS, most_clusters=3) == [
        "too large: 01 holds 4 clusters",
        "too large: 02 holds 4 clusters",
    ]


def test_siblings_of_one_meaning_are_found_and_cousins_are_not():
    faults = tree_faults(frame(SOUND), BANDS, encoder=Alike())
    assert len(faults) == 1 + 2 + 4  # one pair among the tops, one below each node above
    assert "near duplicates: 01.01 and 02.01" not in faults


def test_what_is_not_published_is_no_child():
    hidden = frame(SOUND, {"a12": 0})
    assert tree_faults(hidden, BANDS) == ["only child: 01.01 has one"]
    assert tree_faults(frame(SOUND, {row[0]: 0 for row in SOUND}), BANDS) == []


def test_an_only_child_of_the_only_node_of_a_level_is_forced():
    rows = [row for row in SOUND if row[0] in ("a", "a1", "a11", "a12")]
    assert tree_faults(frame(rows), {1: (1, 1), 2: (1, 1)}) == []
