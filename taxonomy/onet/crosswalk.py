"""The clusters of a taxonomy in, the O*NET objects that each matches out: many to many, weighed.

Weights are made at tasks, by the index's score or by Claude's votes, and added up along the ladder,
so that the levels agree. What fits nothing is said, not forced.
"""

from __future__ import annotations

import polars as pl

from taxonomy.onet.homes import ONET_LEVELS, homes
from taxonomy.onet.index import TaskIndex
from taxonomy.onet.questions import NONE
from taxonomy.onet.tables import Onet
from taxonomy.onet.voting import weigh
from taxonomy.onet.weights import agreement
from taxonomy.tree import Taxonomy

N_CANDIDATES = 50
LISTED = {"task": 0.05, "DWA": 0.03, "IWA": 0.02, "GWA": 0.02, "major": 0.02}
"""Weight below which an object is not listed, unless it is the best of its level."""
STRONG = 0.5
UNPLACED = "unplaced"
REMAINDER = (NONE, UNPLACED)
"""Object ids of what fits nothing at all, and of what fits nothing that is listed."""

CROSSWALK = {
    "node_id": pl.String,
    "object_level": pl.String,
    "object_id": pl.String,
    "object": pl.String,
    "weight": pl.Float64,
    "relation": pl.String,
    "confidence": pl.Float64,
    "votes": pl.Int64,
    "route": pl.String,
}
PLACE = ["node_id", "object_level", "object_id"]


