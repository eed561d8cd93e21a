from __future__ import annotations


def column(page, key: str) -> list[str]:
    heads = page.locator("thead th button").evaluate_all(
        "buttons => buttons.map((b) => b.dataset.sort)"
    )
    place = heads.index(key) + 1
    return page.locator(f"tbody tr > :nth-child({place})").all_inner_texts()


def sorts(page) -> dict[str, str]:
    return dict(
        page.locator("thead th[aria-sort]").evaluate_all(
            "heads => heads.map((h) => [h.querySelector('button').dataset.sort, h.ariaSort])"
        )
    )


def test_the_table_has_every_known_measure_and_says_what_is_suppressed(
    open_page, toy_page, wait_for_count
):
    page = open_page(toy_page, "view=table&level=1")
    assert column(page, "conversation_share") == ["60.0%", "30.0%", "10.0%"]
    assert column(page, "n_users") == ["200", "80", "20"]
    assert column(page, "automation_share") == ["50.0%", "suppressed", "25.0%"]
    # No conversation says whether thinking was on: there is no column of blanks.
    wait_for_count(page.locator('[data-sort="thinking_share"]'), 0)
    assert "rests on fewer than 15 conversations" in page.inner_text("#view")


def test_a_click_or_the_keyboard_sorts_and_the_order_is_told(open_page, toy_page):
    page = open_page(toy_page, "view=table&level=1")
    page.click('[data-sort="n_users"]')
    assert column(page, "n_users") == ["200", "80", "20"]
    assert sorts(page)["n_users"] == "descending"
    page.keyboard.press("Enter")  # the button has the focus still
    assert column(page, "n_users") == ["20", "80", "200"]
    assert sorts(page)["n_users"] == "ascending"
    assert sorts(page)["name"] == "none"
    page.focus('[data-sort="automation_share"]')
    page.keyboard.press("Space")
    assert column(page, "automation_share") == ["50.0%", "25.0%", "suppressed"]
    page.keyboard.press("Space")
    assert column(page, "automation_share") == ["25.0%", "50.0%", "suppressed"]


def test_a_name_leads_to_the_details_and_its_row_is_marked(open_page, toy_page):
    page = open_page(toy_page, "view=table&level=0")
    page.click("tbody >> text=Install a printer")
    page.wait_for_selector("#detail-name >> text=Install a printer")
    assert page.locator("tr.chosen th").inner_text() == "Install a printer"
    assert page.inner_text("tr.chosen").endswith("Computer and Mathematical")


def test_the_head_of_a_share_says_of_what_and_that_of_a_count_says_nothing(open_page, toy_page):
    page = open_page(toy_page, "view=table")
    title = page.get_attribute("[data-sort=conversation_share]", "title")
    assert title == "Share of: conversations in published clusters"
    assert page.get_attribute("[data-sort=n_users]", "title") is None
