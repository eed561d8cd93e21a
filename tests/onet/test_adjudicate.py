from __future__ import annotations

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from taxonomy.claude.fake import Rule
from taxonomy.onet.adjudicate import VOTES, votes_by_claude
from taxonomy.onet.index import open_index

spec = importlib.util.spec_from_file_location(
    "onet_asking_adjudicate", Path(__file__).with_name("asking.py")
)
asking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(asking)

HOTEL = "Cook soup of the hotel for kitchen diners with cook tools."
SCHOOL = "Cook soup of the school for kitchen diners with cook tools."


@pytest.fixture(scope="module")
def index(tmp_path_factory, hashing_encoder):
    return open_index(asking.small_onet(), hashing_encoder, tmp_path_factory.mktemp("index"))


def clusters(*names):
    """Queries q0, q1, ... with a description and no parents."""
    rows = [
        (f"q{place}", f"{name}. Users asked for it.", name, None, None)
        for place, name in enumerate(names)
    ]
    columns = ["query", "text", "name", "parent_1", "parent_2"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


@pytest.fixture
def vote(index):
    def by(rule, *names, changes=()):
        asker = asking.Scripted(rule)
        names = names or ("Cook soup of a hotel and a school",)
        found = votes_by_claude(clusters(*names), index, asker, asking.settings(*changes))
        assert found.schema == VOTES
        return found, asker

    return by


def match(request, task, relation="close", probability=0.5):
    place = asking.numbered(request)[task]
    return {"task": place, "relation": relation, "probability": probability}


def by_draw(*answers):
    """One answer a shuffle: a status, or a list of (task, relation, probability)."""

    def rule(request):
        answer = answers[request.draw]
        if isinstance(answer, str):
            return answer
        return {"matches": [match(request, *chosen) for chosen in answer]}

    return rule


def test_votes_probabilities_and_relations_are_counted_over_the_shuffles(vote):
    found, _ = vote(
        by_draw(
            [(HOTEL, "close", 0.9), (SCHOOL, "related", 0.2)],
            [(HOTEL, "exact", 0.6)],
            [(HOTEL, "exact", 0.9), (SCHOOL, "narrow", 0.4)],
        )
    )
    assert found.drop("probability").rows() == [
        ("q0", HOTEL.lower(), 3, 3, "exact", None),
        ("q0", SCHOOL.lower(), 2, 3, "narrow", None),
    ]
    assert found["probability"].to_list() == pytest.approx([0.8, 0.3])


def test_an_empty_list_is_a_vote_for_none(vote):
    found, _ = vote(by_draw([(HOTEL, "close", 0.5)], [], []))
    assert found.rows() == [
        ("q0", HOTEL.lower(), 1, 3, "close", 0.5, None),
        ("q0", "none", 2, 3, None, None, None),
    ]


def test_an_answer_that_cannot_be_used_counts_neither_way_and_is_flagged(vote):
    found, _ = vote(by_draw([(HOTEL, "close", 0.5)], "refused", "truncated"))
    assert found.rows() == [("q0", HOTEL.lower(), 1, 1, "close", 0.5, "refused; truncated")]


@pytest.mark.parametrize("status", ["refused", "truncated", "errored", "expired", "invalid"])
def test_a_query_without_a_usable_answer_is_flagged_and_gets_no_vote(vote, status):
    found, _ = vote(by_draw(status, status, status), "Cook", "Treat")
    assert found.rows() == [
        ("q0", None, 0, 0, None, None, status),
        ("q1", None, 0, 0, None, None, status),
    ]


@pytest.mark.parametrize("number", ["21", "none", HOTEL[:40]])
def test_what_is_not_in_the_list_makes_an_answer_unusable(vote, number):
    chosen = {"task": number, "relation": "exact", "probability": 1.0}
    found, _ = vote(lambda request: {"matches": [match(request, HOTEL), chosen]})
    assert found.rows() == [("q0", None, 0, 0, None, None, "out of list")]


def test_a_task_that_is_named_twice_makes_an_answer_unusable(vote):
    found, _ = vote(lambda request: {"matches": [match(request, HOTEL)] * 2})
    assert found["flags"].to_list() == ["invalid"]


def test_each_shuffle_shows_the_same_candidates_in_another_order(vote):
    _, asker = vote(by_draw([], [], []))
    orders = [tuple(asking.numbered(request)) for request in asker.requests]
    assert len(orders) == 3 == len(set(orders))
    assert len({frozenset(order) for order in orders}) == 1
    assert len(orders[0]) == 20
    assert [request.draw for request in asker.requests] == [0, 1, 2]
    assert len({request.key for request in asker.requests}) == 3


def test_the_settings_say_how_many_candidates_and_shuffles(vote):
    changes = ["onet.shortlist=4", "onet.shuffles=2", "claude.crosswalk.model=own"]
    _, asker = vote(by_draw([], []), changes=changes)
    assert [len(asking.numbered(request)) for request in asker.requests] == [4, 4]
    assert {(request.model, request.stage) for request in asker.requests} == {("own", "crosswalk")}


def test_queries_come_back_in_their_order_and_none_of_them_asks_for_nothing(vote, index):
    found, _ = vote(by_draw([], "refused", []), "Treat", "Cook", "Draft")
    assert found["query"].to_list() == ["q0", "q1", "q2"]
    none = votes_by_claude(clusters(), index, asking.Scripted(None), asking.settings())
    assert none.height == 0 and none.schema == VOTES


NAMES = ["Cook soup for hotel diners", "Treat the cough of a child", "Sing about rain"]


@pytest.mark.parametrize("mode", ["direct", "batches"])
def test_it_runs_end_to_end_over_http(mode, index, tmp_path):
    with asking.asked_over_http(tmp_path, mode) as claude:
        found = votes_by_claude(clusters(*NAMES), index, claude, asking.settings())
    best = found.group_by("query", maintain_order=True).first()
    assert [s.split(" for ")[0] for s in best["statement"]] == [
        "cook soup of the hotel", "treat cough of the child", "none"
    ]  # fmt: skip
    # Its choice does not hang on the order, so every shuffle gives the same vote.
    assert found["votes"].to_list() == found["asked"].to_list()
    assert set(found["asked"]) == {3}


@pytest.mark.parametrize("mode", ["direct", "batches"])
@pytest.mark.parametrize(
    ("fault", "flag"),
    [("refusal_empty", "refused"), ("max_tokens", "truncated"), ("wrong_choice", "invalid")],
)
def test_faults_at_the_server_come_out_as_flags(mode, fault, flag, index, tmp_path):
    rule = Rule(fault=fault, share=0.5, always=True)
    with asking.asked_over_http(tmp_path, mode, rule, max_failed_share=1.0) as claude:
        found = votes_by_claude(clusters(*NAMES, *NAMES[:2]), index, claude, asking.settings())
    assert set(found["flags"].drop_nulls()) == {flag}
    assert found["asked"].min() < 3
    unusable = found.filter(pl.col("asked") == 0)
    assert unusable["statement"].null_count() == unusable.height
