"""`clusters_wide.tsv`: the 16 columns of the Economic Index release of March 2025.

One row a published cluster, names and descriptions of its three levels, prevalence in percent
(0 to 100, in buckets), ratios from 0 to 1. A blank is a suppressed value, not a zero.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from taxonomy.collaboration import AUGMENTATION, AUTOMATION, COLLABORATIONS
from taxonomy.errors import ReleaseError
from taxonomy.hierarchy import node_id, nodes_of_rows, with_paths
from taxonomy.measures import MEASURE_BASES, collaboration_measure
from taxonomy.privacy import PUBLISHED, SUPPRESSED

WIDE_FILE = "clusters_wide.tsv"
N_BUCKETS = 100
# Decimals of the published ratios: enough to compare, too few to recover counts from.
RATIO_DECIMALS = 3

NAME_COLUMNS = [
    f"cluster_{what}_{level}" for level in (0, 1, 2) for what in ("name", "description")
]
RATIO_COLUMNS = {
    f"collaboration:{label}_ratio": collaboration_measure(label) for label in sorted(COLLABORATIONS)
} | {"has_thinking_ratio": "thinking_share"}
PERCENT_COLUMNS = {
    "percent_records": "conversation_share",
    "percent_users": "user_incidence_share",
}
WIDE_COLUMNS = [*NAME_COLUMNS, *PERCENT_COLUMNS, "onet_task", *RATIO_COLUMNS]


def bucket_count(n_clusters: int) -> int:
    """Number of prevalence buckets: 100, or half as many as clusters where those are below 200.

    Buckets of one would protect nothing.
    """
    return max(1, min(N_BUCKETS, n_clusters // 2))


def bucket_means(shares: np.ndarray) -> np.ndarray:
    """Each share replaced by the mean of its bucket, which keeps the sum.

    The published rule: sort, cut into buckets of equal count, average within each.

    Parameters
    ----------
    shares : shape (n_clusters,), no NaN
    """
    means = np.empty(len(shares))
    order = np.argsort(shares, kind="stable")
    for bucket in np.array_split(order, bucket_count(len(shares))):
        means[bucket] = shares[bucket].mean()
    return means


def to_wide(
    nodes: pl.DataFrame, measures: pl.DataFrame, onet_tasks: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The published clusters as `WIDE_COLUMNS`, in the order of their codes.

    Parameters
    ----------
    nodes : node_id, code, level, parent_id, name, description, status; three levels
    measures : node_id, measure, value; null where suppressed
    onet_tasks : node_id, onet_task: the one task that fits each best, or null; None: unknown
    """
    if onet_tasks is None:
        onet_tasks = pl.DataFrame(schema={"node_id": pl.String, "onet_task": pl.String})
    named = _ancestors(nodes.filter(pl.col("status") == PUBLISHED))
    wanted = [*PERCENT_COLUMNS.values(), *RATIO_COLUMNS.values()]
    values = measures.filter(pl.col("measure").is_in(wanted)).pivot(
        "measure", index="node_id", values="value"
    )
    values = values.with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in wanted if name not in values.columns
    )
    percents = {column: _bucketed_percent(measure) for column, measure in PERCENT_COLUMNS.items()}
    ratios = {
        column: pl.col(measure).round(RATIO_DECIMALS) for column, measure in RATIO_COLUMNS.items()
    }
    return (
        named.join(values, on="node_id", how="left")
        .join(onet_tasks, on="node_id", how="left")
        .sort("code")
        .with_columns(**percents, **ratios)
        .select(WIDE_COLUMNS)
    )


