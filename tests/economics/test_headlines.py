from __future__ import annotations

import polars as pl
import pytest

from taxonomy.economics import ReleaseFrames, explain, frames_of, headlines, read_published
from taxonomy.economics.headlines import SCIENTISTS


@pytest.fixture
def frames(usage, statements, patterns):
    scientists = statements.with_columns(pl.col("title").replace("Programmers", SCIENTISTS))
    thinking = pl.DataFrame({"task": ["write code."], "thinking_share": [0.2]})
    return ReleaseFrames(
        date_start=None,
        source="claude_ai",
        usage=usage,
        statements=scientists,
        patterns=patterns,
        thinking=thinking,
        files={"usage": "task_pct.csv", "patterns": "by_task.csv", "thinking": "thinking.csv"},
    )


def test_the_three_claims_of_a_small_release(frames):
    table = headlines(frames)
    assert table["claim"].to_list() == ["augmentation", "depth", "extended thinking"]
    # Of 0.82 with a pattern: task iteration 0.08 + 0.15, learning 0.2. Two fifths of 0.5 think.
    assert table["value"].to_list() == pytest.approx([0.43 / 0.82, 1, 0.08])
    assert table["file"][0] == "by_task.csv, task_pct.csv"
    assert table["published"].to_list() == [0.57, 0.40, 0.10]


def test_what_a_release_lacks_is_said(frames):
    bare = ReleaseFrames(date_start=None, source="claude_ai", usage=frames.usage)
    table = headlines(bare)
    assert table["value"].to_list() == [None, None, None]
    text = explain(table)
    assert "not to be had (needs task_pct and onet_task_statements)" in text
    assert text.count("March 2025") == 3


def test_clusters_alone_tell_the_augmentation(public_data):
    path = public_data / "aei" / "cluster_level_dataset.tsv"
    table = headlines(frames_of(read_published(path)))
    assert table["value"][0] == pytest.approx(0.5699, abs=5e-5)
    assert table["file"][0] == "cluster_level_dataset.tsv"


def test_the_claims_come_out_of_the_public_files(public_data):
    table = headlines(frames_of(read_published(public_data / "aei")))
    values = dict(table.select("measure", "value").iter_rows())
    assert values["augmentation by task"] == pytest.approx(0.5671, abs=5e-5)
    assert values["augmentation by cluster"] == pytest.approx(0.5699, abs=5e-5)
    assert {round(value, 2) for name, value in values.items() if "augment" in name} == {0.57}
    assert values["occupations with at least 20% of their tasks used"] == pytest.approx(
        0.4148, abs=5e-5
    )
    assert values[f"extended thinking of {SCIENTISTS}"] == pytest.approx(0.0972, abs=5e-5)
    assert table["base"].null_count() == 0
    text = explain(table)
    assert "here: 9.72%" in text
    assert "task_thinking_fractions.csv, task_pct_v2.csv" in text
