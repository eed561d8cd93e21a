from __future__ import annotations

import pytest

from taxonomy.naming.reading import QUESTION, read_request


def phrases(request: str) -> list[tuple[str, str]]:
    return [(chunk.slot, " ".join(chunk.words)) for chunk in read_request(request).chunks]


def test_an_order_has_its_verb_its_object_and_what_it_is_about():
    reading = read_request("Write a ghost story about two dragons")
    assert reading.verb == "write"
    assert phrases("Write a ghost story about two dragons") == [
        ("", "ghost story"),
        ("about", "dragons"),
    ]


def test_a_question_is_told_from_an_order():
    reading = read_request("What is the capital of France?")
    assert (reading.verb, reading.manner) == (QUESTION, "fact")
    assert [chunk.after_of for chunk in reading.chunks] == [False, True]


def test_how_to_is_read_as_the_thing_to_do():
    reading = read_request("Explain how to cook brown rice")
    assert (reading.verb, reading.manner) == ("cook", "how_to")
    assert reading.chunks[0].is_action
    assert reading.chunks[0].words == ("cooking", "brown", "rice")


@pytest.mark.parametrize(
    ("request_text", "manner"),
    [
        ("Explain why the sky is blue", "why"),
        ("Explain whether cats can swim", "fact"),
        ("Recommend a good book", "advice"),
        ("Should I buy a car or lease one?", "advice"),
        ("Translate this text", ""),
    ],
)
def test_the_manner_of_asking_is_told(request_text: str, manner: str):
    assert read_request(request_text).manner == manner


def test_politeness_before_the_order_is_passed_over():
    assert read_request("I need you to summarize this article").verb == "summarize"
    assert read_request("Hello there, could you please translate a letter").verb == "translate"


def test_a_list_of_things_is_about_the_things():
    assert phrases("Give me a list of movies about the war") == [("", "movies"), ("about", "war")]


def test_addresses_handles_and_long_numbers_are_never_read():
    text = "Email bob@example.com or @bobby about https://x.com/a_b order 555123456 and my cat"
    words = {word for _, phrase in phrases(text) for word in phrase.split()}
    assert words == {"order", "cat"}


def test_a_verb_after_its_subject_is_not_taken_for_a_noun():
    assert ("", "team needs words") not in phrases("Explain why the team needs words")
    assert ("", "phone calls") in phrases("Plan phone calls")


def test_nothing_is_read_of_an_empty_request():
    assert read_request("").chunks == ()
    assert read_request("").verb == ""
