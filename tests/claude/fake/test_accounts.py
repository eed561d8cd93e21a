from __future__ import annotations

import threading

import httpx2
import pytest

from taxonomy.claude.fake import FakeClaude, Script, request_digest
from taxonomy.errors import ClaudeError

POEM = "Write a poem about the sea."


def test_the_same_question_has_one_digest_whatever_its_random_code(toy):
    one, two = toy.ask_about(POEM), toy.ask_about(POEM)
    assert one != two
    assert request_digest(one) == request_digest(two)


@pytest.mark.parametrize(
    "changes",
    [{"model": "claude-sonnet-5-5"}, {"system": "Else."}, {"max_tokens": 9}, {"output_config": {}}],
)
def test_another_question_has_another_digest(toy, changes):
    params = toy.ask_about(POEM)
    assert request_digest(params | changes) != request_digest(params)


def test_more_room_and_a_repair_are_other_questions(toy):
    steps = [toy.ask_about(POEM, step=step, faulty="{}", faults="all")
             for step in ("first", "longer", "repair")]  # fmt: skip
    assert len({request_digest(params) for params in steps}) == 3


def test_a_question_that_is_asked_twice_is_billed_twice(toy, up):
    fake, client = up
    client.messages.create(**toy.ask_about(POEM))
    toy.run_batch(client, toy.batch_of(toy.ask_about(POEM), toy.ask_about("Write a song.")))
    digests = [request_digest(toy.ask_about(text)) for text in (POEM, "Write a song.")]
    assert fake.bills == {digests[0]: 2, digests[1]: 1}


def test_the_ledger_can_be_read_by_another_process_without_a_key(toy):
    script = Script(queues={"messages": ["html"]})
    with toy.serving(script) as (fake, client):
        client.messages.create(**toy.ask_about(POEM))
        client.messages.create(**toy.ask_about(POEM))
        toy.run_batch(client, toy.batch_of(toy.ask_about(POEM)))
        ledger = httpx2.get(f"{fake.url}/fake/ledger").json()
        (digest,) = fake.bills
        assert ledger["bills"] == {digest: 3}
        assert ledger["destroyed"] == {digest: 1}
        assert ledger["input_tokens"] == fake.input_tokens
        assert ledger["output_tokens"] == fake.output_tokens
        assert ledger["calls"]["POST /v1/messages 200"] == 2
        assert ledger["calls"]["GET /v1/messages/batches/{id}/results 200"] == 1
        assert not any("ledger" in call for call in ledger["calls"])


def test_the_log_holds_every_request_in_order(toy, up):
    fake, client = up
    client.models.list()
    client.messages.create(**toy.ask_about(POEM))
    assert fake.log == [("GET", "/v1/models", 200), ("POST", "/v1/messages", 200)]


def test_a_connection_that_is_kept_alive_ends_with_the_server(toy):
    with httpx2.Client() as client:
        with FakeClaude() as fake:
            client.get(f"{fake.url}/fake/ledger")
        with pytest.raises(httpx2.TransportError):
            client.get(f"{fake.url}/fake/ledger")


def test_a_port_that_is_in_use_is_named():
    with FakeClaude() as fake, pytest.raises(ClaudeError, match="choose another"):
        FakeClaude(port=int(fake.url.rsplit(":", 1)[1]))


def test_a_server_that_is_not_entered_answers_until_it_is_closed():
    fake = FakeClaude()
    thread = threading.Thread(target=fake.serve_forever, daemon=True)
    thread.start()
    assert httpx2.get(f"{fake.url}/fake/ledger").json()["bills"] == {}
    fake.close()
    thread.join(5)
    assert not thread.is_alive()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{fake.url}/fake/ledger")


def test_a_server_can_be_left_as_soon_as_it_is_entered():
    for _ in range(20):
        with FakeClaude():
            pass
