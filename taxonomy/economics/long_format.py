"""A file of September 2025 to March 2026 in, rows of the one schema out.

Ten columns, one metric a row; `a::b` is what b is within a node of a. Written to the data's own
documentation and to independent profiles of the files, which are not among our data.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from taxonomy.economics.places import GEO_LEVELS, place
from taxonomy.economics.schema import (
    ALL,
    COUNT,
    FIVE,
    HOURS,
    INDEX,
    MINUTES,
    OF_NODE,
    OF_PARENT,
    SCALE,
    SHARE,
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
    "geo_id",
    "geography",
    "date_start",
    "date_end",
    "platform_and_product",
    "facet",
    "level",
    "variable",
    "cluster_name",
    "value",
]
NODES = {"onet_task": "onet", "request": "request", "soc_occupation": "soc_occupation"}
PLACES = ["country", "state_us", "country-state"]
LABELS = ["collaboration", "use_case", "task_success", "multitasking", "human_only_ability"]
HALVES = "collaboration_automation_augmentation"
UNITS = {
    "human_only_time": HOURS,
    "human_with_ai_time": MINUTES,
    "ai_autonomy": SCALE,
    "human_education_years": YEARS,
    "ai_education_years": YEARS,
    "cost": INDEX,
    "prompt_tokens": INDEX,
    "completion_tokens": INDEX,
}
STATISTICS = (
    "pct_index|histogram_count|histogram_pct|mean_ci_lower|mean_ci_upper|median_ci_lower|"
    "median_ci_upper|count|pct|index|mean|median|stdev|tier|capita|pop"
)
MINUTES_IN = {date(2025, 11, 13): 1.0, date(2026, 2, 5): 60.0}
"""What brings human_with_ai_time to minutes: the files of March 2026 hold it in hours."""


def long_rows(file: TableFile) -> pl.DataFrame:
    """The file's rows.

    Raises
    ------
    OnetError
        A column is missing or holds what it cannot, a row stands twice, or a word (facet,
        variable, geography, product) is not one that the documentation names.
    """
    table = read_table(file, {column: (column,) for column in COLUMNS})
    check_filled(table, [name for name in COLUMNS if name != "cluster_name"], file.name)
    table = numbers(table, "value", pl.Float64, file.name)
    table = levels(
        dates(dates(table, "date_start", file.name), "date_end", file.name), "level", file.name
    )
    known(table, "geography", [*GEO_LEVELS], file.name)
    parts = _parts(table, file.name)
    return arranged(_minutes(_described(parts, file.name), file.name), file.name)


def _parts(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """facet, cluster_name and variable taken apart: outer, inner, node, label, statistic."""
    facet = pl.col("facet").str.split("::")
    split = table.with_columns(outer=facet.list.get(0), inner=facet.list.get(1, null_on_oob=True))
    known(split.select(facet="outer"), "facet", [*NODES, *PLACES, *LABELS, *UNITS, HALVES], file)
    known(split.select(facet="inner").drop_nulls(), "facet", [*LABELS, *UNITS], file)
    # Tasks may hold "::" nowhere but at the end, where the label of an intersection begins.
    label = pl.col("cluster_name").str.extract("::([^:]*)$", 1)
    base = pl.col("cluster_name").str.replace("::[^:]*$", "")
    crossed, is_node = pl.col("inner").is_not_null(), pl.col("outer").is_in([*NODES])
    subject = pl.coalesce("inner", "outer")
    split = split.with_columns(
        subject=pl.when(crossed | ~is_node).then(subject),
        statistic=pl.col("variable").str.extract(f"(?:^|_)({STATISTICS})$", 1),
    )
    labelled = pl.col("subject").is_in([*LABELS, HALVES]).fill_null(False)
    split = split.with_columns(
        node=pl.when(crossed).then(base).when(~labelled).then("cluster_name"),
        label=pl.when(labelled).then(pl.when(crossed).then(label).otherwise("cluster_name")),
    )
    strange = split.filter(
        pl.col("statistic").is_null()
        | (labelled & pl.col("label").is_null())
        | ((crossed | is_node) & pl.col("node").is_null())
    )
    if strange.height:
        row = strange.row(0, named=True)
        raise OnetError(
            f"{file}: facet {row['facet']!r} has the variable {row['variable']!r} for "
            f"{row['cluster_name']!r} (and {strange.height - 1:,} such rows more); expected a "
            "variable and a name as the data's documentation has them, `base::category` for an "
            "intersection."
        )
    return split


def _described(parts: pl.DataFrame, file: str) -> pl.DataFrame:
    product = parts.select(pl.col("platform_and_product").unique()).to_series().sort()
    sources = {
        name: "1p_api" if "api" in name.lower() else "claude_ai" if "claude" in name.lower() else ""
        for name in product
    }
    known(
        parts.select(platform_and_product=pl.col("platform_and_product")),
        "platform_and_product",
        [name for name, source in sources.items() if source] or ["Claude AI", "1P API"],
        file,
    )
    is_share = pl.col("statistic").is_in(["pct", "histogram_pct"])
    is_place = pl.col("outer").is_in(PLACES)
    return parts.with_columns(
        source=pl.col("platform_and_product").replace_strict(sources),
        geo_id=place(pl.col("geo_id"), pl.col("geography")),
        geo_level=pl.col("geography").replace_strict(GEO_LEVELS),
        category=pl.col("outer").replace_strict(NODES, default="overall"),
        # The occupations of September 2025 are major groups, which June 2026 numbers 1.
        level=pl.when(pl.col("outer") == "soc_occupation")
        .then(1)
        .when(pl.col("outer").is_in([*NODES]))
        .then("level"),
        node_external_id=pl.lit(None, pl.String),
        metric=_metric(),
        value=pl.when(is_share).then(pl.col("value") / 100).otherwise("value"),
        unit=_unit(),
        base=pl.when(is_place)
        .then(pl.lit(OF_PARENT))
        .when(pl.col("inner").is_not_null())
        .then(pl.lit(OF_NODE))
        .when(pl.col("outer") == HALVES)
        .then(pl.lit(FIVE))
        .otherwise(pl.lit(ALL)),
    )


def _metric() -> pl.Expr:
    """One name for a metric whatever the wave, as `docs/economics.md` lists them."""
    statistic, subject = pl.col("statistic"), pl.col("subject")
    label = pl.concat_str(subject, pl.lit("_"), pl.col("label").str.replace_all(" ", "_"))
    ending = statistic.replace({"pct": "", "count": "_count", "pct_index": "_index"})
    plain = statistic.replace({"pct": "share", "pct_index": "share_index"})
    return (
        pl.when(pl.col("outer").is_in(PLACES))
        .then(pl.col("variable").str.replace("_pct$", "_share"))
        .when(subject.is_null())
        .then(plain)
        .when(subject == HALVES)
        .then(pl.col("label"))
        .when(subject.is_in(LABELS))
        .then(pl.concat_str(label, ending))
        .otherwise(pl.concat_str(subject, pl.lit("_"), statistic.str.replace("_pct$", "_share")))
    )


def _unit() -> pl.Expr:
    statistic = pl.col("statistic")
    return (
        pl.when(statistic.is_in(["pct", "histogram_pct"]))
        .then(pl.lit(SHARE))
        .when(statistic.is_in(["count", "histogram_count", "pop"]))
        .then(pl.lit(COUNT))
        .when(statistic.is_in(["pct_index", "index"]))
        .then(pl.lit(INDEX))
        .when(pl.col("variable") == "gdp_per_working_age_capita")
        .then(pl.lit("dollars"))
        .when(statistic == "tier")
        .then(pl.lit("tier 0 to 4"))
        .when(statistic == "capita")
        .then(pl.lit("conversations a person of working age"))
        .otherwise(pl.col("subject").replace_strict(UNITS, default=None))
    )


def _minutes(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    """Every human_with_ai_time in minutes, whatever its wave held it in."""
    timed = (pl.col("subject") == "human_with_ai_time") & (pl.col("unit") == MINUTES)
    waves = rows.filter(timed)["date_start"].unique().sort()
    if unknown := [str(wave) for wave in waves if wave not in MINUTES_IN]:
        raise OnetError(
            f"{file}: human_with_ai_time of {', '.join(unknown)} may be in hours or minutes; known "
            f"are the waves of {', '.join(str(wave) for wave in MINUTES_IN)}."
        )
    factor = pl.col("date_start").replace_strict(MINUTES_IN, default=1.0, return_dtype=pl.Float64)
    return rows.with_columns(value=pl.when(timed).then(pl.col("value") * factor).otherwise("value"))
