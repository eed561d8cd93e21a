from __future__ import annotations

import json
from dataclasses import replace

import anthropic
import pytest

from taxonomy.claude import batch_api
from taxonomy.claude import batches as batches_module
from taxonomy.claude.batch_rows import BatchRows
from taxonomy.claude.connection import Failure
from taxonomy.claude.fake import Rule
from taxonomy.claude.money import load_tariff
from taxonomy.claude.pending import Pending
from taxonomy.claude.session import Patience
from taxonomy.claude.upkeep import abandon, failures
from taxonomy.errors import BudgetError, ClaudeError

# Waits for nothing but what it is told to.
PATIENT = Patience(create=0.5, first_poll=0.02, longest_poll=0.05, backoff=0.02)


@pytest.fixture
def ask(ask_in):
    return ask_in("batches", 20)


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


def test_some_requests_are_tried_directly_before_the_first_batch_of_their_kind(serve, ask):
    server = serve()
    ask(server, 30)
    calls = [record.path for record in server.log[:11]]
    assert calls == ["/v1/messages"] * 10 + ["/v1/messages/batches"]
    ask(server, 40)
    assert sum(record.path == "/v1/messages" for record in server.log) == 10


def test_one_malformed_request_among_the_first_does_not_block_its_stage(serve, asking, tmp_path):
    server = serve()
    requests = [asking.facet_request(0, max_tokens=-1)]
    requests += [asking.facet_request(i) for i in range(1, 20)]
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude:
        answers = list(claude.ask(requests))
    assert [answer.status for answer in answers] == ["errored"] + ["ok"] * 19


def test_answers_that_are_all_no_use_are_found_before_a_batch_is_paid_for(serve, asking, tmp_path):
    server = serve(Rule(fault="wrong_choice", always=True))
    requests = [asking.facet_request(i) for i in range(300)]
    with (
        asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude,
        pytest.raises(ClaudeError, match="10 of the first 10 requests"),
    ):
        claude.ask(requests)
    assert created(server) == 0


def test_a_batch_whose_answers_are_no_use_stops_the_run_before_they_are_mended(
    serve, asking, tmp_path
):
    server = serve(Rule(fault="wrong_choice", always=True, at=("item",)))
    requests = [asking.facet_request(i) for i in range(300)]
    with (
        asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude,
        pytest.raises(ClaudeError, match=r"max_failed_share = 0\.2"),
    ):
        claude.ask(requests)
    assert created(server) == 1