def read_wide(path: Path) -> pl.DataFrame:
    """The rows of a wide TSV, ours or the published one, as they stand in the file.

    Raises
    ------
    ReleaseError
        The file cannot be read, or lacks one of `WIDE_COLUMNS`.
    """
    try:
        text = pl.read_csv(path, separator="\t", infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReleaseError(f"cannot read {path} as a tab-separated table: {error}.") from error
    missing = [column for column in WIDE_COLUMNS if column not in text.columns]
    if missing:
        raise ReleaseError(
            f"{path} has no column {', '.join(missing)}; expected the 16 columns of "
            f"the Economic Index's cluster_level_dataset.tsv: {', '.join(WIDE_COLUMNS)}."
        )
    numbers = [*PERCENT_COLUMNS, *RATIO_COLUMNS]
    try:
        return text.select(WIDE_COLUMNS).with_columns(pl.col(numbers).cast(pl.Float64))
    except pl.exceptions.PolarsError as error:
        raise ReleaseError(f"{path}: a numeric column holds text: {error}.") from error


def from_wide(wide: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The nodes and measures that a wide table holds, ids and codes worked out anew.

    Returns
    -------
    nodes : as `to_wide` takes them; parents are told apart by their path of names
    measures : node_id, level, measure, base, value, status. Values of levels 1 and 2 are the
        clusters' means weighted by prevalence, a blank taken as 0: the rule by which the
        figures of the March 2025 report come out.
    """
    rows = _with_paths(wide).with_columns(
        n_conversations="percent_records", cluster=pl.lit(None, pl.Int32)
    )
    nodes = nodes_of_rows(rows)
    ids = dict(nodes.select("path", "node_id").iter_rows())
    measures = [
        _measures_of(rows, level, rows[f"path_{level}"].replace_strict(ids)) for level in (0, 1, 2)
    ]
    nodes = nodes.with_columns(status=pl.lit(PUBLISHED)).drop("path", "n_conversations", "cluster")
    return nodes, pl.concat(measures)


def tasks_of_wide(wide: pl.DataFrame) -> pl.DataFrame:
    """node_id, onet_task: the task beside each cluster, verbatim or null, in the table's order."""
    return _with_paths(wide).select(
        node_id=pl.col("path_0").map_elements(partial(node_id, 0), return_dtype=pl.String),
        onet_task="onet_task",
    )


def _with_paths(wide: pl.DataFrame) -> pl.DataFrame:
    # Descriptions of the published file begin with stray spaces.
    stripped = wide.with_columns(pl.col(NAME_COLUMNS).str.strip_chars())
    return with_paths(
        stripped.rename({column: column.removeprefix("cluster_") for column in NAME_COLUMNS})
    )


def _measures_of(rows: pl.DataFrame, level: int, node_id: pl.Series) -> pl.DataFrame:
    rows = rows.with_columns(node_id=node_id)
    weight = pl.col("percent_records")
    sums = {measure: pl.col(column).sum() / 100 for column, measure in PERCENT_COLUMNS.items()}
    means = {
        measure: (pl.col(column).fill_null(0) * weight).sum() / weight.sum()
        for column, measure in RATIO_COLUMNS.items()
    }
    blanks = {measure: pl.col(column).is_null().all() for column, measure in RATIO_COLUMNS.items()}
    values = rows.group_by("node_id").agg(**sums, **means).with_columns(**_automation())
    values = values.unpivot(index="node_id", variable_name="measure")
    blank = (
        rows.group_by("node_id")
        .agg(**blanks)
        .unpivot(index="node_id", variable_name="measure", value_name="blank")
    )
    blank_row = pl.col("blank").fill_null(False)
    return (
        values.join(blank, on=["node_id", "measure"], how="left")
        .select(
            "node_id",
            "measure",
            level=pl.lit(level, pl.Int8),
            base=pl.col("measure").replace_strict(MEASURE_BASES),
            value=pl.when(~blank_row).then("value"),
            status=pl.when(blank_row).then(pl.lit(SUPPRESSED)).otherwise(pl.lit(PUBLISHED)),
        )
        .sort("node_id", "measure")
    )


def _automation() -> dict[str, pl.Expr]:
    automation = pl.sum_horizontal(collaboration_measure(label) for label in AUTOMATION)
    augmentation = pl.sum_horizontal(collaboration_measure(label) for label in AUGMENTATION)
    both = automation + augmentation
    return {"automation_share": automation / both, "augmentation_share": augmentation / both}


def _ancestors(nodes: pl.DataFrame) -> pl.DataFrame:
    """Each cluster with the names and descriptions of its levels 0, 1 and 2."""
    rows = nodes.filter(pl.col("level") == 0).select("node_id", "code", up="node_id")
    for level in (0, 1, 2):
        step = nodes.filter(pl.col("level") == level).select(
            "parent_id",
            up="node_id",
            **{
                f"cluster_name_{level}": "name",
                f"cluster_description_{level}": "description",
            },
        )
        rows = rows.join(step, on="up", how="left").drop("up").rename({"parent_id": "up"})
    return rows.drop("up")


def _bucketed_percent(measure: str) -> pl.Expr:
    return pl.col(measure).map_batches(
        lambda shares: pl.Series(bucket_means(shares.to_numpy() * 100)), return_dtype=pl.Float64
    )
