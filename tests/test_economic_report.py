from __future__ import annotations

import gzip
import sys

import polars as pl
import pytest

from taxonomy.economic_report import write_report
from taxonomy.errors import OnetError, ReleaseError

USAGE = "task_name,pct\nwrite code.,60.0\nteach.,38.0\nnone,2.0\n"
PATTERNS = (
    "task_name,feedback_loop,directive,task_iteration,validation,learning,filtered\n"
    "write code.,0.1,0.5,0.2,0.0,0.0,0.2\nteach.,0.0,0.0,0.0,0.0,1.0,0.0\n"
)
STATEMENTS = (
    "O*NET-SOC Code,Title,Task ID,Task,Task Type\n"
    "15-1131.00,Programmers,1,Write code.,Core\n25-2021.00,Teachers,2,Teach.,Core\n"
)
SOC = (
    "Major Group,Minor Group,Broad Occupation,Detailed Occupation,Detailed O*NET-SOC,"
    "SOC or O*NET-SOC 2019 Title\n15-0000,,,,,Computer Occupations\n25-0000,,,,,Education\n"
)
EMPLOYMENT = (
    "SOC or O*NET-SOC 2019 Title,bls_distribution\nComputer Occupations,100\nEducation,300\n"
)


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "task_pct.csv").write_text(USAGE)
    (folder / "automation_vs_augmentation_by_task.csv").write_text(PATTERNS)
    with gzip.open(folder / "onet_task_statements.csv.gz", "wt") as file:
        file.write(STATEMENTS)
    return folder


@pytest.fixture
def references(tmp_path):
    """Files that stand in for those of the release; of any name."""
    files = {"soc": SOC, "employment": EMPLOYMENT}
    for name, text in files.items():
        (tmp_path / f"{name}_2030.csv").write_text(text)
    return {name: tmp_path / f"{name}_2030.csv" for name in files}


@pytest.fixture
def without_charts(monkeypatch):
    """As if the extra were not installed, and quick."""
    monkeypatch.setitem(sys.modules, "altair", None)


def test_tables_claims_and_what_was_left_out_are_written(release, tmp_path, without_charts):
    report = write_report(release, tmp_path / "report")
    written = {file.name for file in (tmp_path / "report").iterdir()}
    assert written == {"README.md", "headlines.csv"} | {f"{name}.csv" for name in report.tables}
    assert pl.read_csv(tmp_path / "report" / "shares_by_occupation.csv")["share"].to_list() == [
        pytest.approx(60 / 98),
        pytest.approx(38 / 98),
    ]
    readme = (tmp_path / "report" / "README.md").read_text()
    assert "## A3: share of usage by occupation\n" in readme
    assert "Base: usage of tasks that an occupation holds. n = 1 task an occupation." in readme
    assert "Source: task_pct.csv, onet_task_statements.csv.gz.\n" in readme
    assert "- shares_by_group: needs SOC_Structure.csv (--soc)\n" in readme
    assert "about 40% of occupations" in readme
    assert "98.0% of usage is on tasks that an occupation of these statements holds." in readme
    assert report.placed == pytest.approx(0.98)


def test_without_the_extra_it_says_how_to_get_the_charts(release, tmp_path, without_charts):
    report = write_report(release, tmp_path / "report")
    assert report.figures == ()
    assert "pip install -e '.[plots]'" in report.left_out["all figures"]
    assert "left out: all figures" in report.summary()


def test_files_of_ones_own_stand_in_for_those_of_the_release(
    release, references, tmp_path, without_charts
):
    report = write_report(release, tmp_path / "report", **references)
    employed = report.tables["shares_against_employment"]
    assert employed["title"].to_list() == ["Education", "Computer Occupations"]
    assert employed["employment_share"].to_list() == [0.75, 0.25]
    readme = (tmp_path / "report" / "README.md").read_text()
    assert "soc_2030.csv, employment_2030.csv." in readme


