"""Frames that one can check by hand, as the analyses give them; and what a chart holds."""

from __future__ import annotations

import polars as pl
import pytest

pytest.importorskip("altair", reason="the extra plots is not installed")
pytest.importorskip("vl_convert", reason="the extra plots is not installed")


@pytest.fixture
def framed():
    """Rows as a result frame: the columns given, then base, n, threshold and allocation."""

    def make(base="usage", n=7, threshold=None, allocation=None, **columns):
        return pl.DataFrame(columns).with_columns(
            base=pl.lit(base),
            n=pl.lit(n, pl.Int64),
            threshold=pl.lit(threshold, pl.Float64),
            allocation=pl.lit(allocation, pl.String),
        )

    return make


def _datasets(node, spec):
    found = []
    if isinstance(node, dict):
        if isinstance(node.get("data"), dict):
            found.append(spec["datasets"][node["data"]["name"]])
        for value in node.values():
            found += _datasets(value, spec)
    elif isinstance(node, list):
        for value in node:
            found += _datasets(value, spec)
    return found


@pytest.fixture
def rows_of():
    """The rows that a chart draws, of its first data set that has a column."""

    def find(chart, column):
        spec = chart.to_dict()
        for rows in _datasets(spec, spec):
            if rows and column in rows[0]:
                return rows
        raise AssertionError(f"no data set of the chart has {column}")

    return find


@pytest.fixture
def said():
    """The title and the lines below it, as one text."""

    def read(chart):
        title = chart.to_dict()["title"]
        return " ".join([*title["text"], *title["subtitle"]])

    return read


def _values(node, key):
    if isinstance(node, dict):
        found = [node[key]] if key in node else []
        return found + [value for child in node.values() for value in _values(child, key)]
    if isinstance(node, list):
        return [value for child in node for value in _values(child, key)]
    return []


@pytest.fixture
def values_in():
    """Everything that a chart's specification holds under a key."""

    def find(chart, key):
        return _values({k: v for k, v in chart.to_dict().items() if k != "datasets"}, key)

    return find


@pytest.fixture
def patterns():
    """Half automated: 0.4 directive and 0.1 feedback loop, against 0.2, 0.2 and 0.1."""
    names = ["directive", "feedback loop", "task iteration", "learning", "validation"]
    halves = ["automation"] * 2 + ["augmentation"] * 3
    return {"pattern": names, "half": halves, "share": [0.4, 0.1, 0.2, 0.2, 0.1]}


@pytest.fixture
def table():
    """A tree of 100 conversations, as `Taxonomy.table`: A (60, split known), B (40, suppressed).

    A holds the clusters a1 (50) and a2 (10) under one node of level 1, B holds b1 (40). Of A, 50%
    are automation; its validation and B's patterns are suppressed.
    """
    columns = {
        "node_id": ["A", "Aa", "a1", "a2", "B", "Bb", "b1"],
        "code": ["01", "01.01", "01.01.01", "01.01.02", "02", "02.01", "02.01.01"],
        "level": [2, 1, 0, 0, 2, 1, 0],
        "parent_id": [None, "A", "Aa", "Aa", None, "B", "Bb"],
        "name": ["Write", "Write letters", "Write love letters", "Write bills", *["Cook"] * 3],
        "description": ["Letters and the like.", *[None] * 6],
        "status": ["published"] * 7,
        "n_conversations": [60.0, 60.0, 50.0, 10.0, 40.0, 40.0, 40.0],
        "conversation_share": [0.6, 0.6, 0.5, 0.1, 0.4, 0.4, 0.4],
    }
    shares = {
        "directive": 0.3,
        "feedback_loop": 0.1,
        "task_iteration": 0.2,
        "learning": 0.15,
        "validation": None,
        "none": 0.2,
        "automation": 0.5,
        "augmentation": 0.5,
    }
    split = {f"{name}_share": [share] * 4 + [None] * 3 for name, share in shares.items()}
    return pl.DataFrame(columns | split, schema_overrides=dict.fromkeys(split, pl.Float64))


@pytest.fixture
def places():
    """a1 and a2 close by each other on the left, b1 far on the right and as high as a2."""
    return pl.DataFrame(
        {
            "node_id": ["a1", "a2", "b1"],
            "level": [0, 0, 0],
            "x": [0.0, 0.02, 1],
            "y": [0.5, 0.52, 0.52],
        }
    )
