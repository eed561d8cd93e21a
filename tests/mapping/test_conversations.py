from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from taxonomy.claude.fake import FakeClaude, Rule, Script
from taxonomy.errors import (
    BudgetError,
    ClaudeError,
    LedgerError,
    RunError,
    SettingsError,
)
from taxonomy.mapping import map_conversations
from taxonomy.onet.questions import ASSIGNED
from taxonomy.run import file_digest, read_log, read_manifest, stage_states

MARK = "ZQXSECRET"
# What each group of the run asks for, each in three endings.
COOK = "cook soup of the hotel for kitchen diners with cook tools."
PROGRAM = "program parser of the bank for software users with program tools."
DRAFT = "draft contract of the tenant for legal courts with draft tools."
TREAT = "treat fever of the child for medical patients with treat tools."
ASKED_FOR = [COOK, PROGRAM, DRAFT, TREAT, "none"]
N_DISTINCT = 15


@pytest.fixture
def assign(run, source, hashing_encoder):
    def by(route="offline", asking=None, **changes):
        given = {"encoder": hashing_encoder} | changes
        return map_conversations(run, source, route, asking=asking, **given)

    return by


def by_group(assigned):
    """The statements of each group, in order."""
    group = pl.col("conversation_id").str.extract(r"-c(\d)-", 1).cast(pl.Int64)
    rows = assigned.group_by(group=group).agg(pl.col("statement").unique()).sort("group")
    return [set(statements) for statements in rows["statement"]]


def facts_of(run):
    return read_manifest(run)["stages"]["tasks"]["facts"]


def last_made(run):
    return [line["made"] for line in read_log(run) if line["stage"] == "tasks" and "made" in line]


def test_each_conversation_gets_the_task_that_it_asks_for_and_the_last_group_none(run, assign):
    assigned = assign()
    assert assigned.schema == ASSIGNED
    assert by_group(assigned) == [{statement} for statement in ASKED_FOR]
    assert facts_of(run) == {
        "onet": "0.1",
        "route": "offline",
        "conversations": 80,
        "with_task": 63,
        "none": 17,
        "unanswered": 0,
        "flags": {},
    }
    (state,) = stage_states(run, ["tasks"])
    assert state["state"] == "finished"


def test_the_stage_is_kept_while_nothing_changed_and_made_again_by_another_prior(
    run, assign, source, hashing_encoder
):
    first = assign()
    assert assign().equals(first)
    assert last_made(run) == [True, False]
    prior = pl.DataFrame({"task": [COOK], "share": [1.0]})
    map_conversations(run, replace(source, prior=prior), encoder=hashing_encoder)
    assert last_made(run) == [True, False, True]


@pytest.mark.parametrize("mode", ["direct", "batches"])
@pytest.mark.parametrize("route", ["shortlist", "descent"])
def test_both_routes_run_end_to_end_over_http(run, assign, serve, asking, route, mode):
    server = serve()
    assigned = assign(route, asking(server, mode=mode))
    assert bool(server.custom_ids) == (mode == "batches")
    assert assigned["statement"].null_count() == 0
    assert by_group(assigned)[4] == {"none"}
    assert set(assigned["route"]) == {route}
    if route == "shortlist":
        assert by_group(assigned) == [{statement} for statement in ASKED_FOR]
        assert set(server.bills.values()) == {1}
        assert len(server.bills) == N_DISTINCT
    facts = facts_of(run)
    assert (facts["route"], facts["conversations"], facts["unanswered"]) == (route, 80, 0)
    spent = [line["usd"] for line in read_log(run) if line["stage"] == "tasks" and "usd" in line]
    assert len(spent) == 1
    assert spent[0] > 0


def test_direct_calls_and_batches_give_the_same_bytes(run, assign, serve, asking, tmp_path):
    digests = []
    for mode in ("direct", "batches"):
        given = replace(asking(serve(), mode=mode), ledger=tmp_path / f"{mode}.sqlite")
        assign("shortlist", given)
        digests.append(file_digest(run / "onet_tasks.parquet"))
        (run / "onet_tasks.parquet").unlink()
    assert digests[0] == digests[1]


@pytest.mark.parametrize("route", ["shortlist", "descent"])
def test_a_second_call_asks_nothing_nor_does_one_whose_output_was_lost(
    run, assign, serve, asking, route
):
    server = serve()
    first = assign(route, asking(server))
    n_asked = len(server.log)
    assert assign(route, asking(server)).equals(first)
    (run / "onet_tasks.parquet").unlink()
    assert assign(route, asking(server)).equals(first)
    assert len(server.log) == n_asked
    assert last_made(run) == [True, False, True]


@pytest.mark.parametrize("route", ["shortlist", "descent"])
def test_with_the_ledger_and_no_key_it_replays_to_the_same_bytes(
    built, run, assign, serve, asking, source, hashing_encoder, tmp_path, route
):
    with FakeClaude() as server:
        assign(route, asking(server))
    again = shutil.copytree(built, tmp_path / "again")
    map_conversations(again, source, route, asking=asking(), encoder=hashing_encoder)
    for name in ("onet_tasks.parquet", "manifest.json"):
        assert file_digest(again / name) == file_digest(run / name)


def test_without_a_key_and_answers_nothing_is_made_up(run, assign, serve, asking):
    with pytest.raises(ClaudeError, match="there is no key"):
        assign("shortlist", asking())
    server = serve()
    assign("shortlist", asking(server))
    with pytest.raises(LedgerError, match="of the stage tasks are not in"):
        assign("shortlist", asking(None, "onet.shortlist=3"))
    assert facts_of(run)["route"] == "shortlist"


