"""The published files that the data folder holds, read as they are."""

from __future__ import annotations

import json

import polars as pl
import pytest

from taxonomy.conversations import read_conversations

FILES = {
    "arena_hard_v2.0.jsonl": 750,
    "awesome_chatgpt_prompts.jsonl.gz": 1_529,
    "koala_test_set.jsonl": 180,
    "mt_bench_questions.jsonl": 80,
    "oasst1_en_validation_messages.jsonl": 189,
    "oasst1_en_validation_threads.jsonl": 189,
    "requests_pool_public_half.jsonl.gz": 8_206,
    "self_instruct_seed_tasks.jsonl": 175,
}


@pytest.mark.parametrize("name", FILES)
def test_every_published_file_is_read_in_full(public_data, name):
    assert read_conversations(public_data / "conversations" / name).height == FILES[name]


def test_best_ranked_paths_are_the_published_threads(public_data):
    folder = public_data / "conversations"
    read = read_conversations(folder / "oasst1_en_validation_messages.jsonl")
    threads = folder / "oasst1_en_validation_threads.jsonl"
    expected = read_conversations(threads)
    assert read["conversation_id"].equals(expected["conversation_id"])
    same = read["messages"] == expected["messages"]
    assert same.sum() == len(threads.read_text(encoding="utf-8").splitlines()) == 189


def test_roles_without_ids_make_a_thread_of_every_user_turn(public_data, write_jsonl, tmp_path):
    import gzip

    path = public_data / "conversations" / "oasst1_en_train_messages_role_inferred.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        head = [json.loads(line) for _, line in zip(range(3_000), lines, strict=False)]
    read = read_conversations(write_jsonl(head))
    users = [row for row in head if row["role_inferred"] == "user"]
    assert read.height == len(users)
    assert read["messages"].list.len().sum() == len(head)
    first = read["messages"].list.first().struct.field("content")
    assert sorted(first) == sorted(row["text"] for row in users)
    assert isinstance(read.schema["created_at"], pl.Datetime)
