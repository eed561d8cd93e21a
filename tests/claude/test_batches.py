from __future__ import annotations

import anthropic
import pytest

from taxonomy.claude import batches as batches_module
from taxonomy.claude.fake import Rule
from taxonomy.claude.upkeep import failures
from taxonomy.errors import BudgetError, ClaudeError


@pytest.fixture
def ask(asking, tmp_path):
    """Ask a server in batches; gives the answers and the ledger."""
    opened = []

    def asked(server, n=20, **given):
        claude = asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches", **given)
        opened.append(claude)
        return list(claude.ask([asking.facet_request(i) for i in range(n)])), claude.ledger

    yield asked
    for claude in opened:
        claude.close()


def created(server):
    """How many batches the server was asked to make."""
    return sum(r.method == "POST" and r.path == "/v1/messages/batches" for r in server.log)


def numbers(answers):
    return [int(answer.value.request.rstrip(".").split()[-1]) for answer in answers]


def test_shuffled_results_find_their_requests(serve, ask):
    server = serve()
    answers, ledger = ask(server, 150)
    assert numbers(answers) == list(range(150))
    assert set(server.bills.values()) == {1}
    assert ledger.rows("SELECT state FROM batches") == [("collected",)]


def test_one_request_is_tried_directly_before_the_first_batch_of_its_kind(serve, ask):
    server = serve()
    ask(server, 20)
    calls = [(record.method, record.path) for record in server.log[:2]]
    assert calls == [("POST", "/v1/messages"), ("POST", "/v1/messages/batches")]


def test_a_malformed_request_is_found_before_a_batch_of_them_is_sent(serve, asking, tmp_path):
    server = serve()
    requests = [asking.facet_request(i, max_tokens=-1) for i in range(20)]
    with (
        asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude,
        pytest.raises(ClaudeError, match=r"the first request of the stage facets failed.*400"),
    ):
        claude.ask(requests)
    assert created(server) == 0


@pytest.mark.parametrize("fault", ["create_hang", "create_reset"])
def test_a_batch_whose_creation_was_not_answered_is_found_and_adopted(serve, ask, fault):
    server = serve(queues={"create": [fault]})
    answers, _ = ask(server, 20)
    assert numbers(answers) == list(range(20))
    assert created(server) == 1
    assert set(server.bills.values()) == {1}


def test_a_batch_of_somebody_else_is_not_taken_for_ours(serve, asking, ask, monkeypatch):
    # All are of one size, so that only the results tell whose they are.
    monkeypatch.setattr(batches_module, "SIZES", 1)
    server = serve(queues={"create": [None, "create_hang"]})
    with anthropic.Anthropic(base_url=server.url, api_key="other", max_retries=0) as other:
        other.messages.batches.create(
            requests=[
                {
                    "custom_id": f"theirs-{i}",
                    "params": {
                        "model": asking.HAIKU,
                        "max_tokens": 5,
                        "messages": [{"role": "user", "content": "hello"}],
                    },
                }
                for i in range(19)
            ]
        )
    answers, ledger = ask(server, 20)
    assert numbers(answers) == list(range(20))
    assert created(server) == 2
    assert ledger.rows("SELECT state, n FROM batches") == [("collected", 19)]


def test_a_batch_that_was_never_made_is_made_after_the_grace(serve, ask):
    server = serve(queues={"create": ["create_rejected", "reset_before"]})
    answers, ledger = ask(server, 20)
    assert numbers(answers) == list(range(20))
    states = [state for (state,) in ledger.rows("SELECT state FROM batches ORDER BY id")]
    assert states == ["rejected", "rejected", "collected"]
    assert set(server.bills.values()) == {1}


@pytest.mark.parametrize("fault", ["results_cut", "results_drop"])
def test_results_that_break_off_are_read_again_and_booked_once(serve, ask, fault):
    server = serve(queues={"results": [fault]})
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert failures(ledger) == []
    assert ledger.rows("SELECT COUNT(*) FROM attempts WHERE state='answered'") == [(60,)]


@pytest.mark.parametrize("fault", ["errored_overloaded", "expired", "canceled"])
def test_requests_that_came_to_nothing_in_a_batch_are_asked_again(serve, ask, fault):
    server = serve(Rule(fault=fault, share=0.5))
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert ledger.spent("run") > 0
    assert ledger.rows("SELECT SUM(usd) FROM attempts WHERE state='failed'") == [(0.0,)]


