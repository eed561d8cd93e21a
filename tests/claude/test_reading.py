from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from taxonomy.claude.reading import Usage, first_object, read_message, read_usage
from taxonomy.claude.records import Request


class Word(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str


def request(check=None):
    return Request("facets", "m", "", {}, "", Word, 40, "v", check=check)


def message(text, stop_reason="end_turn", **more):
    return {
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop_reason,
        "usage": {"input_tokens": 7, "output_tokens": 3},
    } | more


def test_an_answer_that_fits_is_ok_and_kept_as_compact_json():
    reading = read_message(message('{ "word": "yes" }'), request())
    assert (reading.status, reading.text) == ("ok", '{"word":"yes"}')
    assert reading.usage == Usage(7, 3)


def test_thinking_before_the_text_is_passed_over():
    thought = {"type": "thinking", "thinking": '{"word": "no"}'}
    given = message('{"word": "yes"}')
    given["content"].insert(0, thought)
    assert read_message(given, request()).text == '{"word":"yes"}'


def test_a_refusal_is_a_refusal_even_with_a_fitting_text():
    details = {"type": "refusal", "category": "cyber"}
    reading = read_message(message('{"word": "yes"}', "refusal", stop_details=details), request())
    assert (reading.status, reading.detail, reading.text) == ("refused", "cyber", "")


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
def test_a_cut_answer_is_truncated_even_if_it_happens_to_fit(reason):
    assert read_message(message('{"word": "yes"}', reason), request()).status == "truncated"


def test_an_answer_outside_the_schema_is_invalid_and_says_why():
    reading = read_message(message('{"word": 3}'), request())
    assert reading.status == "invalid"
    assert "word" in reading.detail


def test_a_further_check_makes_an_answer_invalid():
    def check(value):
        return [] if value.word == "no" else ["the word is not no"]

    reading = read_message(message('{"word": "yes"}'), request(check))
    assert (reading.status, reading.detail) == ("invalid", "the word is not no")


@pytest.mark.parametrize("broken", ["<html>busy</html>", None, [], {"content": "x"}, {}])
def test_what_is_no_message_is_broken(broken):
    assert read_message(broken, request()).status == "broken"


@pytest.mark.parametrize(
    "text",
    [
        'Here you are:\n```json\n{"word": "yes"}\n```\nAnything else?',
        '<think>{"word": "no"} or not?</think>{"word": "yes"}',
        'Use {braces} so: {"word": "yes"} {"word": "no"}',
    ],
)
def test_the_first_object_is_found_whatever_stands_around_it(text):
    assert first_object(text) == {"word": "yes"}


DEEP = '{"word": ' + "[" * 100_000


@pytest.mark.parametrize("text", ["", "no object", '{"word": "yes"', "[1, 2]", DEEP])
def test_no_object_is_found_where_there_is_none(text):
    assert first_object(text) is None


def test_usage_that_is_missing_counts_as_none():
    given = message('{"word": "yes"}')
    del given["usage"]
    assert read_message(given, request()).usage == Usage()


def test_an_answer_with_half_a_character_is_invalid_and_no_crash():
    reading = read_message(message('{"word": "a\\ud800"}'), request())
    assert reading.status == "invalid"


@pytest.mark.parametrize(
    "usage",
    [
        {},
        [],
        "7",
        {"input_tokens": None, "output_tokens": 1},
        {"input_tokens": -1, "output_tokens": 1},
    ],
)
def test_usage_that_is_no_count_of_tokens_is_not_taken_for_one(usage):
    assert read_usage(usage) is None


def test_many_faults_are_said_in_bounded_words():
    faults = [f"the name holds {'x' * 600}"] * 9
    reading = read_message(message('{"word": "yes"}'), request(lambda _: faults))
    assert len(reading.detail) == 1_500
