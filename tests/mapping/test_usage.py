from __future__ import annotations

import json

import polars as pl
import pytest

from taxonomy.errors import OnetError, RunError
from taxonomy.mapping import map_conversations, write_usage
from taxonomy.run import read_manifest

MARK = "ZQXSECRET"
COOK = "cook soup of the hotel for kitchen diners with cook tools."
PROGRAM = "program parser of the bank for software users with program tools."
USAGE = ("task_pct.csv", "automation_vs_augmentation_by_task.csv", "task_thinking_fractions.csv")


@pytest.fixture
def assign(run, source, hashing_encoder):
    return lambda: map_conversations(run, source, encoder=hashing_encoder)


def test_usage_is_told_above_the_floors_alone(run, assign, tmp_path):
    assign()
    written, base = write_usage(run, tmp_path / "usage")
    assert tuple(file.name for file in sorted((tmp_path / "usage").iterdir())) == tuple(
        sorted(USAGE)
    )
    # 18 conversations on contracts are of 4 users, and 9 on fevers are below 15.
    pct = dict(pl.read_csv(tmp_path / "usage" / USAGE[0]).iter_rows())
    assert pct == pytest.approx(
        {COOK: 100 * 20 / 53, PROGRAM: 100 * 16 / 53, "none": 100 * 17 / 53}, abs=1e-4
    )
    patterns = {row["task_name"]: row for row in pl.read_csv(tmp_path / "usage" / USAGE[1]).rows(
        named=True)}  # fmt: skip
    assert set(patterns) == {COOK, PROGRAM}
    assert patterns[COOK]["directive"] == patterns[PROGRAM]["learning"] == 1.0
    assert written[USAGE[2]].rows() == [(COOK, None), ("none", None), (PROGRAM, 1.0)]
    assert "the 53 conversations on these tasks or on none, 66% of the 80" in base


def test_nothing_of_a_conversation_or_user_is_in_the_usage(run, assign, tmp_path):
    assert MARK in pl.read_parquet(run / "conversations.parquet")["conversation_id"][0]
    assign()
    write_usage(run, tmp_path / "usage")
    for file in (tmp_path / "usage").iterdir():
        assert MARK not in file.read_text(encoding="utf-8")


def test_usage_without_tasks_or_of_older_conversations_names_the_command(run, assign, tmp_path):
    with pytest.raises(RunError, match="is missing; make it with: taxonomy onet tasks"):
        write_usage(run, tmp_path / "usage")
    assign()
    manifest = read_manifest(run)
    manifest["stages"]["facets"]["outputs"]["facets.parquet"] = "another"
    (run / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match=r"the stage tasks .* is stale"):
        write_usage(run, tmp_path / "usage")
    assert not (tmp_path / "usage").exists()


def test_usage_below_all_floors_or_into_a_file_is_one_clear_error(run, assign, tmp_path):
    assign()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OnetError, match="is a file; give the folder"):
        write_usage(run, tmp_path / "file")
    settings = run / "settings.toml"
    text = settings.read_text().replace(
        "min_cell_conversations = 15", "min_cell_conversations = 99"
    )
    settings.write_text(text)
    with pytest.raises(OnetError, match=r"no task of .* 99 conversations.*nothing to publish"):
        write_usage(run, tmp_path / "usage")
    assert not (tmp_path / "usage").exists()
