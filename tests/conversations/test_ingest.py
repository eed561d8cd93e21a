from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys

import polars as pl
import pytest

from taxonomy.conversations import settle, store
from taxonomy.conversations.records import to_record
from taxonomy.conversations.spill import stable_hash
from taxonomy.errors import ConversationError


def conversation(own_id, text="Hello", **facts):
    messages = [{"role": "user", "content": text}]
    return {"conversation_id": own_id, "messages": messages, **facts}


def test_the_output_is_in_the_order_of_the_hashes_of_the_ids(ingest, write_jsonl):
    ids = [f"c{i}" for i in range(500)]
    read = ingest(write_jsonl([conversation(own_id) for own_id in ids]))
    expected = sorted(ids, key=lambda i: hashlib.blake2b(i.encode(), digest_size=8).digest())
    assert read.frame["conversation_id"].to_list() == expected


def test_an_exact_repeat_is_counted_and_dropped(ingest, write_jsonl):
    rows = [conversation("a"), conversation("b"), conversation("a", model="m-2")]
    read = ingest(write_jsonl(rows))
    assert (read.report.n_rows, read.report.n_conversations, read.report.n_duplicates) == (3, 2, 1)
    assert [row["model"] for row in read.rows] == [None, None]
    assert read.rejected == []


def test_a_known_id_with_other_content_is_rejected_and_the_first_is_kept(ingest, write_jsonl):
    one = write_jsonl([conversation("a", "first"), conversation("b")], "one.jsonl")
    two = write_jsonl([conversation("a", "second")], "two.jsonl")
    read = ingest(one, two, max_rejected_share=1)
    assert read.said[0] == [("user", "first")]
    assert read.rejected == [
        {
            "file": "two.jsonl",
            "line": 1,
            "reason": "a known conversation id with other content",
            "conversation_id": "a",
        }
    ]


def test_ids_that_differ_only_in_case_are_different_conversations(ingest, write_jsonl):
    read = ingest(write_jsonl([conversation("abc"), conversation("ABC"), conversation("Abc")]))
    assert read.report.n_conversations == 3


def test_a_conversation_without_an_id_is_named_by_its_text_and_its_occurrence(ingest, write_jsonl):
    asked = [{"text": "Hi"}, {"text": "Bye"}, {"text": "Hi"}]
    first = ingest(write_jsonl(asked, "one.jsonl")).frame
    split = ingest(write_jsonl(asked[:2], "x.jsonl"), write_jsonl(asked[2:], "y.jsonl")).frame
    digest = stable_hash("user\x1fHi")
    assert {f"{digest}-1", f"{digest}-2"} < set(first["conversation_id"])
    assert first.equals(split)


def test_a_sample_is_stable_and_a_smaller_one_lies_in_a_larger_one(ingest, write_jsonl):
    rows = [conversation(f"c{i}") for i in range(300)]
    path = write_jsonl(rows)
    fifty = ingest(path, sample=50)
    random.Random(0).shuffle(rows)
    again = ingest(write_jsonl(rows, "shuffled.jsonl"), sample=50)
    ten = ingest(path, sample=10)
    assert fifty.frame.equals(again.frame)
    assert fifty.report.n_conversations == 50
    assert ten.frame.equals(fifty.frame.head(10))
    assert ingest(path, sample=1_000).report.n_conversations == 300


def test_the_report_counts_what_is_missing_and_cut(ingest, write_jsonl):
    rows = [
        conversation("a", "x" * 5_000, user_id="u", created_at="2025-01-01"),
        conversation("b", created_at="no time"),
        conversation("c", user_id="u"),
    ]
    report = ingest(write_jsonl(rows), max_message_characters=1_000).report
    assert (report.n_cut_messages, report.n_without_user_id, report.n_without_time) == (1, 1, 2)


def test_bad_rows_are_listed_with_file_line_reason_and_id_and_never_text(
    ingest, write_jsonl, tmp_path
):
    rows = [conversation(f"c{i}") for i in range(40)]
    rows[7] = conversation("empty", "")
    rows[9] = {"conversation_id": "odd", "messages": [{"role": "user", "content": "PIN 1234"}, 5]}
    read = ingest(write_jsonl(rows))
    assert read.rejected == [
        {"file": "rows.jsonl", "line": 8, "reason": "no message", "conversation_id": "empty"},
        {
            "file": "rows.jsonl",
            "line": 10,
            "reason": "a message that is not a role and a content",
            "conversation_id": "odd",
        },
    ]
    assert read.report.n_rejected == 2
    assert read.report.reasons == {
        "a message that is not a role and a content": 1,
        "no message": 1,
    }
    assert "1234" not in (tmp_path / "rejected.jsonl").read_text()


def test_too_many_bad_rows_stop_the_run_and_only_the_list_of_them_stays(
    ingest, write_jsonl, tmp_path
):
    rows = [conversation(f"c{i}") for i in range(90)] + [
        conversation(f"e{i}", "") for i in range(7)
    ]
    rows += [conversation("x", role="x") | {"messages": None}] * 3
    with pytest.raises(ConversationError) as caught:
        ingest(write_jsonl(rows), max_rejected_share=0.05)
    message = str(caught.value)
    assert "10 of 100 rows (10.0%)" in message
    assert "at most 5.0% may be bad" in message
    assert "no message: 7 (first: rows.jsonl, line 91)" in message
    assert "no list of messages: 3 (first: rows.jsonl, line 98)" in message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rejected.jsonl", "rows.jsonl"]
    assert len((tmp_path / "rejected.jsonl").read_text().splitlines()) == 10


