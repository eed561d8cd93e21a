from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from taxonomy.claude import Claude, connect, is_configured
from taxonomy.claude.fake import Rule
from taxonomy.claude.upkeep import purge
from taxonomy.errors import ClaudeError, LedgerError
from taxonomy.settings import ClaudeSettings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "answers.sqlite"


def test_what_is_in_the_ledger_is_not_asked_again(serve, asking, file):
    server = serve()
    requests = [asking.facet_request(i) for i in range(30)]
    with asking.open_claude(server.url, file) as claude:
        first = list(claude.ask(requests))
    n_calls = len(server.log)
    with asking.open_claude(server.url, file) as claude:
        assert list(claude.ask(requests)) == first
    assert len(server.log) == n_calls


def test_equal_requests_are_asked_once_and_answered_each(serve, asking, file):
    server = serve()
    with asking.open_claude(server.url, file) as claude:
        answers = list(claude.ask([asking.facet_request(7)] * 5 + [asking.facet_request(8)]))
    assert answers[0] == answers[4] != answers[5]
    assert sum(server.bills.values()) == 2


def test_another_draw_of_the_same_question_is_another_request(serve, asking, file):
    server = serve()
    with asking.open_claude(server.url, file) as claude:
        list(claude.ask([asking.facet_request(1), asking.facet_request(1, draw=1)]))
    assert sum(server.bills.values()) == 2


def test_many_requests_go_in_a_batch_and_few_directly(serve, asking, file):
    server = serve()
    with asking.open_claude(server.url, file) as claude:
        list(claude.ask([asking.facet_request(i) for i in range(99)]))
        assert not any("batches" in record.path for record in server.log)
        list(claude.ask([asking.facet_request(i) for i in range(100, 210)]))
        assert any("batches" in record.path for record in server.log)


def test_direct_calls_and_batches_give_the_same_answers(serve, asking, tmp_path):
    rules = [Rule(fault="refusal_text", share=0.1, always=True)]
    requests = [asking.facet_request(i) for i in range(120)]
    answers = {}
    for mode in ("direct", "batches"):
        with asking.open_claude(serve(*rules).url, tmp_path / mode, mode=mode) as claude:
            answers[mode] = list(claude.ask(requests))
    assert answers["direct"] == answers["batches"]
    assert {answer.status for answer in answers["direct"]} == {"ok", "refused"}


def test_no_requests_need_no_server(asking, file):
    with asking.open_claude("http://127.0.0.1:9", file) as claude:
        assert list(claude.ask([])) == []


def test_a_generator_is_refused_since_requests_are_gone_through_twice(asking, file):
    with asking.open_claude("http://127.0.0.1:9", file) as claude, pytest.raises(TypeError):
        claude.ask(asking.facet_request(i) for i in range(3))


def test_without_a_key_the_ledger_alone_answers_and_opens_no_socket(
    serve, asking, file, monkeypatch
):
    rules = [Rule(fault="refusal_empty", share=0.2, always=True)]
    requests = [asking.facet_request(i) for i in range(40)]
    with asking.open_claude(serve(*rules).url, file) as claude:
        first = list(claude.ask(requests))

    def forbidden(*_):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    with Claude(file, None, ClaudeSettings()) as claude:
        assert list(claude.ask(requests)) == first


def test_without_a_key_a_missing_answer_is_one_clear_error(asking, file):
    with (
        Claude(file, None, ClaudeSettings()) as claude,
        pytest.raises(LedgerError, match=r"2 of 2 requests of the stage facets.*ANTHROPIC_API_KEY"),
    ):
        claude.ask([asking.facet_request(1), asking.facet_request(2)])


