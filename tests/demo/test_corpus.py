from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from random import Random

import polars as pl
import pytest

from taxonomy.demo import TRUTH, truth_file, write_corpus
from taxonomy.demo.dialogue import fill, mistype

N = 4_000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "conversations.jsonl"
    write_corpus(path, n_conversations=N, random_state=0)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return path, rows


@pytest.fixture(scope="module")
def truth(corpus):
    return pl.read_csv(truth_file(corpus[0]), separator="\t", infer_schema=False)


def test_every_conversation_has_its_truth(corpus, truth):
    assert truth.columns == list(TRUTH)
    assert truth["conversation_id"].n_unique() == N
    assert {row["conversation_id"] for row in corpus[1]} == set(truth["conversation_id"])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, corpus):
    for name, seed in {"same": 0, "other": 1}.items():
        write_corpus(tmp_path / f"{name}.jsonl", n_conversations=N, random_state=seed)
    assert (tmp_path / "same.jsonl").read_bytes() == corpus[0].read_bytes()
    assert (tmp_path / "other.jsonl").read_bytes() != corpus[0].read_bytes()


def test_some_rows_are_sent_twice(corpus):
    repeats = [
        count for count in Counter(json.dumps(row) for row in corpus[1]).values() if count > 1
    ]
    assert repeats


def test_conversations_have_one_to_eight_turns_and_end_with_the_assistant(corpus, truth):
    lengths = {len(row["messages"]) for row in corpus[1]}
    assert lengths <= set(range(1, 9))
    assert {2, 4, 6, 8} <= lengths


def test_activity_is_heavy_tailed(corpus):
    counts = Counter(row["user_id"] for row in corpus[1])
    assert N / 5 < len(counts) < N / 2
    assert counts.most_common(1)[0][1] > 20 * (N / len(counts))
    assert sum(count == 1 for count in counts.values()) > len(counts) / 4


def test_all_patterns_kinds_and_several_languages_occur(truth):
    assert truth["collaboration"].drop_nulls().n_unique() >= 6
    assert set(truth["kind"]) == {"ordinary", "repeat", "near-duplicate", "empty", "hostile"}
    assert truth["language"].n_unique() > 8
    assert (truth["language"] == "en").mean() > 0.8


def test_times_lie_in_eleven_days(corpus):
    days = {row["created_at"][:10] for row in corpus[1]}
    assert (min(days), max(days), len(days)) == ("2026-03-02", "2026-03-12", 11)


def test_thinking_is_on_for_some(corpus):
    share = sum(row["thinking"] for row in corpus[1]) / len(corpus[1])
    assert 0.02 < share < 0.3


def test_given_facets_come_with_every_row(tmp_path):
    path = tmp_path / "given.jsonl"
    write_corpus(path, n_conversations=50, with_facets=True)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert all({"request", "collaboration", "language"} <= set(row) for row in rows)


def test_memory_does_not_grow_with_the_number(tmp_path):
    code = (
        "import resource, sys; from pathlib import Path; from taxonomy.demo import write_corpus\n"
        "write_corpus(Path(sys.argv[1]), n_conversations=int(sys.argv[2]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for n in (1_000, 20_000):
        command = [sys.executable, "-c", code, str(tmp_path / f"{n}.jsonl"), str(n)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(run.stdout))
    assert peaks[1] < peaks[0] * 1.1


def test_slots_are_filled():
    assert fill("Fix {what} now", {"what": ["it"]}, Random(0)) == "Fix it now"


def test_a_typing_error_swaps_two_letters_of_one_long_word():
    typed = mistype("please repair my bicycle", Random(1))
    assert sorted(typed) == sorted("please repair my bicycle")
    assert typed != "please repair my bicycle"
    assert mistype("it is so", Random(1)) == "it is so"
