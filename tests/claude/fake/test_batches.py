from __future__ import annotations

import anthropic
import pytest

POEMS = [
    f"Write a poem about {what}."
    for what in ("cats", "dogs", "birds", "fish", "bees", "ants", "owls")
]


def poems(toy, n=None):
    return toy.batch_of(*(toy.ask_about(text) for text in POEMS[:n]))


def test_the_results_hold_every_answer_in_another_order(toy, up):
    client = up[1]
    requests = poems(toy)
    batch = client.messages.batches.create(requests=requests)
    toy.wait_for(client, batch.id)
    rows = list(client.messages.batches.results(batch.id))
    sent = [request["custom_id"] for request in requests]
    assert sorted(row.custom_id for row in rows) == sent
    assert [row.custom_id for row in rows] != sent
    found = {row.custom_id: toy.answer_of(row.result.message)["request"] for row in rows}
    assert found["c3"] == "Write a poem about fish"
    assert {row.result.message.usage.service_tier for row in rows} == {"batch"}


def test_the_results_come_in_the_same_order_every_time(toy, up):
    client = up[1]
    batch = client.messages.batches.create(requests=poems(toy))
    toy.wait_for(client, batch.id)
    first, second = ([row.custom_id for row in client.messages.batches.results(batch.id)]
                     for _ in range(2))  # fmt: skip
    assert first == second


def test_until_the_end_of_a_batch_all_of_it_is_processing(toy):
    with toy.serving(batch_seconds=0.6) as (fake, client):
        batch = client.messages.batches.create(requests=poems(toy, 3))
        while len(fake.bills) < 3:
            batch = client.messages.batches.retrieve(batch.id)
        batch = client.messages.batches.retrieve(batch.id)
        counts = batch.request_counts
        assert (batch.processing_status, counts.processing, counts.succeeded) == (
            "in_progress", 3, 0)  # fmt: skip
        assert batch.results_url is None
        with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
            client.messages.batches.results(batch.id)
        counts = toy.wait_for(client, batch.id).request_counts
        assert (counts.processing, counts.succeeded) == (0, 3)


def test_a_batch_ends_so_long_after_its_last_answer(toy):
    with toy.serving(batch_seconds=0.2) as (_, client):
        batch = client.messages.batches.create(requests=poems(toy, 1))
        batch = toy.wait_for(client, batch.id)
        assert (batch.ended_at - batch.created_at).total_seconds() >= 0.2
        assert (batch.expires_at - batch.created_at).total_seconds() == 24 * 3600
        assert batch.results_url.endswith(f"/v1/messages/batches/{batch.id}/results")


def test_params_that_are_wrong_show_only_in_the_results(toy, up):
    requests = poems(toy, 3)
    requests[1]["params"] = requests[1]["params"] | {"temperature": 0}
    requests[2]["params"] = requests[2]["params"] | {"model": "claude-9"}
    results = toy.run_batch(up[1], requests)
    assert results["c0"].type == "succeeded"
    for name in ("c1", "c2"):
        assert results[name].type == "errored"
        assert results[name].error.error.type == "invalid_request_error"
    assert "temperature" in results["c1"].error.error.message
    assert len(up[0].bills) == 1


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ([], "at least one"),
        (["a", "b", "a"], "'a' comes twice"),
        (["a b"], "must match"),
        ([""], "must match"),
        (["x" * 65], "must match"),
        (["ü"], "must match"),
    ],
)
def test_custom_ids_are_checked_before_a_batch_is_made(toy, up, names, complaint):
    params = toy.ask_about("Write a poem.")
    with pytest.raises(anthropic.BadRequestError, match=complaint):
        up[1].messages.batches.create(
            requests=[{"custom_id": name, "params": params} for name in names]
        )
    assert list(up[1].messages.batches.list()) == []


def test_a_custom_id_of_64_characters_is_taken(toy, up):
    params = toy.ask_about("Write a poem.")
    toy.run_batch(up[1], [{"custom_id": "aA1_-" + "x" * 59, "params": params}])


