from __future__ import annotations

from itertools import pairwise

import pytest

STATES = {
    "tree": "view=tree&open=01+01.01&node=n010101&q=letter",
    "table": "view=table&node=n0201",
    "overview": "view=overview&node=n02",
    "map": "view=map&colour=automation&q=printer",
    "stale": "view=tree&node=gone&level=0&share=90",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_serious(open_page, toy_page, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    page = open_page(toy_page, STATES[name], color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    violations = axe.Axe().run(page).response["violations"]
    serious = [
        (found["id"], found["nodes"][0]["html"])
        for found in violations
        if found["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_the_skip_link_is_first_and_leads_to_the_content(open_page, toy_page):
    page = open_page(toy_page, "view=table")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert "view=table" in page.evaluate("location.hash")


def test_headings_go_down_one_step_at_a_time(open_page, toy_page):
    page = open_page(toy_page, "view=overview&node=n01")
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_has_the_focus_has_an_outline(open_page, toy_page):
    page = open_page(toy_page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"