def test_a_process_that_was_killed_is_resumed_without_asking_twice(
    run, source, assign, asking, serve, tmp_path
):
    script = Script([Rule(fault="hang", share=0.5)], hang_seconds=60)
    with FakeClaude(script) as first:
        program = Path(__file__).with_name("mapper.py")
        places = [first.url, run, source.cache, tmp_path / "answers.sqlite"]
        command = [sys.executable, program, *map(str, places)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 40
            while len(first.bills) < N_DISTINCT and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.5)
            process.kill()
        n_lost = len(first.destroyed)
    assert len(first.bills) == N_DISTINCT
    assert 0 < n_lost < N_DISTINCT
    assert "tasks" not in read_manifest(run)["stages"]
    second = serve()
    assert by_group(assign("shortlist", asking(second))) == [{name} for name in ASKED_FOR]
    assert len(second.log) == n_lost


@pytest.mark.parametrize(
    ("fault", "flag"), [("refusal_empty", "refused"), ("wrong_choice", "invalid")]
)
def test_an_answer_that_cannot_be_used_is_flagged_never_forced_and_not_asked_again(
    run, assign, serve, asking, fault, flag
):
    server = serve(Rule(fault=fault, share=0.4, always=True))
    given = asking(server, "claude.max_failed_share=1.0")
    assigned = assign("shortlist", given)
    flagged = assigned.filter(pl.col("flags").is_not_null())
    assert set(flagged["flags"]) <= {flag, "out of list"}
    assert 0 < flagged.height < 80
    assert flagged["statement"].null_count() == flagged.height
    assert sum(facts_of(run)["flags"].values()) == flagged.height
    assert facts_of(run)["unanswered"] == 0
    n_asked = len(server.log)
    assert assign("shortlist", given).equals(assigned)
    assert len(server.log) == n_asked
    assert last_made(run) == [True, False]


def test_what_got_no_answer_is_asked_again_by_the_next_call_and_nothing_else(
    run, assign, serve, asking
):
    bad = serve(Rule(fault="errored_invalid", share=0.3, always=True))
    given = {"mode": "batches"}
    assigned = assign("shortlist", asking(bad, "claude.max_failed_share=1.0", **given))
    lacking = assigned.filter(pl.col("flags") == "errored")
    assert 0 < facts_of(run)["unanswered"] == lacking.height < 80
    good = serve()
    again = assign("shortlist", asking(good, "claude.max_failed_share=1.0", mode="direct"))
    assert by_group(again) == [{statement} for statement in ASKED_FOR]
    assert sum(good.bills.values()) < N_DISTINCT
    n_asked = len(good.log)
    assign("shortlist", asking(good, "claude.max_failed_share=1.0", mode="direct"))
    assert len(good.log) == n_asked


def test_a_budget_that_is_used_up_leaves_the_run_as_it_was(run, assign, serve, asking):
    assign()
    before = {name: file_digest(run / name) for name in ("onet_tasks.parquet", "manifest.json")}
    server = serve()
    with pytest.raises(BudgetError, match="larger --budget"):
        assign("shortlist", asking(server, budget=0.00001))
    assert {name: file_digest(run / name) for name in before} == before
    assign("shortlist", asking(server, budget=1.0))
    assert set(server.bills.values()) == {1}
    assert facts_of(run)["route"] == "shortlist"


def test_another_model_for_the_names_of_the_tree_makes_the_descent_again(
    run, assign, serve, asking
):
    server = serve()
    assign("descent", asking(server))
    assign("descent", asking(server, "claude.names.model=claude-opus-5-5"))
    assert last_made(run) == [True, True]


def test_a_run_that_was_embedded_by_another_encoder_is_embedded_anew(run, assign):
    class Other:
        name = identity = "other"

        def encode(self, texts):
            """Words as letters: 128 dimensions, where the run's vectors have 64."""
            vectors = np.zeros((len(texts), 128), dtype=np.float32)
            for row, text in enumerate(texts):
                for word in text.lower().strip(".").split():
                    vectors[row, sum(map(ord, word)) % 128] += 1
            return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    assigned = assign(encoder=Other())
    assert assigned.height == 80
    assert by_group(assigned)[0] == {COOK}


@pytest.mark.parametrize("route", ["nearest", "", "Offline"])
def test_an_unknown_route_names_those_there_are(assign, route):
    with pytest.raises(SettingsError, match="offline, shortlist, descent"):
        assign(route)


def test_a_route_by_claude_that_has_nobody_to_ask_says_what_to_do(assign):
    with pytest.raises(SettingsError, match="--llm claude, or use --route offline"):
        assign("shortlist")


def test_a_run_that_is_not_finished_that_far_says_so(run, assign, tmp_path, source):
    with pytest.raises(RunError, match="holds no run"):
        map_conversations(tmp_path / "nowhere", source)
    assert not (tmp_path / "nowhere").exists()
    with (run / "embeddings.npy").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(RunError, match=r"the stage embeddings .* is damaged.*taxonomy build"):
        assign()
    assert "tasks" not in read_manifest(run)["stages"]


def test_no_name_of_a_conversation_or_user_is_told_to_claude(
    run, assign, serve, asking, monkeypatch
):
    from taxonomy.claude import wire

    told = []
    make = wire._user_message
    monkeypatch.setattr(wire, "_user_message", lambda asked: told.append(make(asked)) or told[-1])
    assign("shortlist", asking(serve()))
    assert len(told) >= N_DISTINCT
    assert not [text for text in told if MARK in json.dumps(text)]
