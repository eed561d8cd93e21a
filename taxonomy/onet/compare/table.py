"""The frames of a comparison in, one long table out."""

from __future__ import annotations

import polars as pl

TABLE = {
    "section": pl.String,
    "level": pl.String,
    "object": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "base": pl.String,
    "n": pl.Float64,
}
_NOTHING = pl.lit(None, pl.String)


def long_table(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every number of the comparison in a row of its own, as `TABLE`; null values are left out.

    Parameters
    ----------
    frames : as `Comparison.frames`
    """
    parts = [
        _values(
            frames["coverage"],
            "coverage",
            ["share"],
            metric=pl.concat_str(
                pl.lit("share of "),
                "weighting",
                pl.lit(", "),
                "criterion",
                pl.lit(" >= "),
                "threshold",
            ),
        ),
        _values(
            frames["remainders"],
            "remainder",
            ["conversation_share"],
            label="remainder",
        ),
        _values(
            frames["novelty_curve"],
            "novelty curve",
            ["cluster_share", "conversation_share"],
            metric=pl.concat_str("variable", pl.lit(", "), "criterion", pl.lit(" < "), "threshold"),
        ),
        _values(
            frames["novelty_reasons"],
            "novelty",
            ["conversation_share"],
            label="why",
            metric=pl.concat_str("variable", pl.lit(", "), "scope"),
        ),
        _values(
            frames["novel_clusters"],
            "novel clusters",
            ["conversation_share", "match", "confidence"],
            label="name",
            metric=pl.concat_str("variable", pl.lit(", "), "why"),
        ),
        _values(
            frames["blind_totals"],
            "blind spots",
            ["share"],
            metric=pl.concat_str(pl.lit("share of "), "weighting"),
        ),
        _values(
            frames["blind_spots"],
            "blind objects",
            ["value", "best_weight", "conversation_share"],
            label="object",
            metric=pl.concat_str("variable", pl.lit(", by "), "weighting"),
        ),
        _values(
            frames["representation"].with_columns(level=pl.lit("major")),
            "representation",
            ["share", "employment_share", "lq", "lq_low", "lq_high", "log_lq"],
            label="title",
            metric=pl.concat_str("variable", pl.lit(", "), "route"),
        ),
        _values(
            frames["marginals"].with_columns(n=pl.col("n_objects")),
            "marginals",
            [
                "pearson",
                "spearman",
                "kendall",
                "spearman_common",
                "total_variation",
                "jensen_shannon",
            ],
            metric=pl.concat_str("variable", pl.lit(", "), "route_a", pl.lit(" and "), "route_b"),
        ),
        _values(
            frames["agreement"],
            "agreement",
            [
                "ami",
                "homogeneity",
                "completeness",
                "v_measure",
                "entropy_b_given_a",
                "entropy_a_given_b",
            ],
            level=pl.concat_str("level_a", pl.lit(" and "), "level_b"),
        ),
        _values(
            frames["trees"],
            "trees",
            [
                "resolved_a",
                "resolved_b",
                "resolved_both",
                "agreement",
                "agreement_permuted",
                "cophenetic_correlation",
            ],
            level=pl.concat_str("tree_a", pl.lit(" and "), "tree_b"),
        ),
    ]
    return pl.concat(parts)


def _values(
    frame: pl.DataFrame,
    section: str,
    columns: list[str],
    *,
    level: pl.Expr | None = None,
    label: str | None = None,
    metric: pl.Expr | None = None,
) -> pl.DataFrame:
    """The columns as rows, in the order of the frame; `variable` is the name of the column."""
    columns_of = frame.columns
    if level is None:
        level = pl.col("level") if "level" in columns_of else _NOTHING
    rows = [
        frame.with_columns(
            variable=pl.lit(column),
            value=pl.col(column).cast(pl.Float64),
            place=pl.int_range(pl.len()),
        ).select(
            "place",
            section=pl.lit(section),
            level=level,
            object=pl.col(label) if label else _NOTHING,
            metric=metric if metric is not None else pl.col("variable"),
            value="value",
            base="base",
            n=pl.col("n").cast(pl.Float64) if "n" in columns_of else pl.lit(None, pl.Float64),
        )
        for column in columns
    ]
    both = pl.concat(rows).sort("place", maintain_order=True).drop("place").drop_nulls("value")
    return both.select(pl.col(name).cast(kind) for name, kind in TABLE.items())
