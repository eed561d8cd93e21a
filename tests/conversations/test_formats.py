from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from taxonomy.conversations import CONVERSATIONS
from taxonomy.errors import ConversationError

ASKED = {"role": "user", "content": "Name three rivers"}
ANSWERED = {"role": "assistant", "content": "Elbe, Oder, Rhine"}
SAID = [("user", "Name three rivers"), ("assistant", "Elbe, Oder, Rhine")]


def test_our_own_shape_keeps_every_fact(ingest, write_jsonl):
    row = {
        "conversation_id": "c1",
        "user_id": "u1",
        "created_at": "2025-03-01T12:00:00Z",
        "model": "m-1",
        "thinking": True,
        "language": "en",
        "messages": [ASKED, ANSWERED],
        "flagged": False,
    }
    read = ingest(write_jsonl([row]))
    assert dict(read.frame.schema) == {
        name: pl.Schema(CONVERSATIONS)[name] for name in CONVERSATIONS
    }
    assert read.rows == [
        row
        | {
            "created_at": datetime(2025, 3, 1, 12, tzinfo=UTC),
            "request": None,
            "collaboration": None,
        }
    ]
    assert read.report.formats == {"rows.jsonl": "conversations"}


def test_facet_columns_are_passed_through(ingest, write_jsonl):
    row = {
        "conversation_id": "c1",
        "messages": [ASKED],
        "request": "Name rivers",
        "collaboration": "Task_iteration",
    }
    [kept] = ingest(write_jsonl([row])).rows
    assert (kept["request"], kept["collaboration"]) == ("Name rivers", "task iteration")


def test_a_table_of_requests_alone_gives_the_request_as_message_and_as_facet(ingest, write_jsonl):
    rows = [{"conversation_id": "c1", "request": "Name three rivers", "collaboration": "learning"}]
    read = ingest(write_jsonl(rows))
    assert read.report.formats == {"rows.jsonl": "requests"}
    assert read.said == [SAID[:1]]
    assert read.rows[0]["request"] == "Name three rivers"


@pytest.mark.parametrize("column", ["text", "prompt", "instruction"])
def test_a_table_of_one_turn_requests(ingest, write_jsonl, column):
    read = ingest(write_jsonl([{"id": "r1", column: "Name three rivers"}]))
    assert read.report.formats == {"rows.jsonl": "requests"}
    assert read.said == [SAID[:1]]
    assert read.rows[0]["request"] is None


def test_a_request_with_an_answer_is_two_messages(ingest, write_jsonl):
    row = {"instruction": "Translate", "input": "Guten Tag", "output": "Good day"}
    read = ingest(write_jsonl([row]))
    assert read.said == [[("user", "Translate\n\nGuten Tag"), ("assistant", "Good day")]]


def test_turns_are_user_messages(ingest, write_jsonl):
    read = ingest(write_jsonl([{"question_id": 81, "turns": ["Write a poem", "Make it rhyme"]}]))
    assert read.said == [[("user", "Write a poem"), ("user", "Make it rhyme")]]
    assert read.rows[0]["conversation_id"] == "81"


def test_any_column_can_be_mapped_to_ours(ingest, write_jsonl):
    path = write_jsonl([{"key": 7, "what": "Name three rivers"}])
    read = ingest(path, columns={"text": "what", "conversation_id": "key"})
    assert read.rows[0]["conversation_id"] == "7"
    assert read.said == [SAID[:1]]


def test_a_mapped_column_that_is_nowhere_is_an_error_with_the_columns_found(ingest, write_jsonl):
    path = write_jsonl([{"text": "Hello"}])
    with pytest.raises(ConversationError, match=r"'owner' of conversations.columns.user_id.*text"):
        ingest(path, columns={"user_id": "owner"})


def test_a_name_that_cannot_be_mapped_is_an_error(ingest, write_jsonl):
    with pytest.raises(ConversationError, match="no use for mesages"):
        ingest(write_jsonl([{"text": "Hello"}]), columns={"mesages": "text"})


