from __future__ import annotations

from dataclasses import replace


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label')") or ""


def cells(page) -> list[str]:
    labels = page.locator(".cell").evaluate_all("cells => cells.map((c) => c.ariaLabel)")
    return [label.split(" ")[0] for label in labels]


def test_the_overview_shows_levels_2_and_1_by_share(open_page, toy_page):
    page = open_page(toy_page, "view=overview")
    assert cells(page) == ["01", "01.01", "02", "02.01", "02.02"]
    heights = page.locator(".cell rect").evaluate_all(
        "rects => rects.map((r) => r.height.baseVal.value)"
    )
    assert [round(height / sum(heights[:1] + heights[2:3]), 2) for height in heights] == [
        0.6,
        0.6,
        0.4,
        0.3,
        0.1,
    ]


def test_a_click_zooms_in_down_to_the_clusters_and_the_path_leads_back(open_page, toy_page):
    page = open_page(toy_page, "view=overview")
    page.click('.cell[data-index="4"]')
    assert cells(page) == ["02.01", "02.01.01", "02.02", "02.02.01"]
    assert page.inner_text("#detail-name") == "Fix software"
    page.click('.cell[data-index="7"]')
    assert cells(page) == ["02.02.01"]
    page.click("figure .path >> text=Fix software")
    page.wait_for_selector(".cell >> nth=1")
    assert cells(page)[0] == "02.01"
    page.click("figure .path >> text=All")
    page.wait_for_selector(".cell >> nth=4")
    assert cells(page)[0] == "01"


def test_the_overview_is_walked_with_the_arrow_keys_and_zoomed_with_enter_and_escape(
    open_page, toy_page
):
    page = open_page(toy_page, "view=overview")
    page.locator('.icicle [tabindex="0"]').focus()
    assert focused(page).startswith("01 Write and edit texts, 60.0%")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("02.01 Debug Python programs")
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith("02 Fix software")
    page.keyboard.press("Enter")
    assert focused(page).startswith("02.01 Debug Python programs")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert cells(page) == ["02.02.01"]
    page.keyboard.press("Escape")
    assert focused(page).startswith("02.02 Set up computers")
    page.keyboard.press("Backspace")
    assert focused(page).startswith("02 Fix software")
    assert cells(page)[0] == "01"


def test_what_is_not_shown_is_hatched_and_said(open_page, toy_page):
    page = open_page(toy_page, "view=overview")
    assert page.get_attribute('.cell[data-index="5"] rect', "fill") == "url(#hatching)"
    assert "automation not shown" in page.locator('.cell[data-index="5"]').text_content()
    caption = page.inner_text("figcaption")
    assert "n = 1,000" in caption
    assert "4 nodes are below the floor of 15 conversations and 5 users and not drawn" in caption


def test_each_picture_has_its_data_as_a_table_behind_it(open_page, toy_page, wait_for_count):
    for view, rows in (("overview", 5), ("map", 4)):
        page = open_page(toy_page, f"view={view}")
        wait_for_count(page.locator("figure table"), 0)
        page.click(".behind > summary")
        page.wait_for_selector("figure table")
        wait_for_count(page.locator("figure tbody tr"), rows)


def test_a_tip_follows_the_pointer_and_goes_with_escape(open_page, toy_page):
    page = open_page(toy_page, "view=overview")
    page.hover('.cell[data-index="4"]')
    assert page.inner_text("#tip").splitlines() == [
        "02 Fix software",
        "40.0% of conversations",
        "automation 25.0%",
    ]
    page.keyboard.press("Escape")
    assert not page.is_visible("#tip")


def radius(page, index: int) -> float:
    return float(page.get_attribute(f'.dot[data-index="{index}"]', "r"))


def test_circles_of_the_map_are_sized_by_share(open_page, toy_page, wait_for_count):
    page = open_page(toy_page, "view=map")
    wait_for_count(page.locator(".dot"), 4)
    # 0.45 and 0.15 of the conversations: three times the area.
    assert round((radius(page, 2) / radius(page, 3)) ** 2, 1) == 3.0


def test_the_map_is_enlarged_by_wheel_buttons_and_keys_and_the_address_says_so(open_page, toy_page):
    page = open_page(toy_page, "view=map")
    start = radius(page, 2)
    page.click('[aria-label="Zoom in"]')
    assert radius(page, 2) > start
    page.click('[aria-label="Show all"]')
    assert radius(page, 2) == start
    page.locator('.map [tabindex="0"]').focus()
    page.keyboard.press("+")
    assert radius(page, 2) > start
    page.keyboard.press("0")
    assert radius(page, 2) == start
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(400)  # the address follows when the wheel rests
    assert radius(page, 2) > start
    again = open_page(toy_page, page.evaluate("location.hash.slice(1)"))
    assert abs(radius(again, 2) - radius(page, 2)) < 0.2


def test_the_enlarged_map_is_moved_by_dragging(open_page, toy_page):
    page = open_page(toy_page, "view=map&at=0.5,0.2,3")
    before = float(page.get_attribute('.dot[data-index="2"]', "cx"))
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 340, box["y"] + 200, steps=4)
    page.mouse.up()
    after = float(page.get_attribute('.dot[data-index="2"]', "cx"))
    assert abs(after - before - 40) < 8
    assert not page.is_visible("#detail")


def test_arrow_keys_go_from_cluster_to_cluster_and_enter_chooses(open_page, toy_page):
    page = open_page(toy_page, "view=map")
    page.locator('.map [tabindex="0"]').focus()
    assert focused(page).startswith("01.01.01")
    page.keyboard.press("ArrowRight")
    assert not focused(page).startswith("01.01.01")
    chosen = focused(page).split(",")[0]
    page.keyboard.press("Enter")
    assert page.inner_text("#detail-name") in chosen
    assert focused(page).startswith(chosen)


def test_a_press_near_a_circle_or_on_a_name_chooses_it(open_page, toy_page, wait_for_count):
    page = open_page(toy_page, "view=map")
    box = page.locator(".map").bounding_box()
    circle = {
        name: float(page.get_attribute('.dot[data-index="8"]', name)) for name in ("cx", "cy", "r")
    }
    page.mouse.click(box["x"] + circle["cx"], box["y"] + circle["cy"] - circle["r"] - 12)
    assert page.inner_text("#detail-name") == "Install a printer"
    page.click('[data-label="0"]')
    assert page.inner_text("#detail-name") == "Write and edit texts"
    wait_for_count(page.locator(".dot.chosen"), 2)


def test_circles_are_coloured_by_broad_node_or_by_automation(open_page, toy_page):
    page = open_page(toy_page, "view=map")
    fills = "dots => dots.map((dot) => dot.getAttribute('fill'))"
    colours = page.locator(".dot").evaluate_all(fills)
    assert len(set(colours)) == 2
    page.select_option("#colour", "automation")
    assert page.get_attribute('.dot[data-index="6"]', "fill") == "none"
    assert "blank" in page.get_attribute('.dot[data-index="6"]', "class")
    assert "Automation:" in page.inner_text(".legend")


def test_a_release_without_a_map_says_why_and_what_to_do(open_page, write_page, toy_release):
    page = open_page(write_page(replace(toy_release, places=None), "unmapped"), "view=map")
    assert "This release has no map" in page.inner_text("#view")
    assert "taxonomy build" in page.inner_text("#view")
    assert not page.is_visible("#svg")
