"""The format of June 2026, in small files made by its documentation."""

from __future__ import annotations

from datetime import date

import pytest

from taxonomy.economics import frames_of, read_published
from taxonomy.economics.monthly_format import COLUMNS
from taxonomy.errors import OnetError

APRIL = ("2026-04-01", "2026-05-01")
WORLD = ("GLOBAL", "global")
OVERALL = ("overall", "0")
NO_NODE = ("Overall", "-")
CODE = ("Write code.", "22420")
TASK = ("onet", "0")


@pytest.fixture
def read(tmp_path):
    def read(*rows, window=APRIL, name="aei_claude_ai_2026-06-26.csv", source=None):
        """Rows of (geo_id, geo_level), (category, level), metric, value, (node, external id)."""
        lines = [",".join(COLUMNS)]
        for place, category, metric, value, node in rows:
            fields = [*window, *place, *category, metric, value, *node]
            lines.append(",".join(f'"{field}"' for field in fields))
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return read_published(tmp_path / name, source=source)

    return read


def test_a_node_has_its_id_and_its_share(read):
    found = read((WORLD, TASK, "pct", 1.25, CODE)).table.row(0, named=True)
    assert (found["node"], found["node_external_id"], found["level"]) == (*CODE, 0)
    assert (found["metric"], found["value"], found["source"]) == ("share", 0.0125, "claude_ai")


def test_the_end_of_a_month_is_exclusive(read):
    found = read((WORLD, TASK, "pct", 1.25, CODE)).table.row(0, named=True)
    assert (found["date_start"], found["date_end"]) == (date(2026, 4, 1), date(2026, 5, 1))


def test_a_name_is_not_a_key(read):
    table = read((WORLD, TASK, "pct", 1.0, CODE), (WORLD, TASK, "pct", 2.0, (CODE[0], "99"))).table
    assert table["value"].to_list() == [0.01, 0.02]


def test_an_id_twice_is_an_error(read):
    with pytest.raises(OnetError, match="should differ from row to row"):
        read((WORLD, TASK, "pct", 1.0, CODE), (WORLD, TASK, "pct", 2.0, ("Other", CODE[1])))


METRICS = {
    "human_only_time_mean": ("human_only_time_mean", 2.5, "hours"),
    "human_with_ai_time_mean": ("human_with_ai_time_mean", 2.5, "minutes"),
    "ai_autonomy_mean": ("ai_autonomy_mean", 2.5, "scale 1 to 5"),
    "usage_per_capita_index": ("usage_per_capita_index", 2.5, "index"),
    "usage_pct": ("usage_share", 0.025, "share"),
    "collaboration_bucket_automation_pct": ("automation", 0.025, "share"),
    "collaboration_feedback_loop_pct": ("collaboration_feedback_loop", 0.025, "share"),
    "artifact_document_or_report_pct": ("artifact_document_or_report", 0.025, "share"),
    "multitasking_pct": ("multitasking_yes", 0.025, "share"),
}


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_has_the_name_and_the_unit_that_it_has_in_every_wave(read, metric):
    found = read((WORLD, OVERALL, metric, 2.5, NO_NODE)).table.row(0, named=True)
    assert (found["metric"], found["value"], found["unit"]) == METRICS[metric]
    assert (found["level"], found["node"], found["node_external_id"]) == (None, None, None)


def test_the_automation_of_june_is_of_five_patterns(read):
    metric = "collaboration_bucket_automation_pct"
    found = read((WORLD, OVERALL, metric, 49, NO_NODE)).table.row(0, named=True)
    assert found["base"] == "conversations with one of the five patterns"


def test_regions_and_countries_keep_their_codes(read):
    places = [("NAM", "country"), ("NA-KH", "subregion"), ("US-PR", "subregion")]
    rows = [(place, OVERALL, "usage_pct", 1, NO_NODE) for place in places]
    assert read(*rows).table["geo_id"].to_list() == ["NA-KH", "NAM", "US-PR"]


def test_the_source_is_told_by_the_files_name_or_by_the_caller(read):
    row = (WORLD, TASK, "pct", 1.25, CODE)
    assert read(row, name="aei_1p_api_2026-06-26.csv").table["source"][0] == "1p_api"
    assert read(row, name="june.csv", source="1p_api").table["source"][0] == "1p_api"
    with pytest.raises(OnetError, match=r"expected claude_ai or 1p_api in the file's name"):
        read(row, name="june.csv")


def test_patterns_that_do_not_add_up_are_an_error(read):
    names = ["directive", "feedback_loop", "task_iteration", "learning", "validation", "none"]
    shares = dict(zip(names, (30, 10, 20, 30, 5, 5), strict=True))
    rows = [
        (WORLD, OVERALL, f"collaboration_{name}_pct", value, NO_NODE)
        for name, value in shares.items()
    ]
    assert read(*rows).table["value"].sum() == pytest.approx(1)
    broken = [*rows[:-1], (*rows[-1][:3], 15, NO_NODE)]
    with pytest.raises(OnetError, match=r"6 metrics collaboration_\* of GLOBAL add up to 1.1000"):
        read(*broken)


def test_use_cases_that_do_not_add_up_are_an_error(read):
    rows = [
        (WORLD, OVERALL, f"use_case_{name}_pct", 30, NO_NODE)
        for name in ("work", "personal", "coursework")
    ]
    with pytest.raises(OnetError, match="3 metrics use_case"):
        read(*rows)


def test_frames_add_up_a_statement_that_several_occupations_hold(read):
    metric = "collaboration_directive_pct"
    frames = frames_of(
        read(
            (WORLD, TASK, "pct", 1.0, CODE),
            (WORLD, TASK, "pct", 2.0, ("write code. ", "99")),
            (WORLD, TASK, metric, 40, CODE),
            (WORLD, TASK, metric, 70, ("write code. ", "99")),
            (WORLD, OVERALL, metric, 50, NO_NODE),
        )
    )
    assert frames.usage.rows() == [("write code.", pytest.approx(0.03))]
    # By usage: (1 * 0.4 + 2 * 0.7) / 3.
    assert frames.patterns["directive"].to_list() == pytest.approx([0.6])
    assert frames.collaboration.rows() == [("directive", 0.5)]


BAD = {
    "the metric 'mood_pct'": (WORLD, TASK, "mood_pct", 1, CODE),
    "column category_name holds 'city'": (WORLD, ("city", "0"), "pct", 1, CODE),
    "hierarchy_level is 'leaf'": (WORLD, ("onet", "leaf"), "pct", 1, CODE),
    "value .* number": (WORLD, TASK, "pct", "many", CODE),
    "node_external_id is blank": (WORLD, TASK, "pct", 1, ("Write code.", "")),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_row_is_one_clear_error(read, message):
    with pytest.raises(OnetError, match=message) as error:
        read(BAD[message])
    assert "aei_claude_ai_2026-06-26.csv" in str(error.value)


def test_artifacts_that_do_not_add_up_are_an_error(read):
    rows = [(WORLD, OVERALL, f"artifact_kind_{place}_pct", 3, NO_NODE) for place in range(32)]
    with pytest.raises(OnetError, match=r"32 metrics artifact_\* of GLOBAL add up to 0.9600"):
        read(*rows)
