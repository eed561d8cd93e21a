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


def test_a_name_near_an_edge_stands_inwards(framed, values_in):
    frame = framed(
        title=["Low", "High"],
        median_salary=[20_000.0, 90_000.0],
        quartile=[1, 4],
        share=[0.3, 0.1],
    )
    spec = usage_by_salary(frame).to_dict()
    marks = [layer for layer in spec["vconcat"][0]["layer"] if layer["mark"]["type"] == "text"]
    named = {
        layer["mark"]["align"]: [row["title"] for row in spec["datasets"][layer["data"]["name"]]]
        for layer in marks
    }
    assert named == {"right": ["High"], "left": ["Low"]}


def test_shares_of_one_power_of_ten_have_ticks_between(framed, values_in):
    frame = framed(title=["A"], median_salary=[2e4], quartile=[4], share=[0.15])
    ticks = values_in(usage_by_salary(frame), "values")
    assert [0.1, 0.2] in [
        [round(tick, 9) for tick in row] for row in ticks if isinstance(row, list)
    ]