def test_a_claude_ai_export(ingest, write):
    export = [
        {
            "uuid": "0a1b",
            "name": "Rivers",
            "created_at": "2024-07-01T08:00:00.000000Z",
            "account": {"uuid": "acc-1"},
            "chat_messages": [
                {
                    "sender": "human",
                    "text": "Name three rivers",
                    "content": [{"type": "text", "text": "Name three rivers"}],
                    "attachments": [{"file_name": "map.pdf"}],
                    "files": [],
                },
                {"sender": "assistant", "text": "Elbe, Oder, Rhine", "content": []},
            ],
        }
    ]
    read = ingest(write(json.dumps(export), "conversations.json"))
    assert read.report.formats == {"conversations.json": "claude"}
    assert read.said == [[("user", "Name three rivers\n[file]"), SAID[1]]]
    assert (read.rows[0]["conversation_id"], read.rows[0]["user_id"]) == ("0a1b", "acc-1")


def chatgpt_node(parent, role, text, *, children=(), **message):
    content = {"content_type": "text", "parts": [text]}
    said = {"author": {"role": role}, "content": content, **message} if role else None
    return {"parent": parent, "children": list(children), "message": said}


def chatgpt_export() -> dict:
    mapping = {
        "root": chatgpt_node(None, None, "", children=["sys"]),
        "sys": chatgpt_node("root", "system", "Be kind", children=["ask"]),
        "ask": chatgpt_node("sys", "user", "Name three rivers", children=["old", "new"]),
        "old": chatgpt_node("ask", "assistant", "I cannot"),
        "new": chatgpt_node(
            "ask", "assistant", "Elbe, Oder, Rhine", metadata={"model_slug": "gpt-4o"}
        ),
    }
    return {
        "title": "Rivers",
        "create_time": 1720000000.5,
        "mapping": mapping,
        "current_node": "new",
        "conversation_id": "g1",
    }


def test_a_chatgpt_export_follows_the_current_branch(ingest, write):
    read = ingest(write(json.dumps([chatgpt_export()])))
    assert read.report.formats == {"input": "chatgpt"}
    assert read.said == [SAID]
    assert read.rows[0]["model"] == "gpt-4o"
    assert read.rows[0]["created_at"] == datetime(2024, 7, 3, 9, 46, 40, 500_000, tzinfo=UTC)


def test_a_chatgpt_export_shows_tools_and_images_and_hides_what_was_hidden(ingest, write):
    export = chatgpt_export()
    mapping = export["mapping"]
    mapping["call"] = chatgpt_node("new", "assistant", "print(1)", recipient="python")
    mapping["hidden"] = chatgpt_node(
        "call", "user", "secret", metadata={"is_visually_hidden_from_conversation": True}
    )
    mapping["picture"] = chatgpt_node("hidden", "user", "And this?")
    mapping["picture"]["message"]["content"] = {
        "content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer", "width": 3}, "And this?"],
    }
    export["current_node"] = "picture"
    read = ingest(write(json.dumps([export])))
    added = [("assistant", "[tool use: python]"), ("user", "[image]\nAnd this?")]
    assert read.said == [[*SAID, *added]]


def test_a_chatgpt_export_without_a_current_node_follows_the_last_child(ingest, write):
    export = chatgpt_export() | {"current_node": None}
    assert ingest(write(json.dumps([export]))).said == [SAID]


def test_wildchat(ingest, write_jsonl):
    row = {
        "conversation_hash": "ab12",
        "model": "gpt-4",
        "timestamp": "2023-04-09 00:02:53+00:00",
        "conversation": [ASKED | {"language": "English", "toxic": False}, ANSWERED],
        "turn": 1,
        "language": "English",
        "openai_moderation": [{"flagged": False}],
        "toxic": True,
        "redacted": False,
        "hashed_ip": "22fd",
    }
    read = ingest(write_jsonl([row]))
    assert read.report.formats == {"rows.jsonl": "wildchat"}
    assert read.said == [SAID]
    [kept] = read.rows
    assert (kept["conversation_id"], kept["user_id"], kept["language"]) == ("ab12", "22fd", "en")
    assert kept["flagged"] is True


