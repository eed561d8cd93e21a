from __future__ import annotations

import http.client
import json
from datetime import UTC

import anthropic
import pytest

KEY = {"x-api-key": "test", "anthropic-version": "2026-10-21"}


def post(fake, path, headers, body=b"{}"):
    connection = http.client.HTTPConnection(fake.url.removeprefix("http://"))
    connection.request("POST", path, body=body, headers=headers)
    reply = connection.getresponse()
    told = json.loads(reply.read())
    connection.close()
    return reply, told


def closed(**properties):
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"output_config": {"format": {"type": "json_schema", "schema": {
        **schema, "additionalProperties": False}}}}  # fmt: skip


@pytest.mark.parametrize("key", [{}, {"authorization": "Bearer "}, {"x-api-key": ""}])
def test_a_call_without_a_key_is_not_let_in(up, key):
    reply, told = post(up[0], "/v1/messages", {"anthropic-version": "2026-10-21", **key})
    assert (reply.status, told["error"]["type"]) == (401, "authentication_error")


def test_a_key_is_taken_as_bearer_or_by_its_own_header(up):
    for key in ({"authorization": "Bearer k"}, {"x-api-key": "k"}):
        reply, _ = post(up[0], "/v1/messages", {"anthropic-version": "2026-10-21", **key})
        assert reply.status == 400  # let in, and told that the body is empty


def test_a_call_without_a_version_is_refused(up):
    reply, told = post(up[0], "/v1/messages", {"x-api-key": "k"})
    assert reply.status == 400
    assert "anthropic-version" in told["error"]["message"]


def test_an_error_has_the_shape_of_the_api(up):
    reply, told = post(up[0], "/v1/nothing", KEY)
    assert told == {
        "type": "error",
        "error": {"type": "not_found_error", "message": "there is nothing at POST /v1/nothing"},
        "request_id": reply.headers["request-id"],
    }


def test_every_reply_has_an_id_and_says_how_much_is_left(toy, up):
    reply = up[1].messages.with_raw_response.create(**toy.ask_about("Write a poem."))
    assert reply.headers["request-id"].startswith("req_")
    assert reply.headers["anthropic-ratelimit-requests-limit"] == "4000"
    assert reply.headers["anthropic-ratelimit-output-tokens-remaining"] == "3999"


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k", "max_output", "api_key"])
def test_a_field_that_the_api_does_not_know_is_refused(toy, up, name):
    with pytest.raises(anthropic.BadRequestError, match=f"{name}: Extra inputs"):
        up[1].messages.create(**toy.ask_about("Write a poem."), extra_body={name: 1})


@pytest.mark.parametrize("name", ["model", "messages", "max_tokens"])
def test_a_field_that_must_be_there_is_asked_for(toy, up, name):
    params = toy.ask_about("Write a poem.")
    del params[name]
    reply, told = post(up[0], "/v1/messages", KEY, json.dumps(params))
    assert (reply.status, told["error"]["message"]) == (400, f"{name}: Field required")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty"),
        ({"messages": [{"role": "system", "content": "x"}]}, "'user' or 'assistant'"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "first message"),
        ({"max_tokens": 0}, "at least 1"),
        ({"max_tokens": 200_000}, "200000 > 128000"),
        ({"thinking": {"type": "often"}}, "thinking.type"),
        ({"model": "claude-opus-5-5"}, "disabled is not supported"),
        ({"output_config": {"effort": "huge"}}, "effort"),
        ({"output_config": {"effort": "max"}}, "effort above high"),
        ({"output_config": {"shape": {}}}, "output_config"),
        ({"output_config": {"format": {"type": "json", "schema": {}}}}, "only json_schema"),
        ({"stream": True}, "does not stream"),
    ],
)
def test_a_value_that_the_api_does_not_take_is_refused(toy, up, changes, complaint):
    params = toy.ask_about("Write a poem.") | changes
    reply, told = post(up[0], "/v1/messages", KEY, json.dumps(params))
    assert (reply.status, told["error"]["type"]) == (400, "invalid_request_error")
    assert complaint in told["error"]["message"]


def test_the_start_of_an_answer_cannot_be_given(toy, up):
    params = toy.ask_about("Write a poem.")
    params["messages"].append({"role": "assistant", "content": "{"})
    with pytest.raises(anthropic.BadRequestError, match="prefill"):
        up[1].messages.create(**params)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string", "maxLength": 5},
        {"type": "integer", "minimum": 1},
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
        {"type": "array", "items": {"type": "string", "pattern": "x"}},
        {"anyOf": [{"type": "number", "maximum": 2}, {"type": "null"}]},
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {}, "additionalProperties": True},
        {"type": "text"},
        {"enum": [["a"], ["b"]]},
    ],
)
def test_a_schema_that_the_api_cannot_hold_to_is_refused(toy, up, part):
    params = toy.ask_about("Write a poem.") | closed(field=part)
    with pytest.raises(anthropic.BadRequestError, match="schema"):
        up[1].messages.create(**params)


def test_a_model_that_is_not_known_is_not_found(toy, up):
    with pytest.raises(anthropic.NotFoundError, match="claude-9"):
        up[1].messages.create(**toy.ask_about("Write a poem.") | {"model": "claude-9"})
    with pytest.raises(anthropic.NotFoundError, match="claude-9"):
        up[1].models.retrieve("claude-9")


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_is_json(up):
    for path, n_bytes in (("/v1/messages", 32 * 1024**2), ("/v1/messages/batches", 256 * 1024**2)):
        for more, status in ((0, 400), (1, 413)):
            reply, told = post(up[0], path, KEY, b"x" * (n_bytes + more))
            assert reply.status == status, told


def test_half_of_a_pair_of_surrogates_is_no_text(up):
    reply, told = post(up[0], "/v1/messages", KEY, b'{"model": "\\ud800"}')
    assert reply.status == 400
    assert "not valid JSON" in told["error"]["message"]


def test_the_models_are_listed_as_the_sdk_reads_them(up):
    models = {model.id: model for model in up[1].models.list()}
    assert models["claude-haiku-5-5"].lifecycle == "active"
    assert models["claude-haiku-5-5"].capabilities.batch.supported
    assert models["claude-sonnet-4-5"].lifecycle == "deprecated"
    assert models["claude-sonnet-4-5"].retires_at.astimezone(UTC).isoformat()[:10] == "2026-11-30"
    assert not models["claude-opus-5-5"].capabilities.thinking.types.disabled.supported


def test_the_tokens_that_are_counted_are_those_that_are_billed(toy, up):
    params = toy.ask_about("Write a poem about the sea.")
    counted = {name: value for name, value in params.items() if name != "max_tokens"}
    tokens = up[1].messages.count_tokens(**counted).input_tokens
    message = up[1].messages.create(**params)
    assert message.usage.input_tokens == tokens == up[0].input_tokens
    assert message.usage.output_tokens == up[0].output_tokens > 0


def test_four_bytes_are_a_token(up):
    asked = {"model": "claude-haiku-5-5", "system": "abcd"}
    counted = up[1].messages.count_tokens(
        **asked, messages=[{"role": "user", "content": [{"type": "text", "text": "éé1"}]}]
    )
    assert counted.input_tokens == 3  # 4 + 5 bytes


def test_how_long_an_answer_may_be_is_not_asked_where_tokens_are_counted(toy, up):
    with pytest.raises(anthropic.BadRequestError, match="max_tokens: Extra inputs"):
        up[1].messages.count_tokens(
            model="claude-haiku-5-5",
            messages=[{"role": "user", "content": "x"}],
            extra_body={"max_tokens": 5},
        )
