from __future__ import annotations

import gzip
import hashlib
import shutil

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.tables import load_onet

from .conftest import FILES, FILES_30_3, text, write_archive, write_release


def spoil(file, old, new):
    content = file.read_bytes()
    assert old.encode() in content
    file.write_bytes(content.replace(old.encode(), new.encode(), 1))


def message(path, **given):
    with pytest.raises(OnetError) as raised:
        load_onet(path, **given)
    assert "polars" not in str(raised.value)
    return str(raised.value)


def test_a_folder_as_published_becomes_frames(release):
    onet = load_onet(release)
    assert onet.version == "28.2"
    assert onet.tasks.row(1) == (
        "11-1011.00",
        "Chief Executives",
        2,
        'Conduct "head counts".',
        "Supplemental",
    )
    assert onet.tasks["task_type"].to_list() == ["Core", "Supplemental", None, "Core", "Core"]
    assert onet.occupations.height == 4
    assert onet.task_dwas.schema == {
        "onet_soc": pl.String,
        "task_id": pl.Int64,
        "dwa_id": pl.String,
    }


def test_activities_are_a_tree_of_the_gwas_in_use(release):
    activities = load_onet(release).activities
    assert activities["level"].to_list() == ["DWA"] * 3 + ["IWA"] * 2 + ["GWA"] * 2
    assert dict(activities.select("element_id", "parent_id").iter_rows()) == {
        "4.A.1.a.1.I01.D01": "4.A.1.a.1.I01",
        "4.A.2.b.2.I14.D01": "4.A.2.b.2.I14",
        "4.A.2.b.2.I14.D02": "4.A.2.b.2.I14",
        "4.A.1.a.1.I01": "4.A.1.a.1",
        "4.A.2.b.2.I14": "4.A.2.b.2",
        "4.A.1.a.1": None,
        "4.A.2.b.2": None,
    }


def test_ratings_are_importance_and_the_share_that_find_the_task_relevant(release):
    assert load_onet(release).ratings.rows() == [
        ("11-1011.00", 1, 4.5, 0.8),
        ("15-1252.00", 3, 3.0, None),
    ]


def test_ratings_may_be_missing(release):
    (release / "Task Ratings.txt").unlink()
    ratings = load_onet(release).ratings
    assert ratings.is_empty()
    assert ratings.columns == ["onet_soc", "task_id", "importance", "relevance"]


def test_statements_equal_but_for_case_and_outer_blanks_are_one(release):
    statements = load_onet(release).statements
    assert statements.rows()[1:] == [
        ("direct budget activities.", "Direct budget activities.", 2),
        ("test code.", "Test code.", 1),
        ("write code.", "Write code.", 1),
    ]


def test_the_names_of_30_3_give_the_same_tree_with_other_ids(tmp_path, release):
    old = load_onet(release)
    new = load_onet(write_release(tmp_path / "new", FILES_30_3, version="30.3"))
    assert new.version == "30.3"
    assert new.activities["element_id"].to_list()[:2] == ["4.A.1.a.1.a.1", "4.A.2.b.2.n.1"]
    same = ["level", "name"]
    assert new.activities.select(same).equals(old.activities.select(same))
    assert new.tasks.equals(old.tasks)


@pytest.mark.parametrize("top", ["", "db_28_2_text/"])
def test_an_archive_reads_as_its_folder_does(tmp_path, release, top):
    archive = load_onet(write_archive(tmp_path / "any.zip", top=top))
    folder = load_onet(release)
    assert archive.tasks.equals(folder.tasks)
    assert archive.activities.equals(folder.activities)
    assert archive.facts == folder.facts


def test_a_folder_around_the_files_is_looked_into(tmp_path):
    write_release(tmp_path / "outer" / "db_28_2_text")
    assert load_onet(tmp_path / "outer").version == "28.2"


