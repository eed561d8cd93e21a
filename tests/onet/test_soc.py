from __future__ import annotations

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.soc import major_groups, read_employment, read_soc, read_wages, soc_ladder
from taxonomy.onet.tables import load_onet

HEADER = (
    "Major Group,Minor Group,Broad Occupation,Detailed Occupation,Detailed O*NET-SOC,"
    "SOC or O*NET-SOC 2019 Title\n"
)
ROWS = """\
15-0000,,,,,Computer and Mathematical Occupations
,15-1200,,,,Computer Occupations
,,15-1250,,,"Software and Web Developers, and Testers"
,,,15-1252,,Software Developers
,,,15-1253,,Testers
,,,,15-1253.01,Game Testers
"""


@pytest.fixture
def write(tmp_path):
    def write(content, name="SOC_Structure.csv"):
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        return file

    return write


def test_a_row_stands_under_the_last_row_of_the_level_above(write):
    assert read_soc(write(HEADER + ROWS)).rows() == [
        ("15-0000", "major", "Computer and Mathematical Occupations", None),
        ("15-1200", "minor", "Computer Occupations", "15-0000"),
        ("15-1250", "broad", "Software and Web Developers, and Testers", "15-1200"),
        ("15-1252", "detailed", "Software Developers", "15-1250"),
        ("15-1253", "detailed", "Testers", "15-1250"),
        ("15-1253.01", "onet", "Game Testers", "15-1253"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Major Group", "Group", "has no column Major Group; it has Group"),
        (",15-1200,,,,", "15-0000,15-1200,,,,", "do not have exactly one code"),
        (",,,15-1252,,", ",,,,,", "do not have exactly one code"),
        (",,,15-1252,,", ",,,15-1253,,", "code should differ from row to row"),
        (",,,15-1252,,", ",,,15-9252,,", "15-9252 stands below 15-1250"),
        ("15-0000,,,,,Computer and Mathematical Occupations\n", "", "parent is blank"),
        (",Testers\n", ",\n", "title is blank"),
    ],
)
def test_a_structure_that_is_no_tree_is_told(write, old, new, expected):
    assert old in HEADER + ROWS
    with pytest.raises(OnetError, match=expected):
        read_soc(write((HEADER + ROWS).replace(old, new, 1)))


def test_groups_below_the_major_are_not_guessed_for_another_vintage(write):
    soc = read_soc(write(HEADER + ROWS))
    codes = ["15-1253.01", "15-1131.00", "15-1252.00"]
    rungs = soc_ladder(pl.DataFrame({"onet_soc": codes}), soc)
    assert rungs.select("onet_soc", "major", "minor", "broad", "detailed").rows() == [
        ("15-1131.00", "15-0000", None, None, None),
        ("15-1252.00", "15-0000", "15-1200", "15-1250", "15-1252"),
        ("15-1253.01", "15-0000", "15-1200", "15-1250", "15-1253"),
    ]
    assert rungs["major_title"].unique().to_list() == ["Computer and Mathematical Occupations"]
    assert rungs["detailed_title"].to_list() == [None, "Software Developers", "Testers"]


def test_major_groups_have_two_digits(write):
    groups = major_groups(read_soc(write(HEADER + ROWS)))
    assert groups.rows() == [("15", "Computer and Mathematical Occupations")]


def test_employment_is_a_whole_number(write):
    header = "SOC or O*NET-SOC 2019 Title,bls_distribution\n"
    assert read_employment(write(f'{header}"Farming, Fishing",10\nLegal,20\n')).rows() == [
        ("Farming, Fishing", 10),
        ("Legal", 20),
    ]
    with pytest.raises(OnetError, match="employment should be a whole number"):
        read_employment(write(f"{header}Legal,many\n"))


def test_a_salary_of_minus_one_is_missing_and_a_small_one_hourly(write):
    header = "SOCcode,JobName,JobZone,MedianSalary\n"
    rows = "27-2011.00,Actors,2,17.54\n15-2011.00,Actuaries,-1,102880.0\n29-1199.01,Cutters,5,-1\n"
    assert read_wages(write(header + rows)).rows() == [
        ("15-2011.00", "Actuaries", 102_880.0, False, None),
        ("27-2011.00", "Actors", 17.54, True, 2),
        ("29-1199.01", "Cutters", None, None, 5),
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OnetError, match=r"there is nothing at .*wages\.csv"):
        read_wages(tmp_path / "wages.csv")


@pytest.fixture(scope="module")
def soc(public_data):
    return read_soc(public_data / "aei" / "SOC_Structure.csv")


def test_the_published_structure_has_its_counts(soc):
    counts = dict(soc.group_by("level").len().iter_rows())
    assert counts == {"major": 23, "minor": 98, "broad": 459, "detailed": 867, "onet": 149}
    assert major_groups(soc)["group"].to_list()[-1] == "55"


def test_687_of_775_codes_of_2010_are_codes_of_2018(public_data, soc):
    onet = load_onet(public_data / "aei" / "onet_task_statements.csv.gz")
    rungs = soc_ladder(onet.occupations, soc)
    base = pl.col("onet_soc").str.head(7)
    assert rungs.select(base.n_unique()).item() == 775
    assert rungs.filter(pl.col("detailed").is_not_null()).select(base.n_unique()).item() == 687
    assert rungs["major_title"].null_count() == 0


def test_every_occupation_of_29_1_has_all_its_groups(public_data, soc):
    rungs = soc_ladder(load_onet(public_data / "onet" / "v29_1").occupations, soc)
    assert rungs.height == 1_016
    assert sum(rungs.null_count().row(0)) == 0


def test_employment_sums_to_the_published_total(public_data, soc):
    employment = read_employment(public_data / "aei" / "bls_employment_may_2023.csv")
    assert employment["employment"].sum() == 151_853_870
    assert employment.join(major_groups(soc), on="title").height == 22


def test_six_occupations_are_paid_by_the_hour(public_data):
    wages = read_wages(public_data / "aei" / "wage_data.csv")
    assert wages.height == 1_090
    assert wages["is_hourly"].sum() == 6
    assert wages["job_zone"].null_count() == 121
