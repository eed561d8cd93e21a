from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path


def download(page, button: str) -> tuple[str, str]:
    """The name and the text of the file that a button makes."""
    with page.expect_download() as waiting:
        page.click(button)
    file = waiting.value
    return file.suggested_filename, Path(file.path()).read_text(encoding="utf-8-sig")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_the_rows_shown_come_as_csv_with_numbers_and_blanks(open_page, toy_page):
    name, text = download(open_page(toy_page, "view=table&level=1&sort=-code"), "#csv")
    rows = rows_of(text)
    assert name == "taxonomy-2026-11-table.csv"
    assert [row["code"] for row in rows] == ["02.02", "02.01", "01.01"]
    assert rows[2]["conversation_share"] == "0.6"
    assert rows[2]["n_conversations"] == "600"
    assert rows[1]["automation_share"] == ""
    assert rows[2]["parent_code"] == "01"


def test_suppressed_nodes_come_as_suppressed_where_all_is_shown(open_page, toy_page):
    rows = rows_of(download(open_page(toy_page), "#csv")[1])
    assert len(rows) == 13
    assert rows[-1]["status"] == "suppressed"
    assert rows[-1]["name"] == ""


def test_a_name_that_looks_like_a_formula_is_text_in_the_csv(
    open_page, write_page, hostile_release
):
    page = open_page(write_page(hostile_release, "hostile"), "view=table&level=0")
    names = [row["name"] for row in rows_of(download(page, "#csv")[1])]
    assert names[2].startswith("'=HYPERLINK(")
    assert names[0] == "<script>document.title = 'taken over'</script>"


def test_a_picture_brings_the_rows_that_it_shows(open_page, toy_page):
    rows = rows_of(download(open_page(toy_page, "view=overview&q=printer"), "#csv")[1])
    assert [row["code"] for row in rows] == ["02", "02.02"]


def test_a_picture_comes_as_an_svg_that_stands_by_itself(open_page, toy_page, tmp_path):
    for view, shapes in (("overview", 5), ("map", 4)):
        name, text = download(open_page(toy_page, f"view={view}"), "#svg")
        assert name == f"taxonomy-2026-11-{view}.svg"
        assert "class=" not in text
        assert "style=" not in text
        root = ET.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        labelled = [shape for shape in root.iter() if shape.get("aria-label")]
        assert len([shape for shape in labelled if shape is not root]) == shapes
        texts = root.findall(".//{http://www.w3.org/2000/svg}text")
        assert all(text.get("fill") and text.get("font-family") for text in texts)


def test_a_downloaded_picture_opens_in_a_browser(
    open_page, toy_page, browser, tmp_path, wait_for_count
):
    file = tmp_path / "map.svg"
    file.write_text(download(open_page(toy_page, "view=map"), "#svg")[1], encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    wait_for_count(page.locator("circle"), 4)
    page.close()
