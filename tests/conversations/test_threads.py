from __future__ import annotations

import pytest

from taxonomy.errors import ConversationError


def message(role, content, **facts):
    return {"role": role, "content": content, **facts}


def words(read):
    return [" ".join(content for _, content in said) for said in read.said]


def test_messages_meet_by_conversation_id_in_any_order_of_conversations(ingest, write_jsonl):
    rows = [
        message("user", "a1", conversation_id="a"),
        message("user", "b1", conversation_id="b"),
        message("assistant", "a2", conversation_id="a"),
        message("assistant", "b2", conversation_id="b"),
        message("user", "a3", conversation_id="a"),
    ]
    read = ingest(write_jsonl(rows))
    assert words(read) == ["a1 a2 a3", "b1 b2"]
    assert read.report.formats == {"rows.jsonl": "messages"}
    assert (read.report.n_rows, read.report.n_conversations) == (5, 2)


def test_messages_are_put_in_the_order_of_their_places_or_times(ingest, write_jsonl):
    placed = [
        message("assistant", "second", conversation_id="a", turn_index=1),
        message("user", "first", conversation_id="a", turn_index=0),
    ]
    timed = [
        message("assistant", "second", conversation_id="a", created_at="2025-01-01T10:00:05Z"),
        message("user", "first", conversation_id="a", created_at="2025-01-01T11:00:00+01:00"),
    ]
    assert words(ingest(write_jsonl(placed))) == ["first second"]
    assert words(ingest(write_jsonl(timed))) == ["first second"]


def test_messages_meet_by_parent_ids_even_when_a_reply_comes_first(ingest, write_jsonl):
    rows = [
        message("assistant", "2", id="m2", parent_id="m1"),
        message("user", "1", id="m1", parent_id=None),
        message("user", "other", id="m9", parent_id=None),
        message("user", "3", id="m3", parent_id="m2"),
    ]
    read = ingest(write_jsonl(rows))
    assert words(read) == ["1 2 3", "other"]
    assert [row["conversation_id"] for row in read.rows] == ["m1", "m9"]


def test_the_best_ranked_reply_is_followed(ingest, write_jsonl):
    rows = [
        message("prompter", "ask", message_id="1", parent_id=None, message_tree_id="1"),
        message("assistant", "bad", message_id="2", parent_id="1", message_tree_id="1", rank=2),
        message("assistant", "good", message_id="3", parent_id="1", message_tree_id="1", rank=0),
        message("assistant", "none", message_id="4", parent_id="1", message_tree_id="1", rank=None),
        message("prompter", "thanks", message_id="5", parent_id="3", message_tree_id="1"),
        message("prompter", "why", message_id="6", parent_id="2", message_tree_id="1"),
    ]
    rows = [{**row, "text": row.pop("content")} for row in rows]
    read = ingest(write_jsonl(rows))
    assert words(read) == ["ask good thanks"]
    assert read.report.formats == {"rows.jsonl": "openassistant"}


def test_a_reply_whose_parent_is_missing_starts_its_own_thread(ingest, write_jsonl):
    rows = [
        message("user", "lost", id="m5", parent_id="gone"),
        message("assistant", "reply", id="m6", parent_id="m5"),
    ]
    assert words(ingest(write_jsonl(rows))) == ["lost reply"]


def test_parents_in_a_circle_are_rejected_row_by_row(ingest, write_jsonl):
    rows = [
        message("user", "x", conversation_id="c", id="1", parent_id="2"),
        message("assistant", "y", conversation_id="c", id="2", parent_id="1"),
        message("user", "fine", conversation_id="d", id="3", parent_id=None),
    ]
    read = ingest(write_jsonl(rows), max_rejected_share=1)
    assert words(read) == ["fine"]
    assert read.reasons == [(line, "parent ids that form a circle") for line in (1, 2)]


