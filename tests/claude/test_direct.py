from __future__ import annotations

from dataclasses import replace

import pytest

from taxonomy.claude.fake import Rule
from taxonomy.claude.session import Session
from taxonomy.claude.upkeep import failures
from taxonomy.errors import BudgetError, ClaudeError


@pytest.fixture
def ask(ask_in):
    return ask_in("direct", 1)


def test_answers_come_in_the_order_of_the_requests(serve, ask):
    answers, _ = ask(serve(), 40)
    numbers = [int(answer.value.request.rstrip(".").split()[-1]) for answer in answers]
    assert numbers == list(range(40))


@pytest.mark.parametrize(
    "fault",
    ["rate_limited", "overloaded", "server_error", "server_error_no_retry", "reset_before"],
)
def test_a_call_that_was_not_answered_is_tried_again_and_billed_once(serve, ask, fault):
    server = serve(queues={"messages": [fault]})
    (answer,), _ledger = ask(server)
    assert answer.status == "ok"
    assert list(server.bills.values()) == [1]


def test_a_server_that_asks_for_an_hour_is_asked_again_after_the_longest_pause(serve, ask):
    (answer,), _ledger = ask(serve(queues={"messages": ["rate_limited_long"] * 3}))
    assert answer.status == "ok"


@pytest.mark.parametrize("fault", ["hang", "reset_after", "html", "cut_json"])
def test_an_answer_that_was_billed_and_lost_is_named_in_the_ledger(serve, ask, fault):
    server = serve(queues={"messages": [fault]})
    (answer,), ledger = ask(server)
    assert answer.status == "ok"
    assert list(server.bills.values()) == [2]
    ((state, stage, _reason, n),) = failures(ledger)
    assert (state, stage, n) == ("lost", "facets", 1)


@pytest.mark.parametrize("fault", ["wrong_choice", "missing_field"])
def test_a_faulty_answer_is_mended_once(serve, ask, fault):
    server = serve(queues={"messages": [fault]})
    (answer,), ledger = ask(server)
    assert answer.status == "ok"
    steps = [step for (step,) in ledger.rows("SELECT step FROM attempts ORDER BY id")]
    assert steps == ["first", "repair"]


def test_an_answer_that_stays_faulty_is_a_recorded_failure(serve, ask):
    server = serve(queues={"messages": ["wrong_choice", "wrong_choice", "wrong_choice"]})
    (answer,), ledger = ask(server)
    assert (answer.status, answer.value) == ("invalid", None)
    assert "collaboration" in answer.detail
    assert len(server.log) == 2
    assert failures(ledger)[0][0] == "invalid"


def test_a_cut_answer_is_asked_again_with_twice_the_room(serve, ask):
    server = serve(queues={"messages": ["max_tokens"]})
    (answer,), ledger = ask(server)
    assert answer.status == "ok"
    assert ledger.rows("SELECT step FROM attempts ORDER BY id") == [("first",), ("longer",)]


def test_an_answer_that_is_cut_twice_is_truncated(serve, ask):
    (answer,), _ledger = ask(serve(queues={"messages": ["max_tokens", "max_tokens"]}))
    assert answer.status == "truncated"


@pytest.mark.parametrize("fault", ["refusal_empty", "refusal_text"])
def test_a_refusal_is_a_status_and_is_not_asked_again(serve, ask, fault):
    server = serve(queues={"messages": [fault]})
    (answer,), ledger = ask(server)
    assert (answer.status, answer.value) == ("refused", None)
    assert len(server.log) == 1
    assert ledger.rows("SELECT text FROM answers") == [("",)]


@pytest.mark.parametrize("fault", ["prose", "thinking_first"])
def test_words_and_thoughts_around_an_answer_do_no_harm(serve, ask, fault):
    server = serve(queues={"messages": [fault]})
    (answer,), _ledger = ask(server)
    assert answer.status == "ok"
    assert len(server.log) == 1


def test_a_request_without_an_answer_is_given_up_and_asked_again_by_a_later_command(serve, ask):
    server = serve(queues={"messages": ["server_error"] * 6})
    with pytest.raises(ClaudeError, match=r"1 of 1 requests got no answer.*500"):
        ask(server)
    assert len(server.log) == 6
    (answer,), _ledger = ask(server)
    assert answer.status == "ok"


def test_a_few_requests_without_an_answer_are_recorded_and_do_not_stop_the_rest(serve, ask):
    server = serve(Rule(fault="server_error", share=0.05, always=True))
    answers, ledger = ask(server, 60)
    errored = [answer for answer in answers if answer.status == "errored"]
    assert 0 < len(errored) < 12
    assert "500" in errored[0].detail
    assert failures(ledger)[0][0] == "errored"