def test_converted_files_are_read_with_quotes_and_gzip(tmp_path, release):
    folder = tmp_path / "v28_2"
    folder.mkdir()
    for file in release.iterdir():
        name = file.name.lower().replace(" ", "_")
        content = file.read_text(encoding="utf-8")
        content = content.replace('Conduct "head counts".', '"Conduct ""head counts""."')
        if name == "tasks_to_dwas.txt":
            (folder / "tasks_to_dwas.tsv.gz").write_bytes(gzip.compress(content.encode()))
        else:
            (folder / name.replace(".txt", ".tsv")).write_text(content, encoding="utf-8")
    onet = load_onet(folder)
    assert onet.version == "28.2"
    assert onet.tasks.equals(load_onet(release).tasks)
    assert onet.task_dwas.height == 4


def test_statements_alone_are_read_from_csv(tmp_path):
    header = ("O*NET-SOC Code", "Title", "Task ID", "Task", "Task Type")
    rows = [("11-1011.00", "Chief Executives", "1", '"Direct, or plan."', "Core")]
    file = tmp_path / "onet_task_statements.csv.gz"
    file.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text(header, rows, ",").encode()))
    onet = load_onet(file, version="19.0")
    assert onet.tasks.row(0) == ("11-1011.00", "Chief Executives", 1, "Direct, or plan.", "Core")
    assert onet.occupations.rows() == [("11-1011.00", "Chief Executives", None)]
    assert onet.activities.is_empty()
    assert onet.task_dwas.is_empty()


def test_facts_name_each_file_with_its_digest_and_rows(release):
    facts = load_onet(release).facts
    assert facts["version"] == "28.2"
    assert [file["name"] for file in facts["files"]] == list(FILES)
    content = (release / "Task Statements.txt").read_bytes()
    assert facts["files"][0] == {
        "name": "Task Statements.txt",
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": 5,
    }


def test_the_version_is_in_the_name_where_there_is_no_read_me(tmp_path, release):
    folder = release.rename(tmp_path / "db_27_3_text")
    (folder / "Read Me.txt").unlink()
    assert load_onet(folder).version == "27.3"


def test_a_version_that_nothing_tells_must_be_given(release):
    (release / "Read Me.txt").unlink()
    assert "say which version it is" in message(release)
    assert load_onet(release, version="27_3").version == "27.3"


def test_another_version_than_asked_for_is_an_error(release):
    told = message(release, version="30.1")
    assert "release is O*NET 28.2, but 30.1 was asked for" in told


def test_what_is_no_version_is_an_error(release):
    assert "'newest' is not an O*NET version" in message(release, version="newest")


def test_a_known_version_with_other_counts_is_truncated(release):
    spoil(release / "Read Me.txt", "28.2", "30.1")
    told = message(release)
    assert "truncated or altered" in told
    assert "5 rows of Task Statements instead of 18,796" in told
    assert "4 rows of Tasks to DWAs instead of 23,850" in told


@pytest.mark.parametrize("name", [name for name in FILES if name != "Task Ratings.txt"])
def test_a_missing_file_is_named(release, name):
    (release / name).unlink()
    told = message(release)
    assert f"has no {name}" in told
    assert "found" in told


READ = [
    (name, column)
    for name, (header, _) in FILES.items()
    for column in header
    if (name, column) != ("Content Model Reference.txt", "Description")
]


@pytest.mark.parametrize(("name", "column"), READ)
def test_a_renamed_column_is_named_with_its_file(release, name, column):
    spoil(release / name, column, f"My {column}")
    told = message(release)
    assert f"{name} has no column {column}" in told
    assert f"My {column}" in told