def test_more_than_100_000_requests_are_too_many(up):
    requests = [{"custom_id": str(number), "params": {}} for number in range(100_001)]
    with pytest.raises(anthropic.BadRequestError, match="100001 > 100000"):
        up[1].messages.batches.create(requests=requests)


def test_batches_are_listed_by_pages_from_the_newest(toy, up):
    batches = up[1].messages.batches
    made = [batches.create(requests=poems(toy, 1)).id for _ in range(5)][::-1]
    first = batches.list(limit=2)
    assert [one.id for one in first.data] == made[:2]
    assert (first.has_more, first.first_id, first.last_id) == (True, made[0], made[1])
    assert [one.id for one in batches.list(limit=2)] == made
    last = batches.list(limit=2, after_id=made[3])
    assert ([one.id for one in last.data], last.has_more) == (made[4:], False)
    before = batches.list(limit=2, before_id=made[3])
    assert ([one.id for one in before.data], before.has_more) == (made[1:3], True)


def test_a_page_holds_1_to_1000_batches(up):
    for limit in (0, 1001):
        with pytest.raises(anthropic.BadRequestError, match="1 to 1000"):
            up[1].messages.batches.list(limit=limit)
    assert up[1].messages.batches.list(limit=1000).data == []
    with pytest.raises(anthropic.BadRequestError, match="no batch msgbatch_x"):
        up[1].messages.batches.list(after_id="msgbatch_x")


def test_a_batch_is_gone_once_it_is_deleted_and_not_before_it_ended(toy):
    with toy.serving(batch_seconds=0.2) as (_, client):
        batch = client.messages.batches.create(requests=poems(toy, 1))
        with pytest.raises(anthropic.BadRequestError, match="has not ended"):
            client.messages.batches.delete(batch.id)
        toy.wait_for(client, batch.id)
        assert client.messages.batches.delete(batch.id).type == "message_batch_deleted"
        with pytest.raises(anthropic.NotFoundError):
            client.messages.batches.retrieve(batch.id)
        assert client.messages.batches.list().data == []


def test_what_was_not_answered_when_a_batch_is_canceled_is_canceled_unbilled(toy):
    with toy.serving() as (fake, client):
        params = toy.ask_about("Write a poem.")
        many = [{"custom_id": str(number), "params": params} for number in range(3000)]
        batch = client.messages.batches.create(requests=many)
        canceled = client.messages.batches.cancel(batch.id)
        assert canceled.processing_status == "canceling"
        assert canceled.cancel_initiated_at is not None
        counts = toy.wait_for(client, batch.id).request_counts
        assert counts.canceled > 0
        assert counts.succeeded + counts.canceled == 3000
        assert sum(fake.bills.values()) == counts.succeeded
        with pytest.raises(anthropic.BadRequestError, match="has ended"):
            client.messages.batches.cancel(batch.id)


def test_a_server_is_left_while_a_batch_is_being_answered(toy):
    params = toy.ask_about("Write a poem.")
    many = [{"custom_id": str(number), "params": params} for number in range(5000)]
    with toy.serving() as (fake, client):
        client.messages.batches.create(requests=many)
    assert sum(fake.bills.values()) < 5000


def test_a_mistake_of_the_stand_in_does_not_keep_a_batch_from_ending(toy, up, caplog):
    good = toy.ask_about("Write a poem.")
    bad = toy.ask({"transcript": "no messages"}, toy.Facets)
    results = toy.run_batch(up[1], toy.batch_of(bad, good))
    assert (results["c0"].type, results["c1"].type) == ("errored", "succeeded")
    assert results["c0"].error.error.type == "api_error"
    assert "a request of a batch failed" in caplog.text
    with pytest.raises(anthropic.InternalServerError, match="stand-in failed"):
        up[1].messages.create(**bad)
