from __future__ import annotations

import gzip
from datetime import date

import polars as pl
import pytest

from taxonomy.economics import frames_of, read_published
from taxonomy.economics.schema import PUBLISHED
from taxonomy.errors import OnetError, SettingsError
from taxonomy.release.wide import WIDE_COLUMNS

TASKS = "task_name,pct\nwrite code.,60.0\nteach.,38.0\nnone,2.0\n"
PATTERNS = (
    "task_name,feedback_loop,directive,task_iteration,validation,learning,filtered\n"
    "write code.,0.1,0.5,0.2,0.0,0.0,0.2\n"
    "teach.,0.0,0.0,0.0,0.0,1.0,0.0\n"
)
THINKING = "task_name,thinking_fraction\nwrite code.,0.25\nteach.,\n"
OVERALL = (
    "interaction_type,pct\ndirective,20.0\nfeedback loop,10.0\nlearning,30.0\nnone,4.0\n"
    "task iteration,15.0\nvalidation,5.0\n"
)


def wide(percent=(60.0, 40.0)):
    rows = [
        [f"C{place}", "", "Up", "", "Top", "", value, value, "", 0.5, 0.5, 0, "", 0, 0, 0.1]
        for place, value in enumerate(percent)
    ]
    lines = ["\t".join(map(str, row)) for row in [WIDE_COLUMNS, *rows]]
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path):
    """A release in the shape of March 2025."""
    files = {
        "task_pct_v1.csv": TASKS.replace("60.0", "50.0").replace("38.0", "48.0"),
        "task_pct_v2.csv": TASKS,
        "automation_vs_augmentation_v1.csv": OVERALL,
        "automation_vs_augmentation_v2.csv": OVERALL.replace("20.0", "35.0"),
        "automation_vs_augmentation_by_task.csv": PATTERNS,
        "task_thinking_fractions.csv": THINKING,
        "cluster_level_data/cluster_level_dataset.tsv": wide(),
        "SOC_Structure.csv": "",
        "notes.csv": "anything,goes\n1,2\n",
    }
    soc = "Major Group,Minor Group,Broad Occupation,Detailed Occupation,Detailed O*NET-SOC,"
    soc += "SOC or O*NET-SOC 2019 Title\n15-0000,,,,,Computer Occupations\n,15-1000,,,,Computer\n"
    for name, text in (files | {"SOC_Structure.csv": soc}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    statements = "O*NET-SOC Code,Title,Task ID,Task\n15-1131.00,Programmers,1,Write code.\n"
    with gzip.open(tmp_path / "onet_task_statements.csv.gz", "wt") as file:
        file.write(statements)
    return tmp_path


def only(frame, **rows):
    for name, wanted in rows.items():
        frame = frame.filter(pl.col(name).eq_missing(wanted))
    assert frame.height == 1
    return frame.row(0, named=True)


def test_a_release_becomes_one_table_with_shares_for_percent(folder):
    table = read_published(folder).table
    assert dict(table.schema) == PUBLISHED
    first, second = date(2024, 12, 16), date(2025, 2, 24)
    assert only(table, date_start=first, node="teach.", metric="share")["value"] == 0.48
    row = only(table, date_start=second, node="teach.", metric="share")
    assert row["value"] == 0.38
    assert (row["geo_id"], row["level"], row["unit"]) == ("GLOBAL", 0, "share")
    assert (
        only(table, metric="collaboration_none", date_start=first, category="overall")["base"]
        == "all conversations of the place"
    )


def test_the_end_of_a_window_is_exclusive(folder):
    rows = read_published(folder).table.select("date_start", "date_end").unique().sort("date_start")
    assert (rows["date_end"] - rows["date_start"]).dt.total_days().to_list() == [7, 11]


def test_a_blank_stays_blank(folder):
    table = read_published(folder).table
    assert only(table, metric="thinking", node="teach.")["value"] is None
    assert only(table, metric="collaboration_none", node="C0")["value"] is None


def test_a_file_that_is_none_of_a_release_is_let_be(folder):
    assert "notes.csv" not in read_published(folder).files["file"].to_list()


def test_frames_of_the_latest_wave(folder):
    frames = frames_of(read_published(folder))
    assert frames.date_start == date(2025, 2, 24)
    assert dict(frames.usage.iter_rows()) == {"none": 0.02, "teach.": 0.38, "write code.": 0.6}
    assert frames.patterns.row(1, named=True) == {
        "task": "write code.",
        "directive": 0.5,
        "feedback_loop": 0.1,
        "task_iteration": 0.2,
        "learning": 0.0,
        "validation": 0.0,
        "filtered": 0.2,
    }
    assert dict(frames.thinking.iter_rows()) == {"teach.": None, "write code.": 0.25}
    assert dict(frames.collaboration.iter_rows())["directive"] == pytest.approx(0.35)
    assert frames.clusters.height == 2
    assert frames.groups.rows() == [("15", "Computer Occupations")]
    assert frames.files["usage"] == "task_pct_v2.csv"
    assert frames.files["statements"] == "onet_task_statements.csv.gz"


def test_frames_of_the_first_wave(folder):
    frames = frames_of(read_published(folder), date_start=date(2024, 12, 16))
    assert dict(frames.usage.iter_rows())["write code."] == 0.5
    assert (frames.patterns, frames.thinking, frames.clusters) == (None, None, None)
    assert frames.files["usage"] == "task_pct_v1.csv"


def test_a_wave_that_is_not_there_is_an_error(folder):
    published = read_published(folder)
    with pytest.raises(OnetError, match="it has claude_ai 2024-12-16, claude_ai 2025-02-24"):
        frames_of(published, date_start=date(2026, 4, 1))
    with pytest.raises(OnetError, match="no rows over the world of 1p_api"):
        frames_of(published, source="1p_api")


def test_our_own_files_have_no_dates_and_need_not_add_up(tmp_path):
    (tmp_path / "task_pct.csv").write_text(TASKS.replace("38.0", "30.0"))
    (tmp_path / "automation_vs_augmentation_by_task.csv").write_text(PATTERNS)
    (tmp_path / "task_thinking_fractions.csv").write_text(THINKING)
    frames = frames_of(read_published(tmp_path))
    assert (frames.date_start, frames.source) == (None, "unstated")
    assert frames.usage["share"].sum() == pytest.approx(0.92)
    assert frames.patterns.height == 2


def test_the_february_files_are_read_under_their_first_names(tmp_path):
    (tmp_path / "onet_task_mappings.csv").write_text(TASKS)
    (tmp_path / "automation_vs_augmentation.csv").write_text(OVERALL)
    published = read_published(tmp_path)
    assert published.table["date_start"].unique().to_list() == [date(2024, 12, 16)]


def test_one_file_alone_is_read(folder):
    assert read_published(folder / "task_pct_v1.csv").table.height == 3


def test_a_copy_of_a_file_counts_once_and_a_changed_copy_is_an_error(folder):
    copy = folder / "data" / "input" / "task_pct_v1.csv"
    copy.parent.mkdir(parents=True)
    copy.write_bytes((folder / "task_pct_v1.csv").read_bytes())
    assert read_published(folder).files.filter(pl.col("file") == "task_pct_v1.csv").height == 1
    copy.write_text(TASKS)
    with pytest.raises(OnetError, match="have one name and differ"):
        read_published(folder)


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 461306\n"
BAD = {
    (
        "automation_vs_augmentation_v1.csv",
        "pct should lie between 0 and 100",
    ): OVERALL.replace("20.0", "-20.0"),
    (
        "automation_vs_augmentation_v1.csv",
        "adds up to 164.0000; expected 100 at most",
    ): OVERALL.replace("20.0", "100.0"),
    ("cluster_level_data/cluster_level_dataset.tsv", "percent_users is blank in 1 of 2"): wide(
        (60.0, 40.0)
    ).replace("40.0\t40.0", "40.0\t"),
    ("cluster_level_data/cluster_level_dataset.tsv", "percent_users adds up to 80.00"): wide(
        (60.0, 40.0)
    ).replace("40.0\t40.0", "40.0\t20.0"),
    ("cluster_level_data/cluster_level_dataset.tsv", "has_thinking_ratio should lie"): wide(
        (60.0, 40.0)
    ).replace("0.1\n", "1.1\n"),
    ("task_pct_v2.csv", "has no column pct"): TASKS.replace("pct", "percent"),
    ("task_pct_v2.csv", "a Git LFS pointer"): LFS,
    ("task_pct_v2.csv", "is empty"): "",
    ("task_pct_v2.csv", "a header but no rows"): "task_name,pct\n",
    ("task_pct_v2.csv", "pct .* number"): TASKS.replace("38.0", "many"),
    ("task_pct_v2.csv", "pct adds up to 62.0000; expected 100"): TASKS.replace("teach.,38.0\n", ""),
    ("task_pct_v2.csv", "pct is blank in 1 of 2 rows"): "task_name,pct\nwrite code.,60\nteach.,",
    ("task_pct_v2.csv", "is truncated: its last line"): "task_name,pct\nwrite code.,60\nteac",
    ("task_thinking_fractions.csv", "lacks 1 tasks of task_pct_v2.csv and has 0 others"): (
        "task_name,thinking_fraction\nwrite code.,0.25\n"
    ),
    ("task_pct_v2.csv", "task should differ"): TASKS + "none,0\n",
    ("task_pct_v2.csv", "a web page"): "<!DOCTYPE html><html></html>",
    ("automation_vs_augmentation_v1.csv", "has the interaction types"): OVERALL.replace(
        "learning,30.0\n", ""
    ),
    ("automation_vs_augmentation_by_task.csv", "do not add up to 1"): PATTERNS.replace(
        "0.5", "0.9"
    ),
    ("automation_vs_augmentation_by_task.csv", "has no column learning"): PATTERNS.replace(
        "learning", "teaching"
    ),
    ("task_thinking_fractions.csv", "between 0 and 1"): THINKING.replace("0.25", "25"),
    ("cluster_level_data/cluster_level_dataset.tsv", "percent_records adds up to 60.00"): wide(
        [60.0]
    ),
    ("cluster_level_data/cluster_level_dataset.tsv", "a Git LFS pointer"): LFS,
    ("cluster_level_data/cluster_level_dataset.tsv", "has no column onet_task"): wide().replace(
        "onet_task", "task"
    ),
}


@pytest.mark.parametrize(("name", "message"), BAD)
def test_a_bad_file_is_one_clear_error_that_names_it(folder, name, message):
    (folder / name).write_text(BAD[name, message])
    with pytest.raises(OnetError, match=message) as error:
        read_published(folder)
    assert name.rpartition("/")[2] in str(error.value)


def test_a_truncated_archive_is_an_error(folder):
    path = folder / "onet_task_statements.csv.gz"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(OnetError, match="the file is truncated or damaged"):
        read_published(folder)


def test_nothing_there_and_nothing_of_a_release_are_errors(tmp_path):
    with pytest.raises(OnetError, match="there is nothing at"):
        read_published(tmp_path / "absent")
    with pytest.raises(OnetError, match="holds no file of an Economic Index release"):
        read_published(tmp_path)
    (tmp_path / "table.xlsx").write_text("x")
    with pytest.raises(OnetError, match="does not end in"):
        read_published(tmp_path / "table.xlsx")


def test_columns_of_no_known_format_are_an_error(folder):
    with pytest.raises(OnetError, match="has the columns anything, goes; expected geo_id"):
        read_published(folder / "notes.csv")


def test_an_unknown_source_is_an_error(folder):
    with pytest.raises(SettingsError, match="source is 'web'"):
        read_published(folder, source="web")


def test_the_public_files_come_out_as_read_by_hand(public_data, march):
    frames = frames_of(read_published(public_data / "aei"))
    for name in ("patterns", "thinking"):
        found, by_hand = getattr(frames, name), getattr(march, name)
        assert found.equals(by_hand.select(found.columns).sort("task"))
    assert frames.usage.equals(march.v2.sort("task"))
    assert frames.groups.equals(march.groups.sort("group"))
    assert frames.employment.equals(march.employment)
    assert frames.statements.height == 19_530
    assert frames.wages.filter(pl.col("is_hourly")).height == 6


def test_a_usage_table_of_another_name_is_told_by_its_columns(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("task_name,pct\nwrite code.,75\nnone,25\n")
    found = frames_of(read_published(file)).usage
    assert dict(found.select("task", "share").iter_rows()) == {"write code.": 0.75, "none": 0.25}
