from __future__ import annotations

import pytest

from taxonomy.onet.adjudicate import matches_record
from taxonomy.onet.questions import ChosenTask, branches_record

BRANCHES = {"1": "Cook food", "2": "Write programs", "3": "Care for animals", "4": "Write laws"}
GROUPS = [
    {"under": "Cook.", "tasks": {"1": "Cook soup.", "2": "Cook fish for guests."}},
    {"under": None, "tasks": {"3": "Feed horses."}},
]
CANDIDATES = {"1": "Feed and groom horses.", "2": "Write laws.", "3": "Groom dogs and horses."}


@pytest.fixture
def answer(toy, up):
    def of(material, record):
        message = up[1].messages.create(**toy.ask(material, record))
        return record.model_validate(toy.answer_of(message)).model_dump()

    return of


def test_branches_that_share_words_are_chosen_with_the_likeliest_first(answer):
    material = {"request": "Write a law about programs", "branches": BRANCHES}
    found = answer(material, branches_record(3))["branches"]
    # Two words each; of equals the first of the alphabet.
    assert found == [{"branch": "4", "confidence": 0.45}, {"branch": "2", "confidence": 0.45}]
    assert len(answer(material, branches_record(1))["branches"]) == 1


def test_where_no_branch_shares_a_word_some_are_followed_with_little_confidence(answer):
    found = answer({"request": "Sing", "branches": BRANCHES}, branches_record(2))["branches"]
    assert found == [{"branch": "3", "confidence": 0.15}, {"branch": "1", "confidence": 0.15}]


def test_the_task_that_shares_most_words_is_chosen_wherever_it_stands(answer):
    request = "Cook a fish soup for guests"
    for groups, place in ((GROUPS, "2"), ([GROUPS[1], GROUPS[0]], "2")):
        found = answer({"request": request, "tasks": groups}, ChosenTask)
        assert found == {"task": place, "confidence": 0.75}  # three of its four words
    renumbered = [{"under": None, "tasks": {"1": "Cook fish for guests.", "2": "Cook soup."}}]
    assert answer({"request": request, "tasks": renumbered}, ChosenTask)["task"] == "1"


def test_no_task_that_shares_a_word_is_none(answer):
    found = answer({"request": "Sing about rain", "tasks": GROUPS}, ChosenTask)
    assert found == {"task": "none", "confidence": 0.9}


def test_tasks_that_share_enough_words_match_a_cluster(answer):
    found = answer({"cluster": "Groom horses", "candidates": CANDIDATES}, matches_record(3))
    assert [(m["task"], m["relation"], m["probability"]) for m in found["matches"]] == [
        ("1", "close", 1.0),
        ("3", "close", 1.0),
    ]
    part = {"cluster": "Groom cats and train parrots", "candidates": CANDIDATES}
    assert [m["relation"] for m in answer(part, matches_record(3))["matches"]] == ["related"] * 2


def test_nothing_that_shares_enough_words_is_an_empty_list(answer):
    found = answer({"cluster": "Sing about rain", "candidates": CANDIDATES}, matches_record(3))
    assert found == {"matches": []}