def test_a_renamed_dwa_column_tells_which_release_calls_it_what(release):
    spoil(release / "Tasks to DWAs.txt", "DWA ID", "Activity")
    assert "up to O*NET 30.2 it is DWA ID, from 30.3 on DWA Element ID" in message(release)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer"),
        (b"<!DOCTYPE html>\n<html>Not found</html>\n", "is a web page"),
        (b"\xff\xfe\x00\x01\n\x80", "has no column|cannot be read"),
    ],
)
def test_what_is_no_table_is_said_to_be_what_it_is(release, name, content, expected):
    (release / name).write_bytes(content)
    told = message(release)
    assert name in told
    assert any(part in told for part in expected.split("|"))


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_header_alone_has_no_rows(release, name):
    (release / name).write_bytes(text(FILES[name][0], []).encode())
    assert f"{name} has a header but no rows" in message(release)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("Task Statements.txt", "\t2\t", "\ttwo\t", "task_id should be a whole number"),
        ("Task Statements.txt", "\t2\t", "\t1\t", "rows repeat it, e.g. 11-1011.00/1"),
        ("Task Statements.txt", "11-1011.00\t1", "11-1011\t1", "not of the form 11-1011.00"),
        ("Task Statements.txt", "Write code.", "", "task is blank in 1 of 5 rows"),
        ("Task Statements.txt", "Supplemental", "Spare", "the task type is 'Spare'"),
        (
            "Task Statements.txt",
            "11-1011.00\t1",
            "11-9999.00\t1",
            "onet_soc is not in Occupation Data.txt",
        ),
        ("Task Statements.txt", "Write code.", "Write\tcode\t\t.", "cannot be read as a table"),
        (
            "Tasks to DWAs.txt",
            "11-1011.00\t1",
            "11-1011.00\t9",
            "onet_soc/task_id is not in Task Statements.txt",
        ),
        ("Tasks to DWAs.txt", "I14.D02", "I14.D09", "dwa_id is not in DWA Reference.txt"),
        ("Tasks to DWAs.txt", "4.A.2.b.2.I14.D02", "4.A.2.b.2.I14", "dwa_id is not in DWA"),
        ("Tasks to DWAs.txt", "I14.D02", "I14.D01", "should differ from row to row"),
        ("DWA Reference.txt", "I14.D02", "I14.D01", "dwa_id should differ from row to row"),
        (
            "DWA Reference.txt",
            "I01\t4.A.1.a.1.I01.D01",
            "I02\t4.A.1.a.1.I02.D01",
            "iwa_id/gwa_id is not in IWA Reference.txt",
        ),
        ("DWA Reference.txt", "4.A.1.a.1.I01.D01", "4.A.9.a.1.I01.D01", "contradicts"),
        ("IWA Reference.txt", "4.A.1.a.1.I01", "4.B.1.a.1.I01", "contradicts"),
        (
            "Content Model Reference.txt",
            "4.A.2.b.2",
            "4.A.2.b.9",
            "is not in Content Model Reference.txt",
        ),
        ("Task Ratings.txt", "4.50", "much", "value should be a number"),
        ("Task Ratings.txt", "4.50", "45.0", "should lie between 1 and 5"),
        ("Task Ratings.txt", "80.00", "800", "should lie between 0 and 100"),
        (
            "Task Ratings.txt",
            "11-1011.00\t1",
            "11-1011.00\t7",
            "onet_soc/task_id is not in Task Statements.txt",
        ),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_file(release, name, old, new, expected):
    spoil(release / name, old, new)
    told = message(release)
    assert name in told
    assert expected in told


def test_files_of_two_releases_do_not_fit(release):
    header, rows = FILES_30_3["Tasks to DWAs.txt"]
    (release / "Tasks to DWAs.txt").write_bytes(text(header, rows).encode())
    told = message(release)
    assert "in 4 of 4 rows dwa_id is not in DWA Reference.txt, e.g. 4.A.1.a.1.a.1" in told
    assert "O*NET 30.3 changed the identifiers" in told


def test_nothing_there_is_an_error_that_says_how_to_get_it(tmp_path):
    assert "taxonomy onet fetch" in message(tmp_path / "nowhere")


def test_an_empty_folder_has_no_tables(tmp_path):
    assert "found no tables at all" in message(tmp_path)


def test_a_cut_off_archive_is_truncated(tmp_path):
    archive = write_archive(tmp_path / "db_28_2_text.zip")
    archive.write_bytes(archive.read_bytes()[:-40])
    assert "truncated or not a zip archive" in message(archive)


def test_an_archive_with_a_damaged_member_names_it(tmp_path):
    archive = write_archive(tmp_path / "db_28_2_text.zip")
    content = bytearray(archive.read_bytes())
    content[90] ^= 0xFF
    archive.write_bytes(content)
    assert "cannot read Task Statements.txt" in message(archive)