def test_lmsys(ingest, write_jsonl):
    row = {
        "conversation_id": "33f0",
        "model": "vicuna-13b",
        "conversation": [ASKED, ANSWERED],
        "turn": 1,
        "language": "Portuguese",
        "openai_moderation": [{"flagged": False}, {"flagged": True}],
        "redacted": False,
    }
    read = ingest(write_jsonl([row]))
    assert read.report.formats == {"rows.jsonl": "lmsys"}
    assert read.said == [SAID]
    assert (read.rows[0]["language"], read.rows[0]["flagged"]) == ("pt", True)


def test_wildchat_in_parquet(ingest, tmp_path):
    path = tmp_path / "train-00000.parquet"
    pl.DataFrame(
        {
            "conversation_hash": ["ab12"],
            "timestamp": [datetime(2023, 4, 9, tzinfo=UTC)],
            "conversation": [[ASKED, ANSWERED]],
        }
    ).write_parquet(path)
    read = ingest(path)
    assert read.report.formats == {"train-00000.parquet": "wildchat"}
    assert read.said == [SAID]
    assert read.rows[0]["created_at"] == datetime(2023, 4, 9, tzinfo=UTC)


def test_sharegpt(ingest, write):
    turns = [
        {"from": "human", "value": "Name three rivers"},
        {"from": "gpt", "value": "Elbe, Oder, Rhine"},
    ]
    read = ingest(write(json.dumps([{"id": "xy_0", "conversations": turns}], indent=2)))
    assert read.report.formats == {"input": "sharegpt"}
    assert read.said == [SAID]


def test_openassistant_trees(ingest, write_jsonl):
    def reply(text, role, rank, *replies):
        return {"text": text, "role": role, "rank": rank, "replies": list(replies)}

    follow_up = reply("Longest?", "prompter", None)
    tree = {
        "message_tree_id": "t1",
        "tree_state": "ready_for_export",
        "prompt": {
            "message_id": "t1",
            "user_id": "u9",
            "lang": "en",
            "text": "Name three rivers",
            "role": "prompter",
            "replies": [
                reply("No", "assistant", 1),
                reply("Elbe, Oder, Rhine", "assistant", 0, follow_up),
            ],
        },
    }
    read = ingest(write_jsonl([tree]))
    assert read.report.formats == {"rows.jsonl": "openassistant"}
    assert read.said == [[*SAID, ("user", "Longest?")]]
    assert (read.rows[0]["conversation_id"], read.rows[0]["user_id"]) == ("t1", "u9")


def test_messages_in_a_csv_cell_are_json(ingest, write):
    cell = json.dumps([ASKED, ANSWERED]).replace('"', '""')
    read = ingest(write(f'conversation_id,messages\nc1,"{cell}"\n', "table.csv"))
    assert read.report.formats == {"table.csv": "conversations"}
    assert read.said == [SAID]


def test_a_list_of_messages_may_stand_under_prompt(ingest, write_jsonl):
    read = ingest(write_jsonl([{"prompt": [ASKED], "response": "Elbe, Oder, Rhine"}]))
    assert read.said == [SAID[:1]]


def test_a_shape_that_is_not_known_names_columns_shapes_and_the_way_out(ingest, write_jsonl):
    path = write_jsonl([{"height": 3, "width": 4}])
    with pytest.raises(ConversationError) as caught:
        ingest(path)
    message = str(caught.value)
    assert "Columns found: height, width" in message
    assert "sharegpt (conversations)" in message
    assert "--set conversations.columns.text=COLUMN" in message


def test_a_forced_format_is_used_or_refused(ingest, write_jsonl):
    path = write_jsonl([{"id": "a", "prompt": "Name three rivers", "messages": [ANSWERED]}])
    assert ingest(path, format="requests").said == [SAID[:1]]
    with pytest.raises(ConversationError, match="not recognised as claude"):
        ingest(path, format="claude")


def test_files_of_different_formats_are_read_together(ingest, write_jsonl):
    one = write_jsonl([{"id": "a", "prompt": "Name three rivers"}], "one.jsonl")
    two = write_jsonl([{"conversation_id": "b", "messages": [ASKED, ANSWERED]}], "two.jsonl")
    read = ingest(one, two)
    assert read.report.formats == {"one.jsonl": "requests", "two.jsonl": "conversations"}
    assert read.said == [SAID[:1], SAID]