def test_a_request_that_always_expires_ends_as_expired(serve, ask):
    server = serve(Rule(fault="expired", share=0.2, always=True), queues={"messages": [None]})
    answers, _ = ask(server, 60, max_failed_share=1)
    statuses = {answer.status for answer in answers}
    assert statuses == {"ok", "expired"}


def test_a_malformed_request_in_a_batch_is_errored_and_not_sent_again(serve, ask):
    server = serve(Rule(fault="errored_invalid", share=0.1, always=True))
    answers, ledger = ask(server, 100)
    errored = [answer for answer in answers if answer.status == "errored"]
    assert 0 < len(errored) < 40
    assert "invalid_request_error" in errored[0].detail
    assert ledger.rows("SELECT MAX(n) FROM (SELECT COUNT(*) n FROM attempts GROUP BY key)") == [
        (1,)
    ]


@pytest.mark.parametrize("fault", ["archived", "partial", "unknown_type"])
def test_answers_that_are_gone_are_named_and_asked_again(serve, ask, fault):
    given = {"queues": {"create": [fault]}} if fault != "unknown_type" else {}
    rules = [Rule(fault=fault, share=0.2)] if fault == "unknown_type" else []
    server = serve(*rules, **given)
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert failures(ledger)[0][0] == "lost"
    n_lost = sum(row[3] for row in failures(ledger))
    assert sum(server.bills.values()) <= 60 + n_lost


def test_a_batch_that_never_ends_is_canceled_and_asked_again(serve, ask):
    server = serve(queues={"create": ["stuck"]})
    answers, _ = ask(server, 20)
    assert numbers(answers) == list(range(20))
    assert any(record.path.endswith("/cancel") for record in server.log)
    assert set(server.bills.values()) == {1}


def test_a_collected_batch_is_deleted_at_the_server(serve, ask):
    server = serve()
    ask(server, 20)
    assert [record.method for record in server.log][-1] == "DELETE"


def test_a_collected_batch_stays_where_the_settings_say_so(serve, ask):
    server = serve()
    ask(server, 20, delete_collected=False)
    assert "DELETE" not in {record.method for record in server.log}


def test_the_budget_holds_in_batches_and_a_larger_one_goes_on(serve, ask, monkeypatch):
    monkeypatch.setattr(batches_module, "MAX_REQUESTS", 100)
    server = serve()
    with pytest.raises(BudgetError, match=r"larger --budget"):
        ask(server, 500, budget=0.006)
    n_first = sum(server.bills.values())
    assert 100 < n_first < 500
    answers, ledger = ask(server, 500, budget=1.0)
    assert numbers(answers) == list(range(500))
    assert set(server.bills.values()) == {1}
    assert ledger.spent("run") < 0.02


def test_faulty_answers_of_a_batch_are_mended(serve, ask):
    server = serve(Rule(fault="wrong_choice", share=0.3))
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert ledger.rows("SELECT COUNT(*) > 5 FROM attempts WHERE step='repair'") == [(1,)]


def test_batches_can_be_canceled(serve, asking, tmp_path):
    server = serve(queues={"create": ["stuck"]})
    never = asking.Patience(create=0.5, first_poll=0.02, longest_poll=0.05, stuck=86_400.0)
    requests = [asking.facet_request(i) for i in range(20)]
    file = tmp_path / "a.sqlite"
    said = []

    def interrupt(text):
        said.append(text)
        raise KeyboardInterrupt

    with asking.open_claude(server.url, file, mode="batches", patience=never) as claude:
        claude._say = interrupt
        with pytest.raises(KeyboardInterrupt):
            claude.ask(requests)
        assert len(claude.ledger.under_way()) == 19
        assert claude.cancel() == 1
        claude._say = said.append
        assert numbers(claude.ask(requests)) == list(range(20))
    assert "19 requests" in said[0]


def test_a_server_without_batches_is_asked_directly_or_says_so(serve, asking, tmp_path):
    server = serve()
    requests = [asking.facet_request(i) for i in range(120)]
    with asking.open_claude(server.url, tmp_path / "a.sqlite", server="ollama") as claude:
        assert numbers(claude.ask(requests)) == list(range(120))
    assert created(server) == 0
    with (
        asking.open_claude(
            server.url, tmp_path / "b.sqlite", server="ollama", mode="batches"
        ) as claude,
        pytest.raises(ClaudeError, match=r"claude\.mode=direct"),
    ):
        claude.ask(requests)