def test_a_web_page_instead_of_an_archive_is_told(tmp_path):
    (tmp_path / "db_28_2_text.zip").write_text("<html><body>Sign in</body></html>")
    assert "is a web page" in message(tmp_path / "db_28_2_text.zip")


def test_a_cut_off_gzip_is_named(release):
    file = release / "Tasks to DWAs.txt"
    packed = gzip.compress(file.read_bytes())
    file.unlink()
    (release / "tasks_to_dwas.txt.gz").write_bytes(packed[:-12])
    assert "cannot read tasks_to_dwas.txt.gz" in message(release)


def copied(public_data, tmp_path, version="v29_1"):
    return shutil.copytree(public_data / "onet" / version, tmp_path / "copy")


@pytest.mark.parametrize(("version", "links"), [("29.1", 23_233), ("30.1", 23_850)])
def test_a_real_release_loads_with_its_counts(public_data, version, links):
    onet = load_onet(public_data / "onet" / f"v{version.replace('.', '_')}")
    assert onet.version == version
    assert onet.tasks.height == 18_796
    assert onet.tasks["onet_soc"].n_unique() == 923
    assert onet.occupations.height == 1_016
    assert onet.task_dwas.height == links
    levels = onet.activities.group_by("level").len().sort("level").rows()
    assert levels == [("DWA", 2_087), ("GWA", 37), ("IWA", 332)]
    quoted = onet.tasks.filter(pl.col("task_id") == 15_287)["task"].to_list()
    assert quoted == ['Conduct "head counts" to help predict the outcome of upcoming votes.']


def test_the_statements_of_the_economic_index_are_those_of_20_1(public_data):
    onet = load_onet(public_data / "aei" / "onet_task_statements.csv.gz")
    assert onet.version == "20.1"
    assert onet.tasks.height == 19_530
    assert onet.occupations.height == 974
    assert onet.statements.height == 18_428
    assert (onet.statements["n_titles"] > 1).sum() == 272
    assert onet.statements["n_titles"].max() == 34
    assert onet.tasks["task_type"].null_count() == 658


def test_a_real_release_without_its_last_rows_is_truncated(public_data, tmp_path):
    folder = copied(public_data, tmp_path)
    file = folder / "tasks_to_dwas.txt"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-100]))
    assert "23,133 rows of Tasks to DWAs instead of 23,233" in message(folder)


def test_a_real_file_cut_within_a_row_is_named(public_data, tmp_path):
    folder = copied(public_data, tmp_path)
    file = folder / "task_statements.txt"
    file.write_bytes(file.read_bytes()[:1_000_009])
    told = message(folder)
    assert "truncated or altered" in told
    assert " rows of Task Statements instead of 18,796" in told


def test_a_real_release_under_another_version_is_told(public_data, tmp_path):
    folder = copied(public_data, tmp_path)
    assert "copy is O*NET 29.1, but 30.1 was asked for" in message(folder, version="30.1")
    (folder / "read_me.txt").unlink()
    told = message(folder, version="30.1")
    assert "23,233 rows of Tasks to DWAs instead of 23,850; these are the counts of 29.1" in told
    assert load_onet(folder).version == "29.1"


def test_statements_that_two_releases_have_need_a_version(public_data):
    file = public_data / "onet" / "v30_1" / "task_statements.tsv"
    assert "are of 29.1 and 30.1; say which version it is" in message(file)
    assert load_onet(file, version="30.1").tasks.height == 18_796


def test_a_real_release_with_a_file_missing_or_renamed_is_told(public_data, tmp_path):
    folder = copied(public_data, tmp_path)
    (folder / "iwa_reference.txt").rename(folder / "iwas.txt")
    told = message(folder)
    assert "has no IWA Reference.txt or GWAs to IWAs.txt" in told
    assert "iwas.txt" in told


def test_a_real_release_with_a_renamed_column_is_told(public_data, tmp_path):
    folder = copied(public_data, tmp_path)
    spoil(folder / "task_statements.txt", "O*NET-SOC Code", "SOC Code")
    assert "task_statements.txt has no column O*NET-SOC Code; it has SOC Code," in message(folder)
