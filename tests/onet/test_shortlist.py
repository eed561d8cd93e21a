from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from taxonomy.claude.fake import Rule
from taxonomy.onet import shortlist
from taxonomy.onet.index import open_index
from taxonomy.onet.questions import ASSIGNED
from taxonomy.onet.shortlist import assign_by_shortlist, by_activity

spec = importlib.util.spec_from_file_location(
    "onet_asking_shortlist", Path(__file__).with_name("asking.py")
)
asking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(asking)

SOUP = "Cook soup of the hotel for kitchen diners with cook tools."


@pytest.fixture(scope="module")
def index(tmp_path_factory, hashing_encoder):
    return open_index(asking.small_onet(), hashing_encoder, tmp_path_factory.mktemp("index"))


@pytest.fixture
def assign(index):
    def by(rule, *requests, changes=(), **given):
        asker = asking.Scripted(rule)
        found = assign_by_shortlist(
            asking.conversations(*requests), index, asker, asking.settings(*changes), **given
        )
        assert found.schema == ASSIGNED
        return found, asker

    return by


def take_soup(request):
    return {"task": asking.numbered(request)[SOUP], "confidence": 0.8}


def test_one_request_gives_the_task_its_confidence_and_its_route(assign):
    found, asker = assign(take_soup, "Cook soup of the hotel")
    assert found.row(0) == ("c0", SOUP.lower(), 0.8, "shortlist", None, 1)
    assert len(asker.requests) == 1


def test_candidates_stand_under_their_activity_and_those_without_under_null(assign, index):
    _, asker = assign(take_soup, "Cook soup of the hotel", changes=["onet.shortlist=36"])
    groups = {group["under"]: list(group["tasks"].values()) for group in
              asker.requests[0].material["tasks"]}  # fmt: skip
    # Three DWAs of two tasks in each of four fields; the third task of each has none.
    assert sorted(map(len, groups.values())) == [2] * 12 + [12]
    assert SOUP in groups["Cook soup."]
    assert all("prison" in task or "lab" in task or "buyer" in task or "sailor" in task
               for task in groups[None])  # fmt: skip
    assert set(asking.numbered(asker.requests[0])) == set(index.statements["task"])


def test_a_task_of_several_activities_stands_under_the_one_that_most_candidates_share():
    activities = {"a": ["Plan.", "Write."], "b": ["Write."], "c": [], "d": ["Sort.", "Plan more."]}
    placed = by_activity(["a", "b", "c", "d"], activities)
    assert placed == [("Write.", "a"), ("Write.", "b"), (None, "c"), ("Plan more.", "d")]


def test_as_many_candidates_are_shown_as_the_settings_say(assign):
    _, asker = assign(lambda r: {"task": "1", "confidence": 1.0}, "Cook", "Treat",
                      changes=["onet.shortlist=5"])  # fmt: skip
    for request in asker.requests:
        assert sorted(asking.numbered(request).values()) == ["1", "2", "3", "4", "5"]


def test_a_good_answer_that_nothing_fits_is_none(assign):
    found, _ = assign(lambda r: {"task": "none", "confidence": 0.6}, "Sing")
    assert found.row(0) == ("c0", "none", 0.6, "shortlist", None, 1)


@pytest.mark.parametrize("status", ["refused", "truncated", "errored", "expired", "invalid"])
def test_an_answer_that_cannot_be_used_is_flagged_and_never_forced(assign, status):
    found, _ = assign(lambda r: status, "Cook soup")
    assert found.row(0) == ("c0", None, None, "shortlist", status, 1)


@pytest.mark.parametrize("number", ["21", "0", SOUP, "1, 2"])
def test_what_is_not_in_the_list_is_flagged_so(assign, number):
    found, _ = assign(lambda r: {"task": number[:40], "confidence": 1.0}, "Cook soup")
    assert found.row(0) == ("c0", None, None, "shortlist", "out of list", 1)