def test_a_malformed_request_is_found_before_a_batch_of_them_is_sent(serve, asking, tmp_path):
    server = serve()
    requests = [asking.facet_request(i, max_tokens=-1) for i in range(20)]
    with (
        asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude,
        pytest.raises(ClaudeError, match=r"the first 10 requests of the stage facets failed.*400"),
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
        other.messages.batches.create(requests=foreign_requests(asking, 10))
    answers, ledger = ask(server, 20)
    assert numbers(answers) == list(range(20))
    assert created(server) == 2
    assert ledger.rows("SELECT state, n FROM batches") == [("collected", 10)]


def test_a_batch_that_was_never_made_is_made_after_the_grace(serve, ask):
    server = serve(queues={"create": ["create_rejected", "reset_before"]})
    answers, ledger = ask(server, 20)
    assert numbers(answers) == list(range(20))
    states = [state for (state,) in ledger.rows("SELECT state FROM batches ORDER BY id")]
    assert set(states[:-1]) == {"rejected"}
    assert states[-1] == "collected"
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


def test_results_that_cannot_be_read_for_a_while_are_read_later_and_paid_once(serve, ask):
    faults = ["rate_limited", "server_error", "results_cut", "overloaded", "reset_before"]
    server = serve(queues={"results": faults})
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert set(server.bills.values()) == {1}
    assert failures(ledger) == []


def test_a_batch_that_cannot_be_looked_at_for_a_while_is_not_made_again(serve, ask):
    server = serve(queues={"create": ["create_hang"], "results": ["server_error"] * 3})
    answers, _ = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert created(server) == 1


def test_results_of_an_unknown_kind_are_named_as_lost_and_asked_again_once(serve, ask):
    server = serve(Rule(fault="unknown_type", share=0.2))
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert failures(ledger)[0][0] == "lost"
    assert set(server.bills.values()) == {1}


def test_answers_that_the_results_lack_are_paid_for_again_only_after_they_were_given_up(
    serve, asking, tmp_path
):
    server = serve(queues={"create": ["partial"]})
    requests = [asking.facet_request(i) for i in range(60)]
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude:
        with pytest.raises(ClaudeError, match=r"7 of 50 results are missing .*answers abandon"):
            claude.ask(requests)
        assert len(claude.ledger.under_way()) == 7
        assert "DELETE" not in {record.method for record in server.log}
        ((name,),) = claude.ledger.rows("SELECT server_id FROM batches")
        assert abandon(claude.ledger, [name]) == 7
        assert numbers(claude.ask(requests)) == list(range(60))
    assert sum(server.bills.values()) == 67


def test_an_empty_reply_in_place_of_results_loses_nothing(serve, ask, monkeypatch):
    server = serve(queues={"create": ["create_hang"]})
    results, calls = batch_api.BatchApi.results, []

    def empty_at_first(self, batch):
        calls.append(batch)
        return iter(()) if len(calls) < 3 else results(self, batch)

    monkeypatch.setattr(batch_api.BatchApi, "results", closable(empty_at_first))
    answers, ledger = ask(server, 40)
    assert numbers(answers) == list(range(40))
    assert (created(server), set(server.bills.values())) == (1, {1})
    assert failures(ledger) == []


def test_a_line_that_is_no_result_loses_nothing(serve, ask, monkeypatch):
    server = serve()
    lines, calls = batch_api._lines, []

    def odd_at_first(chunks):
        calls.append(chunks)
        if len(calls) < 3:
            yield b'{"type": "error", "error": {"type": "overloaded_error"}}'
        yield from lines(chunks)

    monkeypatch.setattr(batch_api, "_lines", odd_at_first)
    answers, _ = ask(server, 40)
    assert numbers(answers) == list(range(40))
    assert (created(server), set(server.bills.values())) == (1, {1})


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x1c", "\x0b"])
def test_lines_end_at_a_line_feed_alone(odd):
    text = json.dumps({"a": f"x{odd}y"}, ensure_ascii=False).encode()
    found = list(batch_api._lines([text[:9], text[9:] + b"\n", b"\n", text]))
    assert [json.loads(line)["a"] for line in found] == [f"x{odd}y"] * 2


def test_a_guess_that_turns_out_to_be_somebody_elses_is_given_back(serve, asking, ask, monkeypatch):
    monkeypatch.setattr(batches_module, "SIZES", 1)
    server = serve(queues={"create": [None, "create_hang"]}, batch_seconds=0.6)
    with anthropic.Anthropic(base_url=server.url, api_key="other", max_retries=0) as other:
        theirs = other.messages.batches.create(requests=foreign_requests(asking, 10)).id
        answers, ledger = ask(server, 20)
        assert numbers(answers) == list(range(20))
        assert ledger.rows("SELECT server_id FROM strangers") == [(theirs,)]
        assert other.messages.batches.retrieve(theirs).processing_status == "ended"
    assert created(server) == 2
    assert sum(server.bills.values()) == 30


def test_a_guess_that_is_gone_is_searched_again_and_missed_aloud(
    serve, asking, tmp_path, monkeypatch
):
    monkeypatch.setattr(batches_module, "SIZES", 1)
    server = serve(queues={"create": ["stuck", "server_error"]})
    requests = [asking.facet_request(i) for i in range(20)]
    with anthropic.Anthropic(base_url=server.url, api_key="other", max_retries=0) as other:
        theirs = other.messages.batches.create(requests=foreign_requests(asking, 10)).id

        def take_away(text):
            if "may have been created" in text:
                other.messages.batches.cancel(theirs)
                while other.messages.batches.retrieve(theirs).processing_status != "ended":
                    pass
                other.messages.batches.delete(theirs)

        with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude:
            claude._say = take_away
            with pytest.raises(ClaudeError, match="may have been ours is gone"):
                claude.ask(requests)
            ((mark,),) = claude.ledger.rows("SELECT mark FROM batches WHERE state='submitting'")
            abandon(claude.ledger, [mark])
            assert numbers(claude.ask(requests)) == list(range(20))


def test_a_second_command_after_failures_that_last_is_not_blocked_by_them(serve, asking, tmp_path):
    server = serve(Rule(fault="server_error", share=0.05, always=True))
    requests = [asking.facet_request(i) for i in range(100)]
    for _ in range(2):
        with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="direct") as claude:
            statuses = [answer.status for answer in claude.ask(requests)]
        assert 0 < statuses.count("errored") < 20


