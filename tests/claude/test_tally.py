from __future__ import annotations

import pytest

from taxonomy.claude.tally import MAX_TRIES, Tally
from taxonomy.errors import ClaudeError


def test_a_request_is_given_up_after_six_failures_and_counted_once():
    tally = Tally(0.2)
    given_up = [tally.fail(b"a", "errored", "500") for _ in range(8)]
    assert given_up == [False] * 5 + [True] + [False] * 2
    assert MAX_TRIES == 6
    assert tally.given_up == {"errored": 1}
    assert not tally.is_given_up(b"b")


def test_a_failure_that_may_have_cost_something_counts_for_more():
    tally = Tally(0.2)
    assert [tally.fail(b"a", "errored", "lost", tries=3) for _ in range(2)] == [False, True]


def test_too_many_answers_of_no_use_stop_the_run_once_there_are_200():
    tally = Tally(0.2)
    tally.read.update(ok=120, refused=30, invalid=49)
    tally.stop_if_failing()
    tally.read.update(truncated=1)
    with pytest.raises(ClaudeError, match=r"50 of 200 answers .*30 refused, 1 truncated"):
        tally.stop_if_failing()


def test_refusals_are_no_failures():
    tally = Tally(0.2)
    tally.read.update(ok=10, refused=990)
    tally.stop_if_failing()


def test_requests_without_an_answer_stop_the_run_however_few_there_are():
    tally = Tally(0.2, n_requests=6)
    tally.fail(b"a", "errored", "503 busy", tries=MAX_TRIES)
    tally.stop_if_unanswered()
    tally.fail(b"b", "expired", "expired", tries=MAX_TRIES)
    with pytest.raises(ClaudeError, match=r"2 of 6 requests got no answer.*expired"):
        tally.stop_if_unanswered()


def test_malformed_requests_do_not_count_as_an_outage():
    tally = Tally(0.2, n_requests=2)
    for key in (b"a", b"b"):
        tally.fail(key, "malformed", "400", tries=MAX_TRIES)
    tally.stop_if_unanswered()
