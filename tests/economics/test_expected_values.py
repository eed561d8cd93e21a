"""Every figure of the March 2025 files that was recomputed once, to 1e-6."""

from __future__ import annotations

import polars as pl

from taxonomy.economics import (
    by_half,
    compare_employment,
    depth_curve,
    implied_counts,
    mean_depth,
    pattern_shares,
    patterns_by_group,
    patterns_by_occupation,
    shares_by_group,
    shares_by_occupation,
    task_depth,
)

VERSIONS = ("v1", "v2")


def keyed(frame, key, value="share", metric=None, figure="", factor=100):
    """Figure, key, metric, value: the columns of the file of expected values, in percent."""
    metric = pl.col(metric[1:]) if metric.startswith(":") else pl.lit(metric)
    return frame.select(
        figure=pl.lit(figure),
        key=pl.col(key).cast(pl.String),
        metric=metric,
        value=pl.col(value).cast(pl.Float64) * factor,
    )


def underscored(frame):
    return frame.with_columns(pl.col("pattern").str.replace(" ", "_"))


def figures(march, allocated):
    for version in VERSIONS:
        rows = allocated[version]
        groups = shares_by_group(rows, march.groups)
        yield keyed(groups, "title", metric=version, figure="major_group_share")
        occupations = shares_by_occupation(rows)
        yield keyed(occupations, "title", metric=version, figure="occupation_share")
        depths = task_depth(getattr(march, version), march.statements)
        curve = depth_curve(depths, [cut / 20 for cut in range(21)])
        yield keyed(curve, "threshold", metric=version, figure="task_depth_curve")
        mean = mean_depth(depths).with_columns(key=pl.lit("all"))
        yield keyed(mean, "key", "depth", version, "task_depth_mean", factor=1)
        yield counts(getattr(march, version), version)
    employed = compare_employment(groups, march.employment)
    yield keyed(employed, "title", "employment_share", "may2023", "bls_share")
    five = pattern_shares(march.collaboration_v1)
    yield keyed(five, "pattern", metric="v1", figure="global_pattern_share")
    yield keyed(by_half(five), "half", metric="v1", figure="global_pattern_share")
    by_group = patterns_by_group(allocated["v2"], march.patterns, march.groups)
    yield keyed(
        underscored(by_group), "title", metric=":pattern", figure="pattern_by_major_group_renorm"
    )
    by_occupation = patterns_by_occupation(allocated["v2"], march.patterns)
    yield keyed(
        underscored(by_occupation), "title", metric=":pattern", figure="pattern_by_occupation_raw"
    )


def counts(usage, version):
    found = implied_counts(usage)
    exact = found["share"] * found["n_conversations"]
    values = {
        "conversations": float(found["n_conversations"][0]),
        "max_deviation_from_integer": found["deviation"].max(),
        "min_count": exact.min(),
    }
    return pl.DataFrame({"key": [*values], "value": [*values.values()]}).select(
        figure=pl.lit("implied_N"), key="key", metric=pl.lit(version), value="value"
    )


def test_every_expected_value_comes_out(public_data, march, allocated):
    expected = pl.read_csv(public_data / "aei" / "expected_values.csv")
    assert expected.height == 901
    found = pl.concat(figures(march, allocated))
    keys = ["figure", "key", "metric"]
    assert not found.select(keys).is_duplicated().any()
    both = expected.join(found, on=keys, how="left", suffix="_found")
    unchecked = both.filter(pl.col("value_found").is_null())
    assert unchecked.select(keys).rows() == []
    assert both.height == 901
    far = both.filter((pl.col("value") - pl.col("value_found")).abs() > 1e-6)
    assert far.rows() == []