def test_a_batch_whose_last_result_was_booked_needs_the_server_no_more(serve, asking, tmp_path):
    server = serve()
    file = tmp_path / "a.sqlite"
    requests = [asking.facet_request(i) for i in range(30)]
    with asking.open_claude(server.url, file, mode="batches") as claude:
        list(claude.ask(requests))
        # As if the process had died after the booking, and the batch was deleted since.
        claude.ledger.write("UPDATE batches SET state='submitted'")
        more = [*requests, asking.facet_request(30)]
        assert numbers(claude.ask(more)) == list(range(31))


def test_a_small_stage_with_a_malformed_request_is_not_blocked(serve, asking, tmp_path):
    requests = [asking.facet_request(0, max_tokens=-1), asking.facet_request(1)]
    with asking.open_claude(serve().url, tmp_path / "a.sqlite", mode="batches") as claude:
        assert [answer.status for answer in claude.ask(requests)] == ["errored", "ok"]


def foreign_requests(asking, n):
    message = {"role": "user", "content": "hello"}
    params = {"model": asking.HAIKU, "max_tokens": 5, "messages": [message]}
    return [{"custom_id": f"theirs-{i}", "params": params} for i in range(n)]


def closable(results):
    """Results that can be closed, as a generator can."""

    def generator(self, batch):
        yield from results(self, batch)

    return generator


def test_a_kind_of_result_that_is_always_unknown_is_paid_for_twice_at_most(serve, ask):
    server = serve(Rule(fault="unknown_type", always=True))
    with pytest.raises(ClaudeError, match="got no answer"):
        ask(server, 60)
    assert created(server) == 2


def test_answers_that_are_gone_are_paid_for_again_only_after_they_were_given_up(
    serve, asking, tmp_path
):
    server = serve(queues={"create": ["archived"]})
    requests = [asking.facet_request(i) for i in range(60)]
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude:
        for _ in range(2):
            with pytest.raises(ClaudeError, match=r"up to 50 answers .* answers abandon msgbatch"):
                claude.ask(requests)
        assert created(server) == 1
        ((name,),) = claude.ledger.rows("SELECT server_id FROM batches")
        assert abandon(claude.ledger, [name]) == 50
        assert numbers(claude.ask(requests)) == list(range(60))
        assert failures(claude.ledger) == [("lost", "facets", "its batch was given up", 50)]
    assert created(server) == 2


def test_a_batch_at_another_server_is_neither_lost_nor_paid_for_again(serve, asking, tmp_path):
    there, here = serve(queues={"create": ["stuck"]}), serve()
    file = tmp_path / "a.sqlite"
    requests = [asking.facet_request(i) for i in range(30)]
    stop_after_creation(asking, there, file, requests)
    with (
        asking.open_claude(here.url, file, mode="batches") as claude,
        pytest.raises(ClaudeError, match=f"under way in batches at {there.url}"),
    ):
        claude.ask(requests)
    assert here.bills == {}
    # Results that a busy machine brings late are not gone.
    patience = replace(asking.QUICK, rereading=30.0)
    with asking.open_claude(there.url, file, mode="batches", patience=patience) as claude:
        assert numbers(claude.ask(requests)) == list(range(30))
    assert set(there.bills.values()) == {1}


def test_a_batch_of_another_command_is_not_waited_for(serve, asking, tmp_path):
    server = serve(queues={"create": ["stuck"]})
    file = tmp_path / "a.sqlite"
    stop_after_creation(asking, server, file, [asking.facet_request(i) for i in range(30)])
    with asking.open_claude(server.url, file, mode="direct", patience=PATIENT) as claude:
        (answer,) = claude.ask([asking.facet_request(99)])
    assert answer.status == "ok"


