from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from taxonomy.conversations.fields import (
    read_collaboration,
    read_flag,
    read_id,
    read_language,
    read_time,
)
from taxonomy.conversations.schema import BadRow

NOON = 1_740_830_400_000_000  # 2025-03-01 12:00 UTC in microseconds


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-01T12:00:00Z",
        "2025-03-01T12:00:00+00:00",
        "2025-03-01 12:00:00.000000 UTC",
        "2025-03-01T17:30:00+05:30",
        "2025-03-01T07:00:00-05:00",
        "2025-03-01 12:00:00",
        1_740_830_400,
        1_740_830_400.0,
        1_740_830_400_000,
        NOON,
        NOON * 1_000,
        "1740830400",
        "1740830400.0",
        datetime(2025, 3, 1, 12),
        datetime(2025, 3, 1, 14, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_the_same_moment_in_any_zone_and_unit_is_the_same_time(value):
    assert read_time(value) == NOON


def test_a_date_is_its_first_moment_in_utc():
    midnight = (datetime(2025, 3, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    assert read_time(date(2025, 3, 1)) == read_time("2025-03-01") == midnight * 86_400 * 10**6


@pytest.mark.parametrize(
    "value", ["yesterday", "", "04/09/2023", 5, -1, 0, True, None, float("nan"), 10**400, "9" * 900]
)
def test_what_is_no_time_is_null(value):
    assert read_time(value) is None


def test_ids_keep_their_case_and_numbers_become_digits():
    assert [read_id(value, what="the id") for value in ("aB", 12, 12.0, " x\x00 ", 1.5)] == [
        "aB",
        "12",
        "12",
        "x",
        "1.5",
    ]


@pytest.mark.parametrize("value", [None, "", "  ", float("nan")])
def test_an_empty_id_is_null(value):
    assert read_id(value, what="the id") is None


@pytest.mark.parametrize("value", [True, ["a"], {"a": 1}])
def test_an_id_of_another_kind_makes_the_row_bad(value):
    with pytest.raises(BadRow, match="the id is neither text nor a number"):
        read_id(value, what="the id")


def test_languages_become_codes_and_unknown_names_stay():
    given = ["English", "en", "pt-BR", "zh_Hans", "CHINESE", "Nolang", "und", "", None, "Elvish"]
    assert [read_language(value) for value in given] == [
        *("en", "en", "pt", "zh", "zh"),
        *(None, None, None, None, "Elvish"),
    ]


def test_yes_and_no_in_any_spelling():
    assert [read_flag(value) for value in (True, 1, "true", "Yes", "1")] == [True] * 5
    assert [read_flag(value) for value in (False, 0, "FALSE", "no", "0")] == [False] * 5
    assert [read_flag(value) for value in (None, "", "maybe", 7)] == [None] * 4


def test_collaboration_labels_are_the_six_or_the_row_is_bad():
    assert read_collaboration("Feedback_Loop") == "feedback loop"
    assert read_collaboration("none") == "none"
    assert read_collaboration("") is None
    with pytest.raises(BadRow, match="unknown collaboration label"):
        read_collaboration("delegation")
