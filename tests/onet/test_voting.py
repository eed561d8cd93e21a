from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.adjudicate import VOTES
from taxonomy.onet.index import CANDIDATES
from taxonomy.onet.voting import weigh

# Node a: A .5, B .3 and none .2; node b: A .9 and none .1.
CANDIDATES_OF = [
    ("a", 1, "A", "A", 2.0, 0.625, 0.2),
    ("a", 2, "B", "B", 1.0, 0.375, 0.2),
    ("b", 1, "A", "A", 1.0, 1.0, 0.1),
]


def weighed(*votes):
    """node -> statement -> (weight, votes, confidence); given (node, statement, n, asked, p)."""
    rows = [(node, name, n, asked, None, p, None) for node, name, n, asked, p in votes]
    frame = pl.DataFrame(rows, schema=VOTES, orient="row") if votes else None
    candidates = pl.DataFrame(CANDIDATES_OF, schema=CANDIDATES, orient="row")
    found = {}
    for node, statement, weight, n, confidence in weigh(candidates, frame).iter_rows():
        found.setdefault(node, {})[statement] = (near(weight), n, near(confidence))
    return found


def near(value):
    return None if value is None else pytest.approx(value)


def weights(found, node="a"):
    return {name: weight for name, (weight, *_) in found[node].items()}


SCORED = {
    "a": {"A": (0.5, None, None), "B": (0.3, None, None), "none": (0.2, None, None)},
    "b": {"A": (0.9, None, None), "none": (0.1, None, None)},
}


def test_without_votes_the_score_decides():
    assert weighed() == SCORED


def test_where_claude_answered_the_score_counts_for_nothing():
    # The score has B at .3 behind A at .5; three answers name B alone.
    found = weighed(("a", "B", 3, 3, 0.8))
    assert found["a"] == {"B": (1.0, 3, 0.8), "none": (0.0, 0, None)}


def test_tasks_share_the_answers_by_votes_and_probability():
    # A 3 x .8 = 2.4, B 2 x .3 = .6: of 3.0 together; B's confidence is 2 / 3 x .3.
    found = weighed(("a", "A", 3, 3, 0.8), ("a", "B", 2, 3, 0.3))
    assert found["a"] == {"A": (0.8, 3, 0.8), "B": (0.2, 2, 0.2), "none": (0.0, 0, None)}


def test_answers_for_none_weigh_as_much_as_any():
    # Of four answers one names A, with probability .2: a quarter, and 1 / 4 x .2.
    found = weighed(("a", "A", 1, 4, 0.2), ("a", "none", 3, 4, None))
    assert found["a"] == {"A": (0.25, 1, 0.05), "none": (0.75, 3, None)}


def test_none_alone():
    assert weighed(("a", "none", 3, 3, None))["a"] == {"none": (1.0, 3, None)}


def test_a_task_that_is_no_candidate_can_be_voted_for():
    found = weighed(("a", "C", 3, 3, 1.0))
    assert found["a"] == {"C": (1.0, 3, 1.0), "none": (0.0, 0, None)}


def test_answers_that_give_every_task_probability_zero_are_for_none():
    found = weighed(("a", "A", 3, 3, 0.0), ("a", "B", 1, 3, 0.0))
    assert found["a"] == {"A": (0.0, 3, 0.0), "B": (0.0, 1, 0.0), "none": (1.0, 0, None)}
    found = weighed(("a", "A", 2, 3, 0.0), ("a", "none", 1, 3, None))
    assert found["a"] == {"A": (0.0, 2, 0.0), "none": (1.0, 1, None)}


def test_a_task_with_probability_zero_beside_another_gets_nothing():
    found = weighed(("a", "A", 1, 1, 0.4), ("a", "B", 1, 1, 0.0))
    assert found["a"] == {"A": (1.0, 1, 0.4), "B": (0.0, 1, 0.0), "none": (0.0, 0, None)}


def test_six_tasks_named_alike_share_alike_and_what_nobody_named_is_gone():
    # Node b: the score alone has A at .9.
    found = weighed(*(("b", name, 3, 3, 0.95) for name in "CDEFGH"))
    named = dict.fromkeys("CDEFGH", (1 / 6, 3, 0.95))
    assert found["b"] == named | {"none": (0.0, 0, None)}


def test_where_all_was_refused_the_score_decides():
    assert weighed(("a", None, 0, 0, None)) == SCORED


def test_of_answers_two_of_which_were_refused_the_third_decides():
    # `asked` counts the usable ones.
    found = weighed(("a", "B", 1, 1, 0.6))
    assert found["a"] == {"B": (1.0, 1, 0.6), "none": (0.0, 0, None)}


def test_nodes_that_were_refused_or_not_asked_about_stand_beside_the_answered():
    found = weighed(("a", None, 0, 0, None), ("b", "none", 2, 2, None))
    assert found == {"a": SCORED["a"], "b": {"none": (1.0, 2, None)}}
    assert weighed(("a", "A", 3, 3, 0.5))["b"] == SCORED["b"]


def test_weights_add_up_to_one():
    found = weighed(
        ("a", "A", 1, 5, 0.9), ("a", "C", 2, 5, 0.1), ("a", "none", 2, 5, None),
        ("b", "A", 3, 3, 0.01), ("b", "B", 1, 3, 1.0),
    )  # fmt: skip
    # Node a: A .9 and C .2 of 1.1 share three fifths.
    assert weights(found) == {"A": 0.6 * 0.9 / 1.1, "C": 0.6 * 0.2 / 1.1, "none": 0.4}
    for node in found:
        assert sum(weight.expected for weight in weights(found, node).values()) == pytest.approx(1)
