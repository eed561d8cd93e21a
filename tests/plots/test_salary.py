from __future__ import annotations

from taxonomy.plots import usage_by_salary


def test_dots_are_occupations_and_bars_are_quartiles(framed, rows_of, said):
    frame = framed(
        threshold=100.0,
        onet_soc=["1", "2", "3", "4"],
        title=["A", "B", "C", "D"],
        median_salary=[20_000.0, 40_000.0, 60_000.0, 90_000.0],
        quartile=[1, 2, 3, 4],
        share=[0.1, 0.2, 0.3, 0.3],
    )
    chart = usage_by_salary(frame)
    dots = {row["title"]: row["share"] for row in rows_of(chart, "title")}
    assert dots == {"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.3}
    bars = {row["name"]: row["share"] for row in rows_of(chart, "label")}
    assert bars == {
        "quartile 1: $20k to $20k": 0.1,
        "quartile 2: $40k to $40k": 0.2,
        "quartile 3: $60k to $60k": 0.3,
        "quartile 4: $90k to $90k": 0.3,
    }
    assert "4 occupations with usage and an annual salary hold 90.0% of usage" in said(chart)