def test_exactly_the_allowed_share_is_allowed(ingest, write_jsonl):
    rows = [conversation(f"c{i}") for i in range(19)] + [conversation("e", "")]
    assert ingest(write_jsonl(rows), max_rejected_share=0.05).report.n_rejected == 1


def test_nothing_left_is_an_error(ingest, write_jsonl):
    with pytest.raises(ConversationError, match="no conversation is left of 1 rows"):
        ingest(write_jsonl([conversation("e", "")]), max_rejected_share=1)


def test_two_files_of_one_name_are_told_apart(ingest, tmp_path, write_jsonl):
    (tmp_path / "a").mkdir()
    one = write_jsonl([conversation("a")], "a/rows.jsonl")
    two = write_jsonl([conversation("b"), conversation("c", "")], "rows.jsonl")
    read = ingest(one, two, max_rejected_share=1)
    assert read.report.formats == {
        "rows.jsonl": "conversations",
        "rows.jsonl (2)": "conversations",
    }
    assert read.rejected[0]["file"] == "rows.jsonl (2)"


def test_content_nested_a_thousand_deep_is_a_bad_row(ingest, write):
    deep = '{"parts": [' * 300 + '"x"' + "]}" * 300
    line = f'{{"id": "a", "messages": [{{"role": "user", "content": {deep}}}]}}\n'
    read = ingest(write(line + json.dumps(conversation("b")) + "\n"), max_rejected_share=1)
    assert [row["conversation_id"] for row in read.rows][-1] == "b"
    assert all(reason == "content nested too deeply" for _, reason in read.reasons)


def many_conversations():
    rng = random.Random(1)
    for i in range(1_000):
        text = f"{i} " + "word " * rng.randrange(60)
        yield conversation(f"c{rng.randrange(950)}", text, user_id=f"u{i % 40}")
        yield {"id": f"r{i}", "messages": [{"role": "user", "content": text}], "created_at": i}


def test_spilling_to_disk_changes_no_byte(ingest, write_jsonl, tmp_path, monkeypatch):
    path = write_jsonl(many_conversations())
    in_memory = ingest(path, max_rejected_share=1)
    data = (tmp_path / "out.parquet").read_bytes()
    monkeypatch.setattr(store, "MEMORY_BYTES", 60_000)
    spilled = ingest(path, max_rejected_share=1)
    assert (tmp_path / "out.parquet").read_bytes() == data
    assert spilled.report == in_memory.report
    assert in_memory.report.n_rejected > 200


def test_what_does_not_fit_in_memory_waits_in_files_that_go_away(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MEMORY_BYTES", 100)
    draft = {"messages": [{"role": "user", "content": "x" * 30}]}
    with store.Store(tmp_path / "store") as held:
        for line in range(10):
            held.add(to_record(draft, max_message_characters=1_000), source=0, line=line)
        assert len(list((tmp_path / "store").iterdir())) >= 2
        assert sorted(pl.concat(held.buckets())["line"]) == list(range(10))
    assert not (tmp_path / "store").exists()


def test_messages_that_spill_to_disk_meet_all_the_same(ingest, write_jsonl, monkeypatch):
    rows = [
        {"conversation_id": f"c{i % 97}", "role": role, "content": f"{role} {i}"}
        for i in range(970)
        for role in ("user", "assistant")
    ]
    path = write_jsonl(rows)
    in_memory = ingest(path)
    monkeypatch.setattr("taxonomy.conversations.spill.MEMORY_BYTES", 5_000)
    assert ingest(path).frame.equals(in_memory.frame)
    assert in_memory.frame["messages"].list.len().unique().to_list() == [20]


READ_AND_HASH = """
import hashlib, sys
from pathlib import Path
from taxonomy.conversations import ingest_conversations
from taxonomy.settings import ConversationSettings
source, out = map(Path, sys.argv[1:])
settings = ConversationSettings(max_rejected_share=1)
ingest_conversations([source], out, out.with_suffix(".jsonl"), settings)
print(hashlib.sha256(out.read_bytes()).hexdigest())
"""


def test_the_bytes_are_the_same_in_every_process_with_any_number_of_threads(write_jsonl, tmp_path):
    path = write_jsonl(many_conversations())
    digests = {
        subprocess.run(
            [sys.executable, "-c", READ_AND_HASH, str(path), str(tmp_path / f"{threads}.parquet")],
            env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(digests) == 1


def test_the_output_has_row_groups_of_one_size(ingest, write_jsonl, tmp_path, monkeypatch):
    monkeypatch.setattr(settle, "ROW_GROUP_ROWS", 100)
    read = ingest(write_jsonl(conversation(f"c{i}") for i in range(250)))
    assert read.report.n_conversations == 250
    assert pl.scan_parquet(tmp_path / "out.parquet").select(pl.len()).collect().item() == 250
    assert read.frame["conversation_id"].n_unique() == 250


def test_what_a_killed_run_left_is_not_read(ingest, write_jsonl, tmp_path):
    left = tmp_path / ".out.parquet.store"
    left.mkdir()
    (left / "00-00000.arrow").write_bytes(b"half a file")
    assert ingest(write_jsonl([conversation("a")])).report.n_conversations == 1
    assert not left.exists()
