from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.weights import LEAST, agreement, load_weights, none_probability

KINDS = [f"{kind}{usage}" for kind in ("node", "request") for usage in ("", "_with_usage")]


def agreed(weights, kind="node", level="task"):
    frame = pl.DataFrame({"weight": weights}, schema={"weight": pl.Float64})
    return frame.select(agreement(pl.col("weight"), kind, level)).to_series().to_list()


def test_each_kind_of_query_has_its_views_and_its_lines():
    weights = load_weights()
    assert set(weights) == {*KINDS, *(f"{kind}_agreement" for kind in KINDS), "none"}
    for kind in KINDS:
        views = {"text", "dwa", "title", "words"}
        views |= {"name", "parent_1", "parent_2"} if kind.startswith("node") else set()
        views |= {"usage"} if kind.endswith("usage") else set()
        assert set(weights[kind]) == views


def test_an_even_weight_gives_the_intercept():
    # The log-odds of a half are 0.
    intercept = load_weights()["node_agreement"]["task_intercept"]
    assert agreed([0.5]) == pytest.approx([1 / (1 + np.exp(-intercept))])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", ONET_LEVELS)
def test_agreement_rises_with_the_weight_and_stays_a_probability(kind, level):
    found = agreed([0.0, 0.01, 0.1, 0.5, 0.9, 1.0], kind, level)
    assert found == sorted(set(found))
    assert 0 < found[0] < found[-1] < 1


def test_weights_of_zero_and_one_are_held_away_from_infinity():
    assert agreed([0.0, 1.0]) == agreed([LEAST, 1 - LEAST])


def test_the_nearer_the_statements_the_less_likely_is_none():
    none = load_weights()["none"]
    even = -none["intercept"] / none["nearness"]
    found = none_probability(np.array([-1.0, even, 1.0]))
    assert found[1] == pytest.approx(0.5)
    assert 1 >= found[0] > 0.999 > 0.001 > found[2] >= 0
