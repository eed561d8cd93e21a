"""A file of June 2026 (calendar months) in, rows of the one schema out.

Written to the data's own documentation and to an independent profile of the files, which are not
among our data.
"""

from __future__ import annotations

import polars as pl

from taxonomy.economics.places import GEO_LEVELS, place
from taxonomy.economics.schema import (
    ALL,
    FIVE,
    HOURS,
    INDEX,
    MINUTES,
    OF_NODE,
    OF_PARENT,
    SCALE,
    SHARE,
    SOURCES,
    YEARS,
    arranged,
    dates,
    known,
    levels,
)
from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_filled, numbers
from taxonomy.onet.files import TableFile, read_table

COLUMNS = [
    "date_start",
    "date_end",
    "geo_id",
    "geo_level",
    "category_name",
    "hierarchy_level",
    "metric_id",
    "value",
    "node_name",
    "node_external_id",
]
CATEGORIES = ["overall", "onet", "request", "soc_occupation"]
UNITS = {
    "usage_per_capita_index": INDEX,
    "ai_autonomy_mean": SCALE,
    "ai_education_years_mean": YEARS,
    "human_education_years_mean": YEARS,
    "human_only_time_mean": HOURS,
    "human_with_ai_time_mean": MINUTES,
}
"""The metrics that are no percentages."""
PERCENT = (
    "^(pct|usage_pct|multitasking_pct|human_only_ability_pct|use_case_[a-z]+_pct|"
    "collaboration_[a-z_]+_pct|artifact_[a-z0-9_]+_pct)$"
)
RENAMED = {
    "pct": "share",
    "usage_pct": "usage_share",
    "collaboration_bucket_automation_pct": "automation",
    "collaboration_bucket_augmentation_pct": "augmentation",
    "multitasking_pct": "multitasking_yes",
    "human_only_ability_pct": "human_only_ability_yes",
}
SUMS = {"collaboration_": 6, "use_case_": 3, "artifact_": 32}
"""Families that add up to 1 where a cell has them all."""
ROUNDING = 0.005


def monthly_rows(file: TableFile, source: str | None = None) -> pl.DataFrame:
    """The file's rows.

    Parameters
    ----------
    source : claude_ai or 1p_api; read from the file's name where not given, as the file itself
        does not say

    Raises
    ------
    OnetError
        A column is missing or holds what it cannot, a row stands twice, a word is not one that the
        documentation names, shares that should add up do not, or the source cannot be told.
    """
    table = read_table(file, {column: (column,) for column in COLUMNS})
    check_filled(table, COLUMNS, file.name)
    table = numbers(table, "value", pl.Float64, file.name)
    table = dates(dates(table, "date_start", file.name), "date_end", file.name)
    table = levels(table, "hierarchy_level", file.name)
    known(table, "category_name", CATEGORIES, file.name)
    known(table, "geo_level", ["global", "country", "subregion"], file.name)
    metric = pl.col("metric_id")
    percent = metric.str.contains(PERCENT)
    strange = table.filter(~percent & ~metric.is_in([*UNITS]))["metric_id"].unique().sort()
    if len(strange):
        raise OnetError(
            f"{file.name}: the metric {strange[0]!r} (of {len(strange)} such) is not one of the "
            "data's documentation; it may be a later release than this reader knows."
        )
    inside = pl.col("category_name") != "overall"
    rows = table.with_columns(
        source=pl.lit(source or _source(file.name)),
        geo_id=place(pl.col("geo_id"), pl.col("geo_level")),
        geo_level=pl.col("geo_level").replace_strict(GEO_LEVELS),
        category=pl.col("category_name"),
        level=pl.when(inside).then("hierarchy_level"),
        node=pl.when(inside).then("node_name"),
        node_external_id=pl.when(inside).then("node_external_id"),
        metric=metric.replace(RENAMED).str.replace("_pct$", ""),
        value=pl.when(percent).then(pl.col("value") / 100).otherwise("value"),
        unit=metric.replace_strict(UNITS, default=SHARE),
        base=_base(inside),
    )
    arranged_rows = arranged(rows, file.name)
    _check_sums(arranged_rows, file.name)
    return arranged_rows


def _source(name: str) -> str:
    found = [source for source in SOURCES if source in name.lower()]
    if len(found) != 1:
        raise OnetError(
            f"{name} holds the columns of June 2026, which do not say where the conversations are "
            f"from; expected {' or '.join(SOURCES)} in the file's name: rename it, or give source."
        )
    return found[0]


def _base(inside: pl.Expr) -> pl.Expr:
    metric = pl.col("metric_id")
    return (
        pl.when(metric.str.starts_with("usage_"))
        .then(pl.lit(OF_PARENT))
        .when(metric.str.starts_with("collaboration_bucket"))
        .then(pl.lit(FIVE))
        .when(inside & (metric != "pct"))
        .then(pl.lit(OF_NODE))
        .otherwise(pl.lit(ALL))
    )


def _check_sums(rows: pl.DataFrame, file: str) -> None:
    cell = ["date_start", "geo_id", "category", "level", "node_external_id"]
    for family, size in SUMS.items():
        sums = (
            rows.filter(pl.col("metric").str.starts_with(family))
            .group_by(cell)
            .agg(pl.col("value").sum(), n=pl.len())
            .filter((pl.col("n") == size) & ((pl.col("value") - 1).abs() > ROUNDING))
            .sort(cell)
        )
        if sums.height:
            raise OnetError(
                f"{file}: the {size} metrics {family}* of {sums['geo_id'][0]} add up to "
                f"{sums['value'][0]:.4f} in {sums.height:,} cells (the first shown); expected 1 "
                "(100 percent). The file is altered: fetch it again."
            )
