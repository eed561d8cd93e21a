from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from taxonomy.claude.fake import Rule
from taxonomy.onet.descent import assign_by_descent
from taxonomy.onet.questions import ASSIGNED

spec = importlib.util.spec_from_file_location(
    "onet_asking_descent", Path(__file__).with_name("asking.py")
)
asking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(asking)

TREE = asking.small_tree()


def choose(request, **confidences):
    """The branches whose names start with these words, in this order."""
    place = {name.split()[0]: n for name, n in asking.numbered(request).items()}
    return {
        "branches": [{"branch": place[word], "confidence": c} for word, c in confidences.items()]
    }


def to_testing(request):
    """Three steps, with confidences of 0.5, 0.8 and 0.9, to "Test software."."""
    shown = asking.numbered(request)
    if "tasks" in request.material:
        return {"task": shown["Test software."], "confidence": 0.9}
    if "Cook food" in shown:
        return choose(request, Write=0.5, Cook=0.4)
    return choose(request, Test=0.8, Bake=0.1)


def descend(rule, *requests, changes=()):
    asker = asking.Scripted(rule)
    requests = requests or ("Test my program",)
    found = assign_by_descent(
        asking.conversations(*requests), TREE, asker, asking.settings(*changes)
    )
    return found, asker


def only_row(found):
    assert found.schema == ASSIGNED and found.height == 1
    return found.row(0, named=True)


def at_step(wanted, answer):
    """This answer at one step of three, good ones before it."""

    def rule(request):
        shown = asking.numbered(request)
        step = 3 if "tasks" in request.material else 1 if "Cook food" in shown else 2
        return answer if step == wanted else to_testing(request)

    return rule


def test_the_task_is_found_in_three_requests_and_the_confidence_is_their_product():
    row = only_row(descend(to_testing)[0])
    assert row["statement"] == "test software."
    assert row["confidence"] == pytest.approx(0.5 * 0.8 * 0.9)
    assert (row["route"], row["flags"], row["n_asked"]) == ("descent", None, 3)


def test_each_step_shows_what_is_below_all_that_is_followed():
    _, asker = descend(to_testing)
    first, second, third = asker.requests
    assert set(asking.numbered(first)) == {"Cook food", "Write programs", "Care for animals"}
    assert set(asking.numbered(second)) == {"Boil soups", "Bake bread", "Write code", "Test code"}
    assert {group["under"]: set(group["tasks"].values()) for group in third.material["tasks"]} == {
        "Test code": {"Test software.", "Report bugs."},
        "Bake bread": {"Knead dough.", "Bake rolls."},
    }
    assert sorted(asking.numbered(third).values()) == ["1", "2", "3", "4"]


def test_a_wrong_first_turn_is_not_the_end():
    def rule(request):
        shown = asking.numbered(request)
        if "tasks" in request.material:
            return {"task": shown["Knead dough."], "confidence": 1.0}
        if "Cook food" in shown:
            return choose(request, Write=0.6, Cook=0.3)
        return choose(request, Bake=0.5)

    row = only_row(descend(rule)[0])
    assert row["statement"] == "knead dough."
    assert row["confidence"] == pytest.approx(0.3 * 0.5)


def test_confidences_that_add_up_to_more_than_one_are_scaled_down():
    def rule(request):
        shown = asking.numbered(request)
        if "tasks" in request.material:
            return {"task": shown["Test software."], "confidence": 0.9}
        if "Cook food" in shown:
            return choose(request, Write=0.8, Cook=0.8)
        return choose(request, Test=1.0, Bake=1.0)

    assert only_row(descend(rule)[0])["confidence"] == pytest.approx(0.5 * 0.5 * 0.9)


def test_no_more_branches_are_asked_for_than_the_beam_holds():
    greedy = {"branches": [{"branch": n, "confidence": 0.3} for n in "123"]}
    row = only_row(descend(at_step(1, greedy), changes=["onet.beam=2"])[0])
    assert (row["statement"], row["flags"], row["n_asked"]) == (None, "invalid", 1)
    _, asker = descend(to_testing, changes=["onet.beam=2"])
    assert ["at most 2" in request.task for request in asker.requests] == [True, True, False]


NOTHING = {"branches": [{"branch": "none", "confidence": 0.7}]}


@pytest.mark.parametrize(
    ("step", "answer"), [(1, NOTHING), (2, NOTHING), (3, {"task": "none", "confidence": 0.7})]
)
def test_a_good_answer_that_nothing_fits_is_none_and_ends_the_descent(step, answer):
    row = only_row(descend(at_step(step, answer))[0])
    assert (row["statement"], row["confidence"], row["flags"]) == ("none", 0.7, None)
    assert row["n_asked"] == step


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("status", ["refused", "truncated", "errored", "expired", "invalid"])
def test_an_answer_that_cannot_be_used_is_flagged_and_never_forced(step, status):
    row = only_row(descend(at_step(step, status))[0])
    assert (row["statement"], row["confidence"]) == (None, None)
    assert (row["flags"], row["n_asked"]) == (status, step)