def test_a_message_that_was_stored_and_not_read_is_read_later(serve, asking, file):
    server = serve()
    request = asking.facet_request(1)
    with asking.open_claude(server.url, file) as claude:
        (first,) = claude.ask([request])
        text = claude.ledger.states([request.key])[request.key].text
    message = (
        '{"content": [{"type": "text", "text": %s}], "stop_reason": "end_turn", '
        '"usage": {"input_tokens": 1, "output_tokens": 1}}'
    )
    db = sqlite3.connect(file)
    db.execute("UPDATE answers SET status='received', text=?", (message % json.dumps(text),))
    db.commit()
    db.close()
    with Claude(file, None, ClaudeSettings()) as claude:
        assert list(claude.ask([request])) == [first]
    n_calls = len(server.log)
    with asking.open_claude(server.url, file) as claude:
        assert list(claude.ask([request])) == [first]
    assert len(server.log) == n_calls


def test_two_processes_do_not_ask_through_one_ledger_at_once(serve, asking, file):
    server = serve()
    hold = f"""
import sys, time
from filelock import FileLock
with FileLock({str(file) + ".lock"!r}):
    print("held", flush=True)
    time.sleep(30)
"""
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with (
            asking.open_claude(server.url, file) as claude,
            pytest.raises(LedgerError, match="another process asks"),
        ):
            claude.ask([asking.facet_request(1)])
        holder.kill()
    time.sleep(0.1)
    with asking.open_claude(server.url, file) as claude:
        assert len(list(claude.ask([asking.facet_request(1)]))) == 1


def test_a_profile_on_disk_or_a_token_in_the_environment_is_no_key(monkeypatch, tmp_path):
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "stray")
    monkeypatch.setenv("HOME", str(tmp_path))
    environ = {"ANTHROPIC_AUTH_TOKEN": "stray", "ANTHROPIC_PROFILE": "stray"}
    assert not is_configured(ClaudeSettings(), environ)
    with pytest.raises(ClaudeError, match="there is no key: set ANTHROPIC_API_KEY"):
        connect(ClaudeSettings(), environ)


@pytest.mark.parametrize(
    "environ", [{"ANTHROPIC_API_KEY": "k"}, {"ANTHROPIC_BASE_URL": "http://x"}]
)
def test_a_key_or_an_address_is_enough_and_the_sdk_retries_nothing(environ):
    connection = connect(ClaudeSettings(), environ)
    assert connection.client.max_retries == 0
    assert connection.client.api_key == environ.get("ANTHROPIC_API_KEY", "none")
    connection.client.close()


@pytest.mark.parametrize("key", ["sk-secret\nX-Other: 1", "sk secret", "sk-sécret"])
def test_a_key_that_can_be_none_is_refused_without_showing_it(key):
    with pytest.raises(ClaudeError, match="ANTHROPIC_API_KEY holds spaces") as caught:
        connect(ClaudeSettings(), {"ANTHROPIC_API_KEY": key})
    assert "secret" not in str(caught.value)
    assert "sécret" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8000", "http://[::1", "http://", "ftp://x"])
def test_an_address_that_is_none_is_one_clear_error(url):
    with pytest.raises(ClaudeError, match="is no address of a server"):
        connect(ClaudeSettings(base_url=url), {})


def test_a_stored_answer_that_no_longer_fits_is_invalid_and_says_what_to_do(serve, asking, file):
    request = asking.facet_request(1)
    with asking.open_claude(serve().url, file) as claude:
        list(claude.ask([request]))
        claude.ledger.write("UPDATE answers SET text='{}'")
        (answer,) = claude.ask([request])
    assert answer.status == "invalid"
    assert "taxonomy answers prune --prompt-version test-1" in answer.detail


def test_who_has_the_same_words_can_be_purged_although_asked_only_once(serve, asking, file):
    server = serve()
    requests = [asking.facet_request(1, conversation_ids=(name,)) for name in ("c1", "c2")]
    with asking.open_claude(server.url, file) as claude:
        list(claude.ask(requests[:1]))
        list(claude.ask(requests))
        assert sum(server.bills.values()) == 1
        assert purge(claude.ledger, ["c2"]) == 1
