"""Three clusters, a tiny O*NET release, and a crosswalk between them that one can check by hand."""

from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.compare.clusters import clusters_of
from taxonomy.onet.homes import homes as homes_of
from taxonomy.onet.tables import load_onet
from taxonomy.privacy import PUBLISHED
from taxonomy.tree import Taxonomy

BUDGET, COUNTS = "direct budget activities.", 'conduct "head counts".'
CODE, TEST = "write code.", "test code."

NODES = [
    ("top", "01", 2, None, "Everything", None),
    ("mid-1", "01.01", 1, "top", "Work", None),
    ("mid-2", "01.02", 1, "top", "Play", None),
    ("code", "01.01.01", 0, "mid-1", "Write programs", 0.5),
    ("budget", "01.01.02", 0, "mid-1", "Plan <budgets> & costs", 0.3),
    ("jokes", "01.02.01", 0, "mid-2", "Tell jokes", 0.2),
]
# node, level, object, weight; with what is left "none" and "unplaced" each level adds up to 1.
WEIGHTS = [
    ("code", "task", CODE, 0.8),
    ("code", "task", TEST, 0.1),
    ("code", "DWA", "4.A.2.b.2.I14.D01", 0.4),
    ("code", "DWA", "4.A.2.b.2.I14.D02", 0.4),
    ("code", "IWA", "4.A.2.b.2.I14", 0.8),
    ("code", "GWA", "4.A.2.b.2", 0.8),
    ("code", "major", "15", 0.9),
    ("budget", "task", BUDGET, 0.6),
    ("budget", "DWA", "4.A.1.a.1.I01.D01", 0.3),
    ("budget", "DWA", "4.A.2.b.2.I14.D01", 0.3),
    ("budget", "IWA", "4.A.1.a.1.I01", 0.3),
    ("budget", "IWA", "4.A.2.b.2.I14", 0.3),
    ("budget", "GWA", "4.A.1.a.1", 0.3),
    ("budget", "GWA", "4.A.2.b.2", 0.3),
    ("budget", "major", "11", 0.3),
    ("budget", "major", "15", 0.3),
    ("jokes", "task", COUNTS, 0.1),
    ("jokes", "major", "11", 0.1),
    *(("code", level, "none", 0.1) for level in ("task", "DWA", "IWA", "GWA", "major")),
    *(("budget", level, "none", 0.4) for level in ("task", "DWA", "IWA", "GWA", "major")),
    *(("jokes", level, "none", 0.9) for level in ("task", "DWA", "IWA", "GWA", "major")),
    *(("code", level, "unplaced", 0.1) for level in ("DWA", "IWA", "GWA")),
    *(("jokes", level, "unplaced", 0.1) for level in ("DWA", "IWA", "GWA")),
]


@pytest.fixture
def taxonomy():
    columns = ["node_id", "code", "level", "parent_id", "name", "share"]
    rows = pl.DataFrame(NODES, schema=columns, orient="row")
    nodes = rows.select(
        "node_id",
        "code",
        pl.col("level").cast(pl.Int8),
        "parent_id",
        "name",
        description=pl.lit("About it."),
        status=pl.lit(PUBLISHED),
    )
    measures = rows.drop_nulls("share").select(
        "node_id",
        pl.col("level").cast(pl.Int8),
        measure=pl.lit("conversation_share"),
        base=pl.lit("conversations in published clusters"),
        value="share",
        status=pl.lit(PUBLISHED),
    )
    return Taxonomy(nodes, measures)


@pytest.fixture
def crosswalk():
    columns = ["node_id", "object_level", "object_id", "weight"]
    rows = pl.DataFrame(WEIGHTS, schema=columns, orient="row")
    return rows.with_columns(
        object=pl.col("object_id"), confidence=pl.col("weight"), route=pl.lit("offline")
    )


@pytest.fixture
def onet(release):
    return load_onet(release)


@pytest.fixture
def homes(onet):
    return homes_of(onet)


@pytest.fixture
def clusters(taxonomy):
    return clusters_of(taxonomy)


@pytest.fixture
def groups():
    return pl.DataFrame({"group": ["11", "15", "55"], "title": ["Bosses", "Coders", "Soldiers"]})


@pytest.fixture
def employment():
    return pl.DataFrame({"title": ["Bosses", "Coders"], "employment": [30, 10]})


@pytest.fixture
def usage():
    return pl.DataFrame({"task": [CODE, BUDGET, "none"], "share": [0.5, 0.3, 0.2]})