def test_a_confidence_above_one_is_invalid(assign):
    found, _ = assign(lambda r: {"task": "1", "confidence": 80}, "Cook soup")
    assert found["flags"].to_list() == ["invalid"]


def test_a_conversation_without_a_request_is_not_asked_about(assign):
    found, asker = assign(take_soup, None, "Cook soup of the hotel", "")
    assert found["statement"].to_list() == [None, SOUP.lower(), None]
    assert found["flags"].to_list() == ["no request", None, "no request"]
    assert found["n_asked"].to_list() == [0, 1, 0]
    assert [request.conversation_ids for request in asker.requests] == [("c1",)]
    assert assign(take_soup, None)[1].requests == []


def test_candidates_are_searched_for_in_blocks_with_the_same_result(assign, monkeypatch):
    texts = [f"Cook soup of the hotel number {n}" for n in range(7)]
    whole, _ = assign(take_soup, *texts)
    monkeypatch.setattr(shortlist, "BLOCK", 3)
    assert assign(take_soup, *texts)[0].equals(whole)


def test_vectors_that_are_known_are_not_made_again(assign, hashing_encoder):
    texts = ["Cook soup of the hotel", None, "Treat the cough of a sailor"]
    first = {"task": "1", "confidence": 1.0}
    made, asked = assign(lambda r: first, *texts)
    vectors = np.zeros((3, 64), dtype=np.float32)
    vectors[[0, 2]] = hashing_encoder.encode([texts[0], texts[2]])
    given, asked_again = assign(lambda r: first, *texts, vectors=vectors)
    assert given.equals(made)
    assert [r.key for r in asked.requests] == [r.key for r in asked_again.requests]


def test_equal_requests_are_one_question_and_others_see_another_order(assign):
    changes = ["onet.shortlist=36"]
    _, asker = assign(take_soup, "Cook soup", "Cook soup", "Cook fish", changes=changes)
    keys = [request.key for request in asker.requests]
    shown = [list(asking.numbered(request)) for request in asker.requests]
    assert keys[0] == keys[1] != keys[2]
    assert shown[0] == shown[1] != shown[2] and set(shown[0]) == set(shown[2])


REQUESTS = [
    "Cook soup of the hotel",
    "Program a parser for a bank",
    "Treat the cough of a sailor",
    "Sing about rain",
]


@pytest.mark.parametrize("mode", ["direct", "batches"])
def test_it_runs_end_to_end_over_http(mode, index, tmp_path):
    frame = asking.conversations(*REQUESTS)
    with asking.asked_over_http(tmp_path, mode) as claude:
        found = assign_by_shortlist(frame, index, claude, asking.settings())
    tasks = found["statement"].to_list()
    assert [task.split(" for ")[0] for task in tasks] == [
        "cook soup of the hotel", "program parser of the bank", "treat cough of the sailor", "none"
    ]  # fmt: skip
    assert found["confidence"].is_between(0, 1).all()


@pytest.mark.parametrize("mode", ["direct", "batches"])
@pytest.mark.parametrize(
    ("fault", "flag"),
    [("refusal_text", "refused"), ("max_tokens", "truncated"), ("wrong_choice", "out of list")],
)
def test_faults_at_the_server_come_out_as_flags(mode, fault, flag, index, tmp_path):
    frame = asking.conversations(*(f"{text} {n}" for n in range(6) for text in REQUESTS[:3]))
    rule = Rule(fault=fault, share=0.4, always=True)
    with asking.asked_over_http(tmp_path, mode, rule, max_failed_share=1.0) as claude:
        found = assign_by_shortlist(frame, index, claude, asking.settings())
    struck = found.filter(found["flags"].is_not_null())
    assert 0 < struck.height < found.height
    assert set(struck["flags"]) == {flag}
    assert struck["statement"].null_count() == struck.height
    assert found.filter(found["flags"].is_null())["statement"].null_count() == 0
