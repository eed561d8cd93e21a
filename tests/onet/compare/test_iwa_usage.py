from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.compare.iwa_usage import read_iwa_usage
from taxonomy.onet.tables import load_onet

HEADER = "IWA,title,share_user,share_ai,completion_user\n"
ROWS = "4.A.1.a.1.I01,Study finances.,0.75,1.0,0.9\n4.A.2.b.2.I14,Design software.,0.25,0.0,\n"


@pytest.fixture
def write(tmp_path):
    def write(content) -> Path:
        path = tmp_path / "iwa_metrics.csv"
        path.write_text(content)
        return path

    return write


def test_shares_of_both_sides_are_read(write, onet):
    table = read_iwa_usage(write(HEADER + ROWS), onet)
    assert table.rows() == [
        ("4.A.1.a.1.I01", "Study finances.", 0.75, 1.0),
        ("4.A.2.b.2.I14", "Design software.", 0.25, 0.0),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (HEADER, "has a header but no rows"),
        ((HEADER + ROWS).replace("share_user", "user_share"), "has no column share_user"),
        ((HEADER + ROWS).replace("0.75", "most"), "share_user should be a number"),
        ((HEADER + ROWS).replace("0.75", "75"), "share_user should lie between 0 and 1"),
        ((HEADER + ROWS).replace(",0.75,", ",,"), "share_user is blank in 1 of 2"),
        (HEADER + ROWS.splitlines()[0], "share_user adds up to 0.750 over 1 rows"),
        (HEADER + ROWS.replace("I14", "I99"), r"1 of 2 IWAs, e.g. 4.A.2.b.2.I99, are not in O"),
        (HEADER + ROWS + ROWS, "iwa_id should differ from row to row"),
        ("<!doctype html><html>", "is a web page"),
    ],
)
def test_a_bad_file_is_one_clear_error(write, onet, content, message):
    with pytest.raises(OnetError, match=message) as caught:
        read_iwa_usage(write(content), onet)
    assert "iwa_metrics.csv" in str(caught.value)


def test_a_missing_file_is_one_clear_error(tmp_path, onet):
    with pytest.raises(OnetError, match="there is nothing at"):
        read_iwa_usage(tmp_path / "iwa_metrics.csv", onet)


def test_the_published_table_has_all_iwas(public_data):
    onet = load_onet(public_data / "onet" / "v29_1")
    path = public_data / "onet" / "microsoft_working_with_ai" / "iwa_metrics.csv"
    table = read_iwa_usage(path, onet)
    assert table.height == 332
    assert table["share_user"].sum() == pytest.approx(1)
