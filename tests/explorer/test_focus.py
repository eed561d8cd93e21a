"""What has the focus keeps it, or hands it to what is nearest, whatever is drawn anew."""

from __future__ import annotations

import pytest


def follow(page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def wait_for_focus(page, condition: str) -> None:
    page.wait_for_function(f"() => {{ const a = document.activeElement; return {condition}; }}")


def has_focus(page, selector: str) -> None:
    wait_for_focus(page, f"a.matches({selector!r})")


@pytest.mark.parametrize("link", [".children a", ".path a", ".siblings a"])
def test_a_link_of_the_details_leads_to_the_name_of_the_next_node(open_page, toy_page, link):
    page = open_page(toy_page, "view=table&node=n0202")
    follow(page, f"#detail {link}")
    page.wait_for_function("() => !location.hash.includes('node=n0202&')")
    has_focus(page, "#detail-name")


@pytest.mark.parametrize(
    ("view", "selector"),
    [("table", 'tr[data-index="4"] a'), ("tree", 'li[data-index="4"]'), ("map", "circle")],
)
def test_closed_details_hand_the_focus_to_their_node(open_page, toy_page, view, selector):
    page = open_page(toy_page, f"view={view}&node=n02")
    follow(page, "#detail .close")
    has_focus(page, selector)


def test_on_a_phone_the_focus_goes_into_the_details_and_back(open_page, toy_page):
    page = open_page(toy_page, "view=table", width=320, height=640)
    follow(page, 'tr[data-index="4"] a')
    has_focus(page, "#detail-name")
    follow(page, "#detail .close")
    has_focus(page, 'tr[data-index="4"] a')


def test_on_a_phone_a_cluster_of_the_overview_leads_to_its_details(open_page, toy_page):
    page = open_page(toy_page, "view=overview&zoom=n0202", width=320, height=640)
    page.click(".cell")
    has_focus(page, "#detail-name")


def test_the_path_of_a_picture_leaves_the_focus_in_the_picture(open_page, toy_page):
    page = open_page(toy_page, "view=overview&zoom=n0202")
    follow(page, "figure .path a")
    has_focus(page, ".cell")


def test_what_was_opened_stays_open_and_new_details_start_at_their_top(
    open_page, toy_page, wait_for_count
):
    page = open_page(toy_page, "view=overview&node=n010101", height=300)
    page.click("#detail summary >> text=Tasks")
    page.click(".behind summary")
    page.wait_for_selector(".behind table")
    page.evaluate("document.getElementById('detail').scrollTop = 150")
    page.click('.behind a >> text="Fix software"')
    page.wait_for_selector("#detail-name >> text=Fix software")
    assert page.evaluate("document.getElementById('detail').scrollTop") == 0
    assert page.is_visible(".behind table")
    page.goto(page.url.replace("n02", "n010101"))
    page.wait_for_selector("#detail-name >> text=Draft")
    wait_for_count(page.locator("#detail details[open]"), 1)


def test_back_takes_the_form_back_even_where_one_is_in_it(open_page, toy_page):
    page = open_page(toy_page, "view=table")
    page.focus("#level")
    page.select_option("#level", "1")
    page.go_back()
    page.wait_for_function("() => document.getElementById('level').value === ''")


def test_what_was_typed_is_kept_by_who_goes_on_at_once(open_page, toy_page):
    page = open_page(toy_page)
    page.evaluate(
        """() => {
          const q = document.getElementById("q");
          q.value = "python";
          q.dispatchEvent(new Event("input", { bubbles: true }));
          document.querySelector(".tree .name").click();
        }"""
    )
    assert page.input_value("#q") == "python"
    assert page.inner_text("#status").startswith("2 nodes match")


def test_a_map_is_not_reset_by_who_chooses_right_after_enlarging_it(open_page, toy_page):
    page = open_page(toy_page, "view=map")
    page.evaluate(
        """() => {
          const press = (key) => document.querySelector('circle[tabindex="0"]')
            .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          press("+");
          press("Enter");
        }"""
    )
    assert page.is_visible(".map.enlarged")
    assert "at=" in page.get_attribute(".views [data-view=tree]", "href")
