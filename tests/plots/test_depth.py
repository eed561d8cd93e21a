from __future__ import annotations

import polars as pl

from taxonomy.plots import depth_curve


def curve(framed, shares):
    frame = framed(base="occupations", n=4, share=shares)
    return frame.with_columns(threshold=pl.Series([0.0, 0.25, 0.5]))


def test_a_step_holds_from_the_threshold_before(framed, values_in):
    chart = depth_curve(curve(framed, [1.0, 0.5, 0.25]))
    assert "step-before" in values_in(chart, "interpolate")


def test_each_curve_says_its_value_at_a_quarter(framed, rows_of):
    both = pl.concat(
        [
            curve(framed, [1.0, 0.5, 0.25]).with_columns(curve=pl.lit("May")),
            curve(framed, [1.0, 0.75, 0.0]).with_columns(curve=pl.lit("June")),
        ]
    )
    names = [row["curve"] for row in rows_of(depth_curve(both), "curve")]
    assert list(dict.fromkeys(names)) == ["May: 50.0%", "June: 75.0%"]


def test_a_thinned_curve_is_explained(framed, said):
    whole = curve(framed, [1.0, 0.5, 0.25])
    assert "Thinned" not in said(depth_curve(whole))
    thinned = whole.with_columns(n_conversations=pl.lit(100))
    assert "Thinned curves are expected values" in said(depth_curve(thinned))
    assert "n = 4 occupations" in said(depth_curve(thinned))
