from __future__ import annotations


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def names(page) -> list[str]:
    return page.locator(".tree .name").all_text_contents()


def test_the_tree_starts_with_its_broadest_nodes_and_their_shares(open_page, toy_page):
    page = open_page(toy_page)
    assert names(page)[:2] == ["Write and edit texts", "Fix software"]
    assert page.locator(".tree .share").all_inner_texts() == ["60.0%", "40.0%"]
    assert page.inner_text("#status") == (
        "All nodes: 3 level-2 nodes, 4 level-1 nodes, 6 clusters (4 suppressed)."
    )


def test_a_branch_is_drawn_when_it_is_opened(open_page, toy_page, wait_for_count):
    page = open_page(toy_page)
    wait_for_count(page.locator('[role="treeitem"]'), 3)
    page.click('[role="treeitem"][data-index="0"] > .row > .twisty')
    wait_for_count(page.locator('[role="treeitem"]'), 4)
    page.click('[role="treeitem"][data-index="0"] > .row > .twisty')
    wait_for_count(page.locator('[role="treeitem"]'), 3)


def test_a_suppressed_node_is_shown_as_such_with_its_floor(open_page, toy_page):
    page = open_page(toy_page)
    words = "suppressed (below the floor of 15 conversations and 5 users)"
    assert names(page)[2] == words
    page.click(f"text={words}")
    assert "neither its name nor its numbers are published" in page.inner_text("#detail")


def test_the_pattern_bar_has_a_part_for_each_pattern_and_a_hatched_one_for_the_rest(
    open_page, toy_page
):
    page = open_page(toy_page)
    bar = page.locator('[data-index="0"] > .row > .patterns')
    # Directive 0.5, learning 0.375, none 0.05; the rest is suppressed.
    assert bar.get_attribute("aria-label") == "directive 50.0%, learning 37.5%, none 5.00%"
    widths = bar.locator(".part").evaluate_all("parts => parts.map((part) => part.style.width)")
    assert [float(width.rstrip("%")) for width in widths] == [50, 37.5, 5, 7.5]


def test_arrow_keys_walk_open_and_close_the_tree(open_page, toy_page, wait_for_count):
    page = open_page(toy_page)
    page.locator('[role="treeitem"][tabindex="0"]').focus()
    assert focused(page).startswith("01 Write and edit texts")
    page.keyboard.press("ArrowRight")  # opens
    assert focused(page).startswith("01 Write and edit texts")
    page.keyboard.press("ArrowRight")  # steps in
    assert focused(page).startswith("01.01 Write letters")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("02 Fix software")
    page.keyboard.press("End")
    assert focused(page).startswith("03, suppressed")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")  # closes
    wait_for_count(page.locator('[role="treeitem"]'), 3)
    page.keyboard.press("f")
    assert focused(page).startswith("02 Fix software")
    page.keyboard.press("*")  # opens all its siblings
    wait_for_count(page.locator('[role="treeitem"]'), 7)
    page.keyboard.press("Enter")
    assert page.inner_text("#detail-name") == "Fix software"
    assert focused(page).startswith("02 Fix software")


def test_left_goes_to_the_parent(open_page, toy_page):
    page = open_page(toy_page, "view=tree&open=01+01.01")
    page.locator('[role="treeitem"][tabindex="0"]').focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert focused(page).startswith("01.01.01 Draft a cover letter")
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith("01.01 Write letters")


def test_the_tree_is_one_stop_of_the_tab_key_and_tells_its_places(
    open_page, toy_page, wait_for_count
):
    page = open_page(toy_page, "view=tree&open=01")
    wait_for_count(page.locator('[role="tree"] [tabindex="0"]'), 1)
    item = page.locator('[role="treeitem"][data-index="1"]')
    told = {name: item.get_attribute(f"aria-{name}") for name in ("level", "setsize", "posinset")}
    assert told == {"level": "2", "setsize": "1", "posinset": "1"}


def test_everything_opens_and_closes_at_a_button(open_page, toy_page, wait_for_count):
    page = open_page(toy_page)
    page.click("text=Open all")
    wait_for_count(page.locator('[role="treeitem"]'), 13)
    page.click("text=Close all")
    wait_for_count(page.locator('[role="treeitem"]'), 3)
    page.click("text=Open level 1")
    wait_for_count(page.locator('[role="treeitem"]'), 7)


def test_siblings_stand_in_the_order_that_is_asked_for(open_page, toy_page):
    page = open_page(toy_page)
    page.select_option("#sort", "automation_share")
    assert names(page)[:2] == ["Write and edit texts", "Fix software"]
    page.click("#reverse")
    # What has no value comes last either way.
    assert names(page)[:2] == ["Fix software", "Write and edit texts"]
    assert names(page)[2].startswith("suppressed")
    page.select_option("#sort", "name")
    assert names(page)[:2] == ["Fix software", "Write and edit texts"]
