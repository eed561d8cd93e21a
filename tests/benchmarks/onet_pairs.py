"""The published cluster-task pairs, halved by task: one half to tune on, one to report on."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from taxonomy.onet.ladder import with_activities
from taxonomy.onet.tables import Onet, load_onet, statement_key
from taxonomy.release.wide import read_wide


def index_onet(data: Path) -> Onet:
    """O*NET 20.1, in whose words the index states its tasks, with the activities of 30.1."""
    stated = load_onet(data / "aei" / "onet_task_statements.csv.gz")
    return with_activities(stated, load_onet(data / "onet" / "v30_1"))


def published_pairs(data: Path) -> pl.DataFrame:
    """The 619 clusters with a task: query, text, name, parent_1, parent_2, gold, is_tuning."""
    wide = read_wide(data / "aei" / "cluster_level_dataset.tsv").with_row_index("row")
    rows = wide.select(
        query=pl.col("row").cast(pl.String),
        text=_told(0),
        name="cluster_name_0",
        parent_1=_told(1),
        parent_2=_told(2),
        gold=statement_key(pl.col("onet_task")),
    ).drop_nulls("gold")
    halves = [int(hashlib.sha256(gold.encode()).hexdigest(), 16) % 2 == 0 for gold in rows["gold"]]
    return rows.with_columns(is_tuning=pl.Series(halves))


def index_usage(data: Path, wave: str = "v1") -> pl.DataFrame:
    """task, share of a published usage table. v1 is of other conversations than the clusters."""
    table = pl.read_csv(data / "aei" / f"task_pct_{wave}.csv")
    return table.select(task="task_name", share=pl.col("pct") / 100)


def not_asking(data: Path) -> pl.DataFrame:
    """Small talk and commands to an assistant (CLINC150), up to 40 an intent: text, is_tuning."""
    rows = pl.read_csv(data / "benchmarks" / "clinc150.tsv", separator="\t")
    chosen = rows.filter(pl.col("label_coarse").is_in(["small_talk", "meta"]))
    few = chosen.sort("label_fine", "text").group_by("label_fine", maintain_order=True).head(40)
    order = few["label_fine"].rank("dense").to_numpy()
    return few.select("text", is_tuning=pl.Series(np.asarray(order) % 2 == 1))


def listed_objects(
    candidates: pl.DataFrame, gold: pl.DataFrame, placed: pl.DataFrame, least: float
) -> pl.DataFrame:
    """query, weight, is_best, agrees: what a crosswalk lists for each pair at one level.

    Pairs whose task has no home at that level are left out.

    Parameters
    ----------
    candidates : the index's, of all pairs
    gold : query, statement
    placed : homes at the level
    least : weight below which an object is not listed, unless it is the best
    """
    weight = pl.col("weight") * (1 - pl.col("none_share")) * pl.col("part")
    found = candidates.join(placed, on="statement").sort("query", "object_id", "rank")
    objects = found.group_by("query", "object_id", maintain_order=True).agg(weight=weight.sum())
    best = pl.col("weight") == pl.col("weight").max().over("query")
    listed = objects.with_columns(is_best=best).filter((pl.col("weight") >= least) | best)
    hits = gold.join(placed, on="statement").group_by("query").agg(right=pl.col("object_id"))
    return listed.join(hits, on="query", maintain_order="left").select(
        "query", "weight", "is_best", agrees=pl.col("object_id").is_in(pl.col("right"))
    )


def _told(level: int) -> pl.Expr:
    name, description = pl.col(f"cluster_name_{level}"), pl.col(f"cluster_description_{level}")
    return pl.concat_str(name, description.str.strip_chars(), separator=". ", ignore_nulls=True)
