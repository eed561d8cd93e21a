from __future__ import annotations

from dataclasses import replace

import polars as pl


def section(page, title: str) -> str:
    return page.inner_text(f'#detail section:has(> h3:text-is("{title}"))')


def test_every_number_of_a_node_stands_with_its_base(open_page, toy_page):
    page = open_page(toy_page, "node=n0101")
    numbers = section(page, "How much").splitlines()
    assert numbers[1:5] == ["Conversations", "600", "Users", "200"]
    assert numbers[5:] == [
        "Share of conversations",
        "60.0%",
        "of conversations in published clusters",
    ]
    patterns = section(page, "Collaboration patterns")
    assert "directive 50.0%" in patterns
    assert "feedback loop suppressed" in patterns
    assert "Of conversations of the node with a collaboration label." in patterns
    assert "unknown in this release" in section(page, "Extended thinking")


def test_a_suppressed_number_says_under_which_floor_it_is(open_page, toy_page):
    words = section(open_page(toy_page, "node=n0201"), "Collaboration patterns")
    assert "suppressed (rests on fewer than 15 conversations or 5 users)" in words


def test_onet_links_have_weight_relation_confidence_and_the_rest(open_page, toy_page):
    page = open_page(toy_page, "node=n010101")
    words = section(page, "O*NET 30.1")
    assert "60.0%\nWrite letters.\nclose · confidence 0.50" in words
    assert "40.0%\nunplaced: on nothing that is listed" in words
    assert "80.0%\nArts, Design, Entertainment, Sports, and Media" in words
    page = open_page(toy_page, "node=n020201")
    assert "nothing in O*NET fits" in section(page, "O*NET 30.1")


def test_a_release_without_onet_says_how_to_get_it(open_page, write_page, toy_release):
    bare = replace(toy_release, crosswalk=None, onet_tasks=None, onet_version=None)
    page = open_page(write_page(bare, "bare"), "node=n0101")
    assert "taxonomy onet crosswalk" in section(page, "O*NET")
    page.click(".filters > summary")
    assert not page.is_visible("#group")


def test_a_table_with_one_task_a_cluster_shows_it_without_a_weight(
    open_page, write_page, toy_release
):
    tasks = pl.DataFrame({"node_id": ["n010101"], "onet_task": ["Write letters."]})
    single = replace(toy_release, crosswalk=None, onet_version=None, onet_tasks=tasks)
    path = write_page(single, "single")
    words = section(open_page(path, "node=n010101"), "O*NET")
    assert "Write letters." in words
    assert "%" not in words
    assert "75.0%\nWrite letters." in section(open_page(path, "node=n01"), "O*NET")


def test_one_goes_from_a_node_to_its_path_children_and_siblings(open_page, toy_page):
    page = open_page(toy_page, "node=n0201")
    page.click("#detail >> text=Debug a Python traceback")
    page.wait_for_selector("#detail-name >> text=Debug a Python traceback")
    page.click("#detail nav >> text=Fix software")
    page.wait_for_selector("#detail-name >> text=Fix software")
    page.click("#detail >> text=Previous: 01")
    page.wait_for_selector("#detail-name >> text=Write and edit texts")
    assert "Below it (1)" in page.inner_text("#detail")


def test_closing_the_details_gives_the_focus_back_to_the_tree(open_page, toy_page):
    page = open_page(toy_page, "node=n02")
    page.click("text=Close >> nth=-1")
    assert not page.is_visible("#detail")
    label = page.evaluate("document.activeElement.ariaLabel")
    assert label.startswith("02 Fix software")