def node_queries(taxonomy: Taxonomy) -> pl.DataFrame:
    """What is searched for each published cluster: query (its node_id), text, name and parents."""
    told = pl.concat_str("name", "description", separator=". ", ignore_nulls=True)
    table = taxonomy.table.select("node_id", "parent_id", "level", "name", told=told)
    above = {row["node_id"]: row for row in table.iter_rows(named=True)}
    rows = []
    for row in table.filter(pl.col("level") == 0).iter_rows(named=True):
        parent = above.get(row["parent_id"], {})
        grand = above.get(parent.get("parent_id"), {})
        rows.append(
            (row["node_id"], row["told"], row["name"], parent.get("told"), grand.get("told"))
        )
    columns = ["query", "text", "name", "parent_1", "parent_2"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def make_crosswalk(
    queries: pl.DataFrame, index: TaskIndex, votes: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Rows as `CROSSWALK`: by node in the order of `queries`, then level, then falling weight.

    Within a node and a level the weights add up to 1 with the remainder: `none` is the probability
    that nothing in O*NET fits, `unplaced` what lies on objects too light to list and, above tasks,
    on tasks without a DWA. `relation` is the object's to the cluster: a `broad` object is broader.
    `confidence` is the probability that the Economic Index's own mapping would agree
    (`weights.agreement`); where Claude answered it is the share of the answers that named the task
    times the probability they gave it, and of an activity or group that of its likeliest task.
    A cluster about which Claude was asked in vain has the rows of its score, and route `offline`.

    Parameters
    ----------
    queries : as `node_queries` gives them
    votes : Claude's, as `adjudicate.VOTES`; without them the index's score decides
    """
    candidates = index.candidates(queries, N_CANDIDATES)
    weighed = weigh(candidates, votes)
    placed = weighed.join(homes(index.onet), on="statement").rename({"level": "object_level"})
    listed = _listed(_aggregated(placed))
    none = weighed.filter(pl.col("statement") == NONE).select("node_id", "weight")
    related = _with_relation(listed, _iwas(placed, index.onet))
    rows = pl.concat([related, _remainder(listed, none)], how="diagonal")
    named = placed.group_by(PLACE).agg(named=pl.col("confidence").max())
    cast = _with_votes(rows, weighed, votes).join(named, on=PLACE, how="left")
    by_claude = pl.col("route") == "claude"
    confidence = pl.when(by_claude).then("named").otherwise(_agreement(index))
    remainder = pl.col("object_id").is_in(REMAINDER)
    cast = cast.with_columns(confidence=pl.when(~remainder).then(confidence))
    return _sorted(cast, queries["query"])


def best_tasks(crosswalk: pl.DataFrame) -> pl.DataFrame:
    """node_id, onet_task: the heaviest task of each node, verbatim, in the crosswalk's order.

    Null where `none` weighs half or more; and in a crosswalk by Claude, where Claude did not
    answer.
    """
    by_claude = (crosswalk["route"] == "claude").any()
    tasks = crosswalk.filter(pl.col("object_level") == "task")
    is_none = pl.col("object_id") == NONE
    named = ~pl.col("object_id").is_in(REMAINDER)
    none = pl.col("weight").filter(is_none).sum()
    heaviest = pl.col("object").filter(named).first()
    decided = (pl.col("route") == "claude").any() | (not by_claude)
    return tasks.group_by("node_id", maintain_order=True).agg(
        onet_task=pl.when(none < STRONG, decided).then(heaviest)
    )


def _aggregated(placed: pl.DataFrame) -> pl.DataFrame:
    """node_id, object_level, object_id, object, weight: the tasks' weights at every level."""
    return (
        placed.sort(*PLACE, "statement")
        .group_by(PLACE, maintain_order=True)
        .agg(pl.col("object").first(), weight=(pl.col("weight") * pl.col("part")).sum())
    )


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    best = pl.col("weight").max().over("node_id", "object_level")
    least = pl.col("object_level").replace_strict(LISTED, return_dtype=pl.Float64)
    is_best = (pl.col("weight") == best) & (pl.col("weight") > 0)
    return rows.filter((pl.col("weight") >= least) | is_best)


def _remainder(listed: pl.DataFrame, none: pl.DataFrame) -> pl.DataFrame:
    """The rows `none` and `unplaced` of each node and level."""
    levels = pl.DataFrame({"object_level": ONET_LEVELS})
    cells = none.join(levels, how="cross")
    sums = listed.sort(PLACE).group_by("node_id", "object_level", maintain_order=True)
    placed = sums.agg(placed=pl.col("weight").sum())
    rest = cells.join(placed, on=["node_id", "object_level"], how="left").with_columns(
        weight=(1 - pl.col("weight") - pl.col("placed").fill_null(0.0)).clip(lower_bound=0.0)
    )
    return pl.concat(
        [
            cells.with_columns(object_id=pl.lit(NONE)),
            rest.drop("placed").with_columns(object_id=pl.lit(UNPLACED)),
        ]
    )


def _iwas(placed: pl.DataFrame, onet: Onet) -> pl.DataFrame:
    """object_id (of a task or DWA), iwa: what each is a part of."""
    tasks = placed.filter(pl.col("object_level") == "IWA")
    dwas = onet.activities.filter(pl.col("level") == "DWA")
    return pl.concat(
        [
            tasks.select(iwa="object_id", object_id="statement").unique(),
            dwas.select(iwa="parent_id", object_id="element_id"),
        ]
    )


def _with_relation(listed: pl.DataFrame, iwa_of: pl.DataFrame) -> pl.DataFrame:
    """`relation` by rule: what holds half a cluster is close, or broad where it is an activity of
    many tasks; a part of such an activity is narrower than the cluster; all else is related.
    """
    strong = pl.col("weight") >= STRONG
    iwas = listed.filter((pl.col("object_level") == "IWA") & strong)
    within = (
        iwas.select("node_id", iwa="object_id")
        .join(iwa_of, on="iwa")
        .select("node_id", "object_id", is_part=pl.lit(True))
        .unique()
    )
    fine = pl.col("object_level").is_in(["task", "DWA"])
    relation = (
        pl.when(fine & strong)
        .then(pl.lit("close"))
        .when(strong)
        .then(pl.lit("broad"))
        .when(fine & pl.col("is_part").fill_null(False))
        .then(pl.lit("narrow"))
        .otherwise(pl.lit("related"))
    )
    return listed.join(within, on=["node_id", "object_id"], how="left").with_columns(
        relation=relation
    )


def _with_votes(
    rows: pl.DataFrame, weighed: pl.DataFrame, votes: pl.DataFrame | None
) -> pl.DataFrame:
    """Who decided, how many of Claude's answers named a task, and what they said it is."""
    counts = weighed.select("node_id", "votes", object_id="statement", object_level=pl.lit("task"))
    voted = rows.join(counts, on=PLACE, how="left")
    if votes is None:
        return voted.with_columns(route=pl.lit("offline"))
    answered = votes.filter(pl.col("asked") > 0)["query"].unique().implode()
    told = votes.select(
        node_id="query", object_id="statement", object_level=pl.lit("task"), told="relation"
    ).drop_nulls("told")
    by_claude = pl.col("node_id").is_in(answered)
    return voted.join(told, on=PLACE, how="left").with_columns(
        relation=pl.coalesce("told", "relation"),
        route=pl.when(by_claude).then(pl.lit("claude")).otherwise(pl.lit("offline")),
    )


def _agreement(index: TaskIndex) -> pl.Expr:
    kind = index.kind("node")
    levels = [
        pl.when(pl.col("object_level") == level).then(agreement(pl.col("weight"), kind, level))
        for level in ONET_LEVELS
    ]
    return pl.coalesce(levels)


def _sorted(rows: pl.DataFrame, order: pl.Series) -> pl.DataFrame:
    node = {node: place for place, node in enumerate(order)}
    level = {name: place for place, name in enumerate(ONET_LEVELS)}
    return rows.sort(
        pl.col("node_id").replace_strict(node, return_dtype=pl.Int64),
        pl.col("object_level").replace_strict(level, return_dtype=pl.Int64),
        pl.col("object_id").is_in(REMAINDER),
        pl.col("weight"),
        pl.col("object_id"),
        descending=[False, False, False, True, False],
    ).select(pl.col(name).cast(kind) for name, kind in CROSSWALK.items())
