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
    """node -> statement -> (weight, votes), after votes of (node, statement, votes, asked, p)."""
    rows = [(node, name, n, asked, None, p, None) for node, name, n, asked, p in votes]
    frame = pl.DataFrame(rows, schema=VOTES, orient="row") if votes else None
    candidates = pl.DataFrame(CANDIDATES_OF, schema=CANDIDATES, orient="row")
    found = {}
    for node, statement, weight, n in weigh(candidates, frame).iter_rows():
        found.setdefault(node, {})[statement] = (pytest.approx(weight), n)
    return found


def weights(found, node="a"):
    return {name: weight for name, (weight, _) in found[node].items()}


def test_without_votes_the_score_decides():
    assert weighed() == {
        "a": {"A": (0.5, None), "B": (0.3, None), "none": (0.2, None)},
        "b": {"A": (0.9, None), "none": (0.1, None)},
    }


def test_the_score_counts_as_one_more_answer():
    # Three answers for B and one score: (.5 + 0) / 4, (.3 + 3) / 4, (.2 + 0) / 4.
    found = weighed(("a", "B", 3, 3, 0.8))
    assert found["a"] == {"A": (0.125, 0), "B": (0.825, 3), "none": (0.05, 0)}


def test_tasks_share_the_answers_by_votes_and_probability():
    # A 3 x .8 = 2.4, B 2 x .3 = .6: of three answers 2.4 and .6.
    found = weighed(("a", "A", 3, 3, 0.8), ("a", "B", 2, 3, 0.3))
    assert weights(found) == {"A": (0.5 + 2.4) / 4, "B": (0.3 + 0.6) / 4, "none": 0.05}


def test_answers_for_none_weigh_as_much_as_any():
    found = weighed(("a", "A", 1, 3, 0.2), ("a", "none", 2, 3, None))
    assert found["a"] == {"A": (0.375, 1), "B": (0.075, 0), "none": (0.55, 2)}


def test_none_alone():
    found = weighed(("a", "none", 3, 3, None))
    assert weights(found) == {"A": 0.125, "B": 0.075, "none": 0.8}


def test_a_task_that_is_no_candidate_can_be_voted_for():
    assert weighed(("a", "C", 3, 3, 1.0))["a"]["C"] == (0.75, 3)


def test_answers_that_name_tasks_with_probability_zero_are_for_nothing():
    found = weighed(("a", "A", 3, 3, 0.0))
    assert weights(found) == {"A": 0.125, "B": 0.075, "none": 0.05}
    found = weighed(("a", "A", 2, 3, 0.0), ("a", "none", 1, 3, None))
    assert weights(found) == {"A": 0.125, "B": 0.075, "none": 0.3}


def test_a_task_with_probability_zero_beside_another_gets_nothing():
    assert weights(weighed(("a", "A", 1, 1, 0.4), ("a", "B", 1, 1, 0.0)))["A"] == 0.75


def test_a_node_without_a_usable_answer_keeps_its_scores():
    found = weighed(("a", None, 0, 0, None), ("b", "none", 2, 2, None))
    assert found["a"] == {"A": (0.5, None), "B": (0.3, None), "none": (0.2, None)}
    assert found["b"] == {"A": (0.3, 0), "none": (0.7, 2)}


def test_a_node_that_nobody_asked_about_keeps_its_scores():
    assert weighed(("a", "A", 3, 3, 0.5))["b"] == {"A": (0.9, None), "none": (0.1, None)}


def test_weights_add_up_to_one():
    found = weighed(
        ("a", "A", 1, 5, 0.9), ("a", "C", 2, 5, 0.1), ("a", "none", 2, 5, None),
        ("b", "A", 3, 3, 0.01), ("b", "B", 1, 3, 1.0),
    )  # fmt: skip
    for node in found:
        assert sum(weight.expected for weight in weights(found, node).values()) == pytest.approx(1)