def test_a_full_queue_is_waited_for_without_writing_the_batch_down_again(serve, ask):
    server = serve(queues={"create": ["rate_limited"] * 15})
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert created(server) == 16
    assert ledger.rows("SELECT COUNT(*) FROM batches") == [(1,)]


def test_a_server_that_knows_no_batches_is_one_clear_error(serve, asking, tmp_path, monkeypatch):
    server = serve()
    with asking.open_claude(server.url, tmp_path / "a.sqlite", mode="batches") as claude:
        nothing = Failure(
            "404 not_found_error: no such path", billed=False, kind="stop", status=404
        )
        monkeypatch.setattr(batch_api.BatchApi, "create", lambda *_: nothing)
        with pytest.raises(ClaudeError, match=r"does not let us use batches.*claude\.mode=direct"):
            claude.ask([asking.facet_request(i) for i in range(60)])
        assert claude.ledger.under_way() == set()


def test_a_batch_that_was_only_planned_is_dropped_and_its_money_is_free(serve, asking, tmp_path):
    server = serve()
    requests = [asking.facet_request(i) for i in range(20)]
    with asking.open_claude(
        server.url, tmp_path / "a.sqlite", mode="batches", budget=0.02
    ) as claude:
        rows = BatchRows(claude.ledger, server=server.url, run="run")
        rows.plan([Pending(request).sending(0.001) for request in requests])
        assert claude.cancel() == 0
        assert len(claude.ledger.under_way()) == 20
        assert numbers(claude.ask(requests)) == list(range(20))
        assert claude.ledger.spent("run") < 0.002
    assert set(server.bills.values()) == {1}


def test_odd_words_of_the_server_about_batches_do_no_harm():
    assert batch_api.n_requests({"request_counts": None}) == -1
    assert batch_api.n_requests({"request_counts": {"processing": None}}) == -1
    assert batch_api.n_requests({"request_counts": {"processing": 3, "errored": 1}}) == 4
    assert batch_api.seconds({"expires_at": None}, "expires_at") is None
    assert batch_api.seconds({}, "expires_at") is None


def stop_after_creation(asking, server, file, requests):
    """Ask in batches, and end as the first batch is made."""

    def stop(_):
        raise KeyboardInterrupt

    with asking.open_claude(server.url, file, mode="batches", patience=PATIENT) as claude:
        claude._say = stop
        with pytest.raises(KeyboardInterrupt):
            claude.ask(requests)


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


def test_the_budget_holds_in_batches_and_a_larger_one_goes_on(serve, asking, ask, monkeypatch):
    monkeypatch.setattr(batches_module, "MAX_REQUESTS", 100)
    monkeypatch.setattr(batches_module, "SIZES", 1)
    server = serve()
    worst = load_tariff().worst_cost(asking.HAIKU, 1_700, 300, batch=True)
    # Room for one batch at its worst, and for what one really costs and a little more.
    budget = 100 * worst + 0.004
    with pytest.raises(BudgetError, match=r"larger --budget"):
        ask(server, 1_000, budget=budget)
    n_first = sum(server.bills.values())
    assert 100 < n_first < 1_000
    # What is left would make batches of a few requests each: it stops before that.
    assert created(server) <= n_first / 100 + 1
    answers, ledger = ask(server, 1_000, budget=1.0)
    assert numbers(answers) == list(range(1_000))
    assert set(server.bills.values()) == {1}
    assert ledger.spent("run") < 0.05


def test_faulty_answers_of_a_batch_are_mended(serve, ask):
    server = serve(Rule(fault="wrong_choice", share=0.3))
    answers, ledger = ask(server, 60)
    assert numbers(answers) == list(range(60))
    assert ledger.rows("SELECT COUNT(*) > 5 FROM attempts WHERE step='repair'") == [(1,)]


def test_batches_can_be_canceled(serve, asking, tmp_path):
    server = serve(queues={"create": ["stuck"]})
    requests = [asking.facet_request(i) for i in range(20)]
    file = tmp_path / "a.sqlite"
    stop_after_creation(asking, server, file, requests)
    with asking.open_claude(server.url, file, mode="batches", patience=PATIENT) as claude:
        assert len(claude.ledger.under_way()) == 10
        assert claude.cancel() == 1
        assert claude.cancel() == 1  # it has ended by now, which is no error
        assert numbers(claude.ask(requests)) == list(range(20))


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
