"""The format of September 2025 to March 2026, in small files made by its documentation."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from taxonomy.economics import frames_of, read_published
from taxonomy.economics.long_format import COLUMNS
from taxonomy.errors import OnetError

AUGUST = ("2025-08-04", "2025-08-11", "Claude AI (Free and Pro)")
NOVEMBER = ("2025-11-13", "2025-11-20", "Claude AI (Free and Pro)")
FEBRUARY = ("2026-02-05", "2026-02-12", "Claude AI (Free, Pro, and Max)")
API = ("2025-08-04", "2025-08-11", "1P API")
WORLD = ("GLOBAL", "global")


@pytest.fixture
def read(tmp_path):
    def read(*rows, wave=AUGUST, name="aei_raw_claude_ai.csv", columns=COLUMNS):
        """Rows of (geo_id, geography), facet, level, variable, cluster_name, value."""
        lines = [",".join(columns)]
        for (geo_id, geography), facet, level, variable, cluster, value in rows:
            fields = [geo_id, geography, *wave, facet, level, variable, cluster, value]
            lines.append(",".join(f'"{field}"' for field in fields))
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return read_published(tmp_path)

    return read


def row(published, index=0):
    return published.table.row(index, named=True)


def test_a_task_becomes_a_node_with_a_share(read):
    published = read((WORLD, "onet_task", 0, "onet_task_pct", "write code.", 12.5))
    assert row(published) == {
        "date_start": date(2025, 8, 4),
        "date_end": date(2025, 8, 11),
        "source": "claude_ai",
        "geo_id": "GLOBAL",
        "geo_level": "global",
        "category": "onet",
        "level": 0,
        "node": "write code.",
        "node_external_id": None,
        "metric": "share",
        "value": 0.125,
        "unit": "share",
        "base": "all conversations of the place",
    }


def test_na_is_namibia_and_none_is_a_place(read):
    usage = [
        ((place, "country"), "country", 0, "usage_pct", "", value)
        for place, value in {"NA": 1.0, "NONE": 2.0, "not_classified": 3.0, "US": 94.0}.items()
    ]
    shares = dict(read(*usage).table.select("geo_id", "value").iter_rows())
    expected = {"NAM": 0.01, "NONE": 0.02, "not_classified": 0.03, "USA": 0.94}
    assert shares == pytest.approx(expected)


def test_a_code_that_is_a_country_and_a_state_is_told_apart_by_its_level(read):
    table = read(
        (("CA", "country"), "country", 0, "usage_count", "", 10),
        (("CA", "state_us"), "state_us", 0, "usage_count", "", 20),
    ).table
    assert table.select("geo_id", "geo_level", "value").rows() == [
        ("CAN", "country", 10),
        ("US-CA", "subregion", 20),
    ]


def test_puerto_rico_is_a_country_and_a_region_and_neither_is_dropped(read):
    table = read(
        (("PR", "country"), "country", 0, "usage_count", "", 587),
        (("US-PR", "country-state"), "country-state", 0, "usage_count", "", 587),
        wave=FEBRUARY,
    ).table
    assert table["geo_id"].to_list() == ["PRI", "US-PR"]


def test_codes_of_two_and_three_letters_come_out_alike(read):
    table = read(
        (("DEU", "country"), "country", 0, "usage_count", "", 1),
        (("FR", "country"), "country", 0, "usage_count", "", 2),
        (("AGO-LUA", "country-state"), "country-state", 0, "usage_count", "", 3),
        (("US-CA", "country-state"), "country-state", 0, "usage_count", "", 4),
        wave=NOVEMBER,
    ).table
    assert table["geo_id"].to_list() == ["AO-LUA", "DEU", "FRA", "US-CA"]


def test_a_level_written_as_text_is_a_number_and_0_is_the_finest(read):
    table = read(
        (WORLD, "request", "0", "request_pct", "Fix a leak", 1),
        (WORLD, "request", "2.0", "request_pct", "Home", 5),
    ).table
    assert dict(table.select("node", "level").iter_rows()) == {"Fix a leak": 0, "Home": 2}


def test_occupations_of_september_are_major_groups_as_level_1_of_june_is(read):
    published = read((WORLD, "soc_occupation", 0, "soc_pct", "Management", 5))
    assert (row(published)["category"], row(published)["level"]) == ("soc_occupation", 1)


def test_none_is_not_not_classified(read):
    table = read(
        (WORLD, "collaboration", 0, "collaboration_pct", "none", 3),
        (WORLD, "collaboration", 0, "collaboration_pct", "not_classified", 4),
    ).table
    assert table.select("metric", "value", "level").rows() == [
        ("collaboration_none", 0.03, None),
        ("collaboration_not_classified", 0.04, None),
    ]


def test_an_intersection_is_what_the_label_is_within_the_node(read):
    facet, variable = "onet_task::collaboration", "onet_task_collaboration_pct"
    published = read((WORLD, facet, 0, variable, "plan: a, b.::feedback loop", 25))
    found = row(published)
    assert (found["node"], found["metric"]) == ("plan: a, b.", "collaboration_feedback_loop")
    assert (found["value"], found["base"]) == (0.25, "conversations of the node")


@pytest.mark.parametrize("cluster", ["write code.", "write code.::index"])
def test_a_mean_of_a_node_is_an_index_of_it(read, cluster):
    published = read((WORLD, "onet_task::cost", 0, "cost_index", cluster, 1.5), wave=API)
    found = row(published)
    assert (found["source"], found["node"]) == ("1p_api", "write code.")
    assert (found["metric"], found["unit"], found["value"]) == ("cost_index", "index", 1.5)


@pytest.mark.parametrize(("wave", "minutes"), [(NOVEMBER, 0.5), (FEBRUARY, 30.0)])
def test_time_with_ai_is_in_minutes_whatever_the_wave_wrote(read, wave, minutes):
    published = read(
        (WORLD, "human_with_ai_time", 0, "human_with_ai_time_mean", "", 0.5),
        (WORLD, "human_only_time", 0, "human_only_time_mean", "", 3.0),
        wave=wave,
    )
    values = published.table.select("metric", "value", "unit").rows()
    assert values == [
        ("human_only_time_mean", 3.0, "hours"),
        ("human_with_ai_time_mean", minutes, "minutes"),
    ]


def test_time_of_an_unknown_wave_is_not_guessed(read):
    with pytest.raises(OnetError, match="human_with_ai_time of 2025-08-04 may be in hours or"):
        read((WORLD, "human_with_ai_time", 0, "human_with_ai_time_mean", "", 0.5))


def test_the_automation_of_september_is_of_five_patterns(read):
    facet = "collaboration_automation_augmentation"
    found = row(read((WORLD, facet, 0, "automation_pct", "automation", 51.07)))
    assert (found["metric"], found["value"]) == ("automation", pytest.approx(0.5107))
    assert found["base"] == "conversations with one of the five patterns"


def test_an_enriched_file_stands_in_for_its_raw_one(read):
    usage = ("country", 0, "usage_count", "", 10)
    read((("US", "country"), *usage), name="aei_raw_claude_ai_2025.csv")
    published = read((("USA", "country"), *usage), name="aei_enriched_claude_ai_2025.csv")
    assert published.files["file"].to_list() == ["aei_enriched_claude_ai_2025.csv"]


def test_frames_of_a_long_file(read):
    variable = "onet_task_collaboration_pct"
    published = read(
        (WORLD, "onet_task", 0, "onet_task_pct", "write code.", 90),
        (WORLD, "onet_task", 0, "onet_task_pct", "not_classified", 10),
        (WORLD, "onet_task", 0, "onet_task_count", "write code.", 900),
        (WORLD, "onet_task::collaboration", 0, variable, "write code.::directive", 60),
        (WORLD, "onet_task::collaboration", 0, variable, "write code.::not_classified", 40),
        (WORLD, "collaboration", 0, "collaboration_pct", "directive", 55),
        (("US", "country"), "onet_task", 0, "onet_task_pct", "write code.", 50),
    )
    frames = frames_of(published)
    assert dict(frames.usage.iter_rows()) == {"not_classified": 0.1, "write code.": 0.9}
    assert frames.patterns.row(0) == ("write code.", 0.6, 0, 0, 0, 0, pytest.approx(0.4))
    assert frames.collaboration.rows() == [("directive", 0.55)]
    assert frames.files["usage"] == "aei_raw_claude_ai.csv"


GOOD = (WORLD, "onet_task", 0, "onet_task_pct", "write code.", 12.5)
BAD = {
    "column geography holds 'planet'": (("X", "planet"), *GOOD[1:]),
    "column facet holds 'mood'": (WORLD, "mood", 0, "mood_pct", "good", 1),
    "level is 'top' in 1 rows": (WORLD, "onet_task", "top", *GOOD[3:]),
    "value .* number": (*GOOD[:5], "many"),
    "has the variable 'onet_task_vibes'": (*GOOD[:3], "onet_task_vibes", *GOOD[4:]),
    "expected a variable and a name": (*GOOD[:4], "", 12.5),
    "`base::category` for an intersection": (
        WORLD,
        "onet_task::collaboration",
        0,
        "onet_task_collaboration_pct",
        "write code.",
        1,
    ),
    "should differ from row to row": GOOD,
    "values are not finite": (*GOOD[:4], "teach.", "NaN"),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_row_is_one_clear_error(read, message):
    with pytest.raises(OnetError, match=message) as error:
        read(GOOD, BAD[message])
    assert "aei_raw_claude_ai.csv" in str(error.value)


WAVES = {
    "expected a date as 2025-08-04": ("04/08/2025", *AUGUST[1:]),
    "expected an end .exclusive. after": (AUGUST[1], AUGUST[0], AUGUST[2]),
    "platform_and_product holds 'Chat'": (*AUGUST[:2], "Chat"),
}


@pytest.mark.parametrize("message", WAVES)
def test_a_bad_wave_is_one_clear_error(read, message):
    with pytest.raises(OnetError, match=message):
        read(GOOD, wave=WAVES[message])


def test_a_renamed_column_is_named(read):
    columns = ["facets" if name == "facet" else name for name in COLUMNS]
    with pytest.raises(OnetError, match="has no column facet; it has geo_id"):
        read(GOOD, columns=columns)


def test_places_are_the_249_of_iso_and_kosovo():
    from taxonomy.economics.places import ALPHA_3

    assert len(ALPHA_3) == len(set(ALPHA_3.values())) == 250
    assert pl.Series([*ALPHA_3]).str.len_chars().unique().to_list() == [2]