def test_a_release_before_gives_the_changes(release, references, tmp_path, without_charts):
    before = tmp_path / "before"
    before.mkdir()
    (before / "task_pct.csv").write_text(USAGE.replace("60.0", "49.0").replace("38.0", "49.0"))
    report = write_report(release, tmp_path / "report", before=before, **references)
    change = dict(report.tables["share_change"].select("title", "change").iter_rows())
    assert change["Computer Occupations"] == pytest.approx(60 / 98 - 0.5)


def test_with_the_extra_each_figure_lies_beside_its_table(release, references, tmp_path):
    pytest.importorskip("altair", reason="the extra plots is not installed")
    pytest.importorskip("vl_convert", reason="the extra plots is not installed")
    report = write_report(release, tmp_path / "report", **references)
    assert set(report.figures) == {
        "shares_against_employment",
        "top_tasks",
        "top_occupations",
        "depth_curve",
        "patterns_by_group",
        "patterns_by_occupation",
        "routes",
    }
    readme = (tmp_path / "report" / "README.md").read_text()
    for name in report.figures:
        for ending in ("csv", "svg", "png", "html"):
            assert (tmp_path / "report" / f"{name}.{ending}").stat().st_size > 100
        assert f"]({name}.svg)" in readme


def test_a_report_is_replaced_whole_by_equal_bytes(release, tmp_path, without_charts):
    def content():
        return {file.name: file.read_bytes() for file in (tmp_path / "report").iterdir()}

    write_report(release, tmp_path / "report")
    first = content()
    (tmp_path / "report" / "stale.csv").write_text("old")
    write_report(release, tmp_path / "report")
    assert content() == first
    assert not list(tmp_path.glob(".*.partial"))


def test_a_folder_with_something_else_is_left_alone(release, tmp_path, without_charts):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    with pytest.raises(ReleaseError, match=r"is not a report \(it has no headlines.csv\)"):
        write_report(release, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


def test_a_damaged_file_leaves_the_report_that_was_there(release, tmp_path, without_charts):
    write_report(release, tmp_path / "report")
    before = (tmp_path / "report" / "README.md").read_text()
    (release / "task_pct.csv").write_text(USAGE.replace("60.0", "sixty"))
    with pytest.raises(OnetError, match=r"task_pct\.csv"):
        write_report(release, tmp_path / "report")
    assert (tmp_path / "report" / "README.md").read_text() == before


def test_a_release_that_allows_nothing_is_an_error(tmp_path, without_charts):
    (tmp_path / "task_pct.csv").write_text(USAGE)
    with pytest.raises(OnetError, match=r"allows no analysis.*onet_task_statements"):
        write_report(tmp_path, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_folder_that_holds_the_release_is_left_alone(release, tmp_path, without_charts):
    (tmp_path / "headlines.csv").touch()
    with pytest.raises(ReleaseError, match="which the report would replace"):
        write_report(release, tmp_path)
    assert release.exists()


def test_a_file_is_no_folder_for_a_report(release, tmp_path, without_charts):
    (tmp_path / "report").touch()
    with pytest.raises(ReleaseError, match="not a report"):
        write_report(release, tmp_path / "report")


def test_a_link_to_a_report_stays_a_link(release, tmp_path, without_charts):
    write_report(release, tmp_path / "report")
    (tmp_path / "latest").symlink_to(tmp_path / "report")
    write_report(release, tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "report" / "README.md").exists()


def test_what_was_filtered_as_a_whole_makes_no_figure(release, references, tmp_path):
    pytest.importorskip("altair", reason="the extra plots is not installed")
    rows = "write code.,0,0,0,0,0,1\nteach.,0,0,0,0,0,1\n"
    patterns = PATTERNS.splitlines()[0] + "\n" + rows
    (release / "automation_vs_augmentation_by_task.csv").write_text(patterns)
    report = write_report(release, tmp_path / "report", **references)
    assert not {"patterns_by_group", "patterns_by_occupation", "routes"} & {*report.figures}
    assert report.left_out["routes"].startswith("has no value")
    assert "not to be had (no task has a pattern" in report.summary()
