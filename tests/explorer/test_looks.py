from __future__ import annotations

import pytest

VIEWS = ("tree", "table", "overview", "map")
STATES = (*(f"view={view}" for view in VIEWS), "view=tree&open=01+01.01&node=n010102&q=lettre")


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("state", STATES)
def test_a_phone_of_320_pixels_needs_no_sideways_scrolling(open_page, toy_page, state):
    page = open_page(toy_page, state, width=320, height=640)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_on_a_phone_the_details_take_the_place_of_the_tree_until_closed(open_page, toy_page):
    page = open_page(toy_page, width=320, height=640)
    page.click("text=Fix software")
    assert page.evaluate("document.activeElement.id") == "detail-name"
    assert not page.is_visible(".tree")
    page.click("#detail >> text=Close")
    assert page.is_visible(".tree")


def test_on_a_phone_what_is_pressed_is_at_least_24_pixels_high(open_page, toy_page):
    page = open_page(toy_page, "view=tree", width=320, height=640)
    low = page.locator("button, select, input, summary, .views a, .row").evaluate_all(
        "all => all.filter((part) => part.offsetParent && part.getBoundingClientRect().height < 24)"
        ".map((part) => part.outerHTML)"
    )
    assert low == []


def test_the_page_follows_the_colour_scheme(open_page, toy_page):
    light = background(open_page(toy_page, color_scheme="light"))
    dark = background(open_page(toy_page, color_scheme="dark"))
    assert light == "rgb(255, 255, 255)"
    assert dark == "rgb(23, 24, 26)"


def test_the_print_has_the_tree_with_its_descriptions_and_no_controls(open_page, toy_page):
    page = open_page(toy_page, "view=tree&open=01&node=n01", color_scheme="dark")
    page.emulate_media(media="print")
    assert background(page) == "rgb(255, 255, 255)"
    assert page.is_visible(".row .name >> text=Write letters")
    space = page.locator(".row .about").first.evaluate("part => getComputedStyle(part).whiteSpace")
    assert space == "normal"
    assert page.is_visible(".legend")
    for part in (".controls", ".views", ".skip", "#detail .close", "text=Open all"):
        assert not page.is_visible(part)


def test_in_forced_colours_the_pictures_keep_theirs(open_page, toy_page):
    page = open_page(toy_page, "view=overview", forced_colors="active")
    kept = page.locator(".cell rect").first.evaluate("part => getComputedStyle(part).fill")
    assert kept.startswith("rgb")
    assert page.is_visible("text=Automation:")


def test_nothing_moves_for_who_wants_no_motion(open_page, toy_page):
    page = open_page(toy_page, "view=map", reduced_motion="reduce")
    dot = page.locator(".dot").first
    assert dot.evaluate("part => getComputedStyle(part).transitionDuration") == "0s"


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_names_are_shown_and_not_run(
    open_page, write_page, hostile_release, view, wait_for_count
):
    path = write_page(hostile_release, "hostile")
    state = f"view={view}&open=01+01.01&node=n010101&zoom=n0101"
    page = open_page(path, state, width=320, height=640)
    assert page.inner_text("#detail-name") == "<script>document.title = 'taken over'</script>"
    assert "taken over'</script> · Taxonomy" in page.title()
    wait_for_count(page.locator("#view img, #view script, #detail script"), 0)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_policy_stops_a_script_that_would_get_in_all_the_same(browser, toy_page, tmp_path):
    spoilt = tmp_path / "spoilt.html"
    attack = "document.title='run'"
    injected = f'<body><img src=x onerror="{attack}"><script>{attack}</script>'
    page_text = toy_page.read_text(encoding="utf-8")
    spoilt.write_text(page_text.replace("<body>", injected), encoding="utf-8")
    page = browser.new_page()
    page.goto(spoilt.as_uri())
    page.wait_for_selector("body.ready")
    assert page.title() == "Taxonomy 2026-11"
    page.close()


def test_2000_nodes_are_searched_opened_and_drawn(
    open_page, write_page, large_release, wait_for_count
):
    page = open_page(write_page(large_release, "large"))
    page.fill("#q", "subject 20 9 10")
    page.wait_for_selector("text=1 node matches: 1 cluster.")
    page.click("#reset")
    page.click("text=Open all")
    wait_for_count(page.locator('[role="treeitem"]'), 2_000)
    page.click("text=Table")
    wait_for_count(page.locator("tbody tr"), 2_000)
    page.click("text=Map")
    wait_for_count(page.locator(".dot"), 1_800)


def test_without_scripts_the_names_are_there(browser, toy_page):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(toy_page.as_uri())
    assert "01.01.01 Draft a cover letter 45.00%" in page.inner_text("noscript")
    assert not page.is_visible("#q")
    context.close()
