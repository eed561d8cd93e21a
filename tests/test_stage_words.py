from __future__ import annotations

import pytest

from taxonomy.pipeline import STAGES
from taxonomy.run import stage_states
from taxonomy.stage_words import stage_words


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_a_run_says_what_it_found(stage, small_run):
    facts = {state["stage"]: state["facts"] for state in stage_states(small_run, STAGES)}
    assert stage_words(stage, facts[stage])


def test_the_words_hold_the_numbers():
    facts = {"n_conversations": 11_983, "n_rows": 12_022, "n_rejected": 17}
    assert stage_words("conversations", facts) == "11,983 of 12,022 rows, 17 rejected"
    assert stage_words("facets", {"status": {"ok": 9, "empty": 1}}) == "9 ok, 1 empty"


def test_a_stage_that_nobody_knows_says_nothing():
    assert stage_words("later", {"n": 1}) == ""


def test_a_run_of_an_older_version_that_lacks_a_fact_says_nothing():
    assert stage_words("measures", {"clusters": 3}) == ""
    assert stage_words("names", {}) == ""