def test_a_message_that_is_there_twice_does_not_loop(ingest, write_jsonl):
    rows = [
        message("user", "1", conversation_id="c", id="1", parent_id=None),
        message("assistant", "2", conversation_id="c", id="2", parent_id="1"),
        message("user", "again", conversation_id="c", id="1", parent_id="2"),
    ]
    assert words(ingest(write_jsonl(rows))) == ["1 2"]


def test_without_ids_a_user_turn_starts_a_thread(ingest, write_jsonl):
    rows = [
        {"seq": 0, "text": "ask", "role_inferred": "user"},
        {"seq": 1, "text": "answer", "role_inferred": "assistant"},
        {"seq": 2, "text": "other answer", "role_inferred": "assistant"},
        {"seq": 3, "text": "next", "role_inferred": "user"},
        {"seq": 4, "text": "last", "role_inferred": "user"},
    ]
    read = ingest(write_jsonl(rows))
    assert sorted(words(read)) == ["ask answer other answer", "last", "next"]
    assert read.report.formats == {"rows.jsonl": "messages"}


def test_without_ids_a_system_message_belongs_to_the_thread_after_it(ingest, write_jsonl):
    rows = [message("system", "s"), message("user", "ask"), message("assistant", "answer")]
    read = ingest(write_jsonl(rows))
    assert words(read) == ["ask answer"]
    assert read.rejected == []


def test_without_ids_an_answer_before_any_user_turn_is_bad(ingest, write_jsonl):
    rows = [message("assistant", "answer"), message("user", "ask")]
    read = ingest(write_jsonl(rows), max_rejected_share=1)
    assert words(read) == ["ask"]
    assert read.reasons == [(1, "no user message")]


def test_every_row_of_a_thread_without_a_user_turn_is_bad(ingest, write_jsonl):
    rows = [
        message("user", "ask", conversation_id="a"),
        message("assistant", "x", conversation_id="b"),
        message("assistant", "y", conversation_id="b"),
    ]
    read = ingest(write_jsonl(rows), max_rejected_share=1)
    assert read.reasons == [(2, "no user message"), (3, "no user message")]
    assert {bad["conversation_id"] for bad in read.rejected} == {"b"}


def test_a_message_with_an_unknown_role_is_bad_and_the_rest_of_its_thread_stays(
    ingest, write_jsonl
):
    rows = [
        message("user", "ask", conversation_id="a"),
        message("referee", "no", conversation_id="a"),
        message("assistant", "answer", conversation_id="a"),
        message("user", "nowhere"),
    ]
    read = ingest(write_jsonl(rows), max_rejected_share=1)
    assert words(read) == ["ask answer"]
    assert read.reasons == [
        (2, "unknown role 'referee'"),
        (4, "a message without a conversation id"),
    ]


def test_facts_come_from_the_first_message_that_has_them_and_the_user_from_user_turns(
    ingest, write_jsonl
):
    rows = [
        message("user", "ask", conversation_id="a", user_id="asker", created_at=1_740_830_400),
        message(
            "assistant",
            "answer",
            conversation_id="a",
            user_id="writer",
            model="m-1",
            created_at=1_740_830_460,
        ),
    ]
    [row] = ingest(write_jsonl(rows)).rows
    assert (row["user_id"], row["model"]) == ("asker", "m-1")
    assert row["created_at"].minute == 0


def test_an_assistants_author_is_not_the_user(ingest, write_jsonl):
    rows = [
        message("user", "ask", conversation_id="a"),
        message("assistant", "answer", conversation_id="a", user_id="writer"),
    ]
    assert ingest(write_jsonl(rows)).rows[0]["user_id"] is None


def test_a_column_of_persons_is_not_a_column_of_roles(ingest, write_jsonl):
    read = ingest(write_jsonl([{"author": "Ada", "text": "Name three rivers"}]))
    assert read.report.formats == {"rows.jsonl": "requests"}


def test_only_unknown_roles_stop_the_run(ingest, write_jsonl):
    rows = [message("referee", "no", conversation_id="a")]
    with pytest.raises(ConversationError, match="unknown role 'referee': 1"):
        ingest(write_jsonl(rows))
