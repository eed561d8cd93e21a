"""The figures on the files of March 2025, against what the reports say."""

from __future__ import annotations

import re

import pytest

from taxonomy.economics import frames_of, read_published
from taxonomy.economics.analyses import every_analysis
from taxonomy.economics.given import Given
from taxonomy.plots import save_chart
from taxonomy.plots.figures import figure_of


@pytest.fixture(scope="module")
def march(public_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("march")
    for file in sorted((public_data / "aei").glob("*.[ct]sv*")):
        if file.name != "expected_values.csv":
            (folder / file.name).symlink_to(file)
    published = read_published(folder)
    waves = published.table["date_start"].unique().sort()
    frames, before = frames_of(published), frames_of(published, date_start=waves[0])
    return every_analysis(frames, before).tables, Given(frames, before).names


@pytest.fixture(scope="module")
def drawn(march):
    tables, waves = march

    def draw(name):
        return figure_of(name, tables, waves=waves, source="March 2025")

    return draw


def test_every_group_has_its_label_in_the_drawing_and_none_is_cut_off(march, drawn, tmp_path):
    files = save_chart(drawn("shares_against_employment"), tmp_path / "groups")
    labels = set(re.findall(r">([^<>]+)</text>", files[0].read_text(encoding="utf-8")))
    titles = march[0]["shares_by_group"]["title"].str.strip_suffix(" Occupations")
    assert set(titles) <= labels
    assert {"40.2%", "3.4%", "12.2%"} <= labels


def test_the_changes_are_those_of_the_second_report(drawn, rows_of):
    points = {row["title"]: row["points"] for row in rows_of(drawn("share_change"), "points")}
    assert points["Computer and Mathematical"] == pytest.approx(3.0143, abs=1e-4)
    assert points["Educational Instruction and Library"] == pytest.approx(1.8285, abs=1e-4)
    assert points["Management"] == pytest.approx(-1.31, abs=0.005)
    assert next(iter(points)) == "Computer and Mathematical"


def test_the_depth_curves_say_what_was_published_at_a_quarter(drawn, rows_of):
    names = {row["curve"] for row in rows_of(drawn("depth_curve"), "curve")}
    assert names == {
        "16 December 2024: 36.2%",
        "24 February 2025: 34.8%",
        "24 February 2025, thinned to 767,510 conversations: 30.6%",
    }


def test_augmentation_ends_where_the_report_has_it(drawn, rows_of):
    ends = {}
    for row in rows_of(drawn("patterns_by_group"), "start"):
        ends[row["title"]] = max(ends.get(row["title"], 0), row["end"])
    assert len(ends) == 17
    assert ends["Computer and Mathematical"] == pytest.approx(0.5047, abs=5e-5)
    assert ends["Healthcare Practitioners and Technical"] == pytest.approx(0.7314, abs=5e-5)
    assert ends["Protective Service"] == pytest.approx(0.4460, abs=5e-5)


def test_the_highest_occupations_of_each_pattern_are_the_reports(drawn):
    spec = drawn("patterns_by_occupation").to_dict()
    first = {}
    for panel in spec["vconcat"]:
        rows = spec["datasets"][panel["layer"][0]["data"]["name"]]
        assert len(rows) == 5
        first[panel["title"]["text"].split(" (")[0]] = (rows[0]["title"], rows[0]["share"])
    expected = {
        "directive": ("Actors", 0.6345),
        "feedback loop": ("Network and Computer Systems Administrators", 0.4492),
        "task iteration": ("Copy Writers", 0.5769),
        "learning": ("Librarians", 0.5592),
        "validation": ("Software Quality Assurance Engineers and Testers", 0.1070),
    }
    assert {name: title for name, (title, _) in first.items()} == {
        name: title for name, (title, _) in expected.items()
    }
    for name, (_, share) in expected.items():
        assert first[name][1] == pytest.approx(share, abs=6e-5)


def test_extended_thinking_begins_with_the_research_scientists(drawn, rows_of):
    rows = rows_of(drawn("thinking_by_occupation"), "share")
    assert rows[0]["name"] == "Computer and Information Research Scientists"
    assert rows[0]["share"] == pytest.approx(0.097198, abs=1e-6)


def test_the_largest_nodes_are_those_of_the_published_file(drawn, rows_of):
    rows = rows_of(drawn("shares_by_cluster"), "share")
    assert [round(row["share"], 4) for row in rows[:3]] == [0.0727, 0.0725, 0.0640]
    assert len(rows) == 30


def test_every_other_figure_has_base_and_source(march, drawn, said):
    names = {name for name in march[0] if drawn(name) is not None}
    assert names == {
        "depth_curve",
        "patterns_by_group",
        "patterns_by_occupation",
        "routes",
        "share_change",
        "shares_against_employment",
        "shares_by_cluster",
        "thinking_by_occupation",
        "top_occupations",
        "top_tasks",
        "usage_by_salary",
    }
    for name in names:
        text = said(drawn(name))
        assert re.search(r"n = [\d,]+", text), name
        assert "Base: " in text or "By task: " in text, name
        assert text.endswith("Source: March 2025"), name