@pytest.mark.parametrize("number", ["99", "Test code", ""])
def test_what_is_not_in_the_list_is_flagged_so_at_every_step(number):
    outside = {"branches": [{"branch": number, "confidence": 0.9}]}
    for step, answer in ((1, outside), (2, outside), (3, {"task": number, "confidence": 0.9})):
        row = only_row(descend(at_step(step, answer))[0])
        assert (row["statement"], row["flags"]) == (None, "out of list")


def test_an_answer_that_was_mended_counts():
    def rule(request):
        outside = {"task": "99", "confidence": 0.9}
        good = to_testing(request)
        return [outside, good] if "tasks" in request.material else good

    assert only_row(descend(rule)[0])["statement"] == "test software."


def test_a_branch_that_is_named_twice_or_beside_none_is_invalid():
    twice = [{"branch": "1", "confidence": 0.5}, {"branch": "1", "confidence": 0.4}]
    beside = [{"branch": "1", "confidence": 0.5}, {"branch": "none", "confidence": 0.4}]
    for chosen in (twice, beside):
        row = only_row(descend(at_step(1, {"branches": chosen}))[0])
        assert (row["statement"], row["flags"]) == (None, "invalid")


def test_a_conversation_without_a_request_is_not_asked_about():
    found, asker = descend(to_testing, None, "Test my program", "")
    assert found["statement"].to_list() == [None, "test software.", None]
    assert found["flags"].to_list() == ["no request", None, "no request"]
    assert found["n_asked"].to_list() == [0, 3, 0]
    assert len(asker.requests) == 3
    assert descend(to_testing, None)[1].requests == []


def test_one_that_fails_does_not_hold_up_the_others():
    def rule(request):
        return "refused" if request.material["request"] == "Bad" else to_testing(request)

    found, _ = descend(rule, "Good", "Bad", "Good too")
    assert found["statement"].to_list() == ["test software.", None, "test software."]
    assert found["conversation_id"].to_list() == ["c0", "c1", "c2"]


def test_equal_requests_are_one_question_and_others_see_another_order():
    _, asker = descend(to_testing, *(f"Test my program {n}" for n in range(20)), "Test again")
    first = asker.requests[:21]
    assert len({tuple(request.material["branches"].values()) for request in first}) > 3
    _, again = descend(to_testing, "Test my program", "Test my program")
    keys = [request.key for request in again.requests]
    assert keys[::2] == keys[1::2] and len(set(keys)) == 3
    assert [r.conversation_ids for r in again.requests[:2]] == [("c0",), ("c1",)]


def test_the_model_of_the_settings_is_asked():
    _, asker = descend(to_testing, changes=["claude.tasks.model=own", "claude.tasks.effort=high"])
    assert {(r.model, r.effort, r.stage) for r in asker.requests} == {("own", "high", "tasks")}


REQUESTS = ["Cook soup", "Write code", "Test code for bugs", "Feed hens", "Sing a song about rain"]


@pytest.mark.parametrize("mode", ["direct", "batches"])
def test_it_runs_end_to_end_over_http(mode, tmp_path):
    with asking.asked_over_http(tmp_path, mode) as claude:
        found = assign_by_descent(asking.conversations(*REQUESTS), TREE, claude, asking.settings())
        again = assign_by_descent(asking.conversations(*REQUESTS), TREE, claude, asking.settings())
    assert found["statement"].to_list() == [
        "cook soup.", "write code.", "report bugs.", "feed hens.", "none"
    ]  # fmt: skip
    assert found["n_asked"].to_list() == [3] * 5
    assert found["confidence"].is_between(0, 1).all()
    assert again.equals(found)


@pytest.mark.parametrize("mode", ["direct", "batches"])
@pytest.mark.parametrize(
    ("fault", "flags"),
    [
        ("refusal_text", {"refused"}),
        ("refusal_empty", {"refused"}),
        ("max_tokens", {"truncated"}),
        ("wrong_choice", {"invalid", "out of list"}),
    ],
)
def test_faults_at_the_server_come_out_as_flags(mode, fault, flags, tmp_path):
    requests = [f"{text} {n}" for n in range(6) for text in REQUESTS[:4]]
    rule = Rule(fault=fault, share=0.3, always=True)
    with asking.asked_over_http(tmp_path, mode, rule, max_failed_share=1.0) as claude:
        found = assign_by_descent(asking.conversations(*requests), TREE, claude, asking.settings())
    struck = found.filter(found["flags"].is_not_null())
    assert set(struck["flags"]) == flags
    assert struck["statement"].null_count() == struck.height
    good = found.filter(found["flags"].is_null())
    assert good.height > 0 and good["statement"].null_count() == 0


def test_what_was_answered_about_a_conversation_can_be_purged(tmp_path):
    from taxonomy.claude.upkeep import purge

    with asking.asked_over_http(tmp_path, "direct") as claude:
        assign_by_descent(asking.conversations(*REQUESTS), TREE, claude, asking.settings())
        assert purge(claude.ledger, ["c0"]) == 3