def test_a_request_that_the_server_finds_malformed_is_given_up_at_once(serve, asking, tmp_path):
    server = serve()
    request = asking.facet_request(1, task="x" * (33 * 2**20))
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="direct") as claude:
        (answer,) = claude.ask([request])
    assert (answer.status, len(server.log)) == ("errored", 1)
    assert "413" in answer.detail


def test_a_model_that_does_not_exist_stops_the_run_with_one_clear_error(serve, asking, tmp_path):
    requests = [asking.facet_request(i, model="claude-nothing") for i in range(30)]
    with asking.open_claude(serve().url, tmp_path / "a.sqlite", mode="direct") as claude:
        with pytest.raises(ClaudeError, match=r"claude-nothing: 404 not_found_error"):
            claude.ask(requests)
        assert claude.ledger.under_way() == set()


def test_a_server_that_is_not_there_stops_the_run_and_nothing_is_billed(asking, tmp_path):
    with asking.open_claude("http://127.0.0.1:9", tmp_path / "a.sqlite", mode="direct") as claude:
        with pytest.raises(ClaudeError, match=r"3 of 3 requests got no answer"):
            claude.ask([asking.facet_request(i) for i in range(3)])
        assert claude.ledger.spent("run") == 0


def test_the_budget_stops_before_it_could_be_passed_and_keeps_what_was_paid(
    serve, asking, tmp_path
):
    server = serve()
    requests = [asking.facet_request(i) for i in range(200)]
    file = tmp_path / "a.sqlite"
    with asking.open_claude(server.url, file, mode="direct", budget=0.005) as claude:
        with pytest.raises(BudgetError, match=r"larger --budget"):
            claude.ask(requests)
        spent = claude.ledger.spent("run")
    answered = sum(server.bills.values())
    assert 0 < answered < 200
    assert spent <= 0.005
    with asking.open_claude(server.url, file, mode="direct", budget=1.0) as claude:
        assert {answer.status for answer in claude.ask(requests)} == {"ok"}
    assert set(server.bills.values()) == {1}


def test_too_many_faulty_answers_stop_the_run(serve, asking, tmp_path):
    server = serve(Rule(fault="wrong_choice", always=True))
    requests = [asking.facet_request(i) for i in range(600)]
    with (
        asking.open_claude(server.url, tmp_path / "a.sqlite", mode="direct") as claude,
        pytest.raises(ClaudeError, match=r"max_failed_share = 0\.2"),
    ):
        claude.ask(requests)
    assert len(server.log) < 600


def test_calls_under_way_grow_with_success(serve, asking, tmp_path):
    with asking.open_claude(serve().url, tmp_path / "a.sqlite", mode="direct") as claude:
        answers = list(claude.ask([asking.facet_request(i) for i in range(200)]))
    assert {answer.status for answer in answers} == {"ok"}


def test_what_arrived_is_kept_when_the_command_is_interrupted(serve, asking, tmp_path, monkeypatch):
    server = serve()
    requests = [asking.facet_request(i) for i in range(8)]
    store, calls = Session.store, []

    def interrupted(self, *given):
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return store(self, *given)

    monkeypatch.setattr(Session, "store", interrupted)
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="direct") as claude:
        with pytest.raises(KeyboardInterrupt):
            claude.ask(requests)
        assert claude.ledger.under_way() == set()
        assert {answer.status for answer in claude.ask(requests)} == {"ok"}
    assert set(server.bills.values()) == {1}


def test_a_429_that_ends_the_run_is_not_on_the_books(serve, asking, tmp_path):
    server = serve(Rule(fault="rate_limited", always=True))
    impatient = replace(asking.QUICK, longest_throttling=0.2)
    with asking.open_claude(
        server.url, tmp_path / "a.sqlite", mode="direct", patience=impatient
    ) as claude:
        with pytest.raises(ClaudeError, match="has taken no request"):
            claude.ask([asking.facet_request(1)])
        assert claude.ledger.spent("run") == 0
        assert claude.ledger.under_way() == set()


def test_an_answer_that_does_not_say_its_usage_is_booked_at_its_worst(asking, tmp_path):
    with asking.open_claude("http://127.0.0.1:9", tmp_path / "a.sqlite") as claude:
        session = claude._session(claude._connection)
        for usage in (None, {}, {"input_tokens": None, "output_tokens": 3},
                      {"input_tokens": -5, "output_tokens": 3}):  # fmt: skip
            message = {"content": [], "usage": usage}
            outcome = session.outcome_of(message, asking.HAIKU, batch=False, reserved=0.25)
            assert (outcome.state, outcome.usd) == ("answered", 0.25)
