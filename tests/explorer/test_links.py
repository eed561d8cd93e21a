from __future__ import annotations

import re

import pytest


def state(page) -> dict[str, str]:
    return page.evaluate(
        "Object.fromEntries(new URLSearchParams(location.hash.slice(1)).entries())"
    )


def test_a_link_to_a_node_opens_the_branches_above_and_its_details(open_page, toy_page):
    page = open_page(toy_page, "node=n020201")
    assert page.inner_text("#detail-name") == "Install a printer"
    chosen = page.locator('[aria-selected="true"] > .row > .name').inner_text()
    assert chosen == "Install a printer"


def test_a_link_may_name_a_node_by_its_code(open_page, toy_page):
    assert open_page(toy_page, "node=02.02.01").inner_text("#detail-name") == "Install a printer"


def test_every_state_is_a_link(open_page, toy_page):
    told = "view=table&node=n0101&q=write&level=1&sort=-name&share=5&from=10&to=90"
    page = open_page(toy_page, told)
    assert page.input_value("#q") == "write"
    assert page.input_value("#level") == "1"
    assert page.input_value("#sort") == "name"
    assert page.get_attribute("#reverse", "aria-pressed") == "true"
    assert [page.input_value(f"#{name}") for name in ("share", "from", "to")] == ["5", "10", "90"]
    assert page.locator("tbody th").all_inner_texts() == ["Write letters"]
    page.click(".views >> text=Tree")
    page.wait_for_selector(".tree")
    assert state(page) == {**dict(part.split("=") for part in told.split("&")), "view": "tree"} | {
        "open": "01"
    }


def test_back_and_forward_go_through_what_was_shown(open_page, toy_page):
    page = open_page(toy_page)
    page.click("text=Table")
    page.click("tbody >> text=Fix software")
    page.wait_for_selector("#detail-name >> text=Fix software")
    page.go_back()
    page.wait_for_selector("#detail", state="hidden")
    assert state(page)["view"] == "table"
    page.go_back()
    page.wait_for_selector(".tree")
    page.go_forward()
    page.go_forward()
    page.wait_for_selector("#detail-name >> text=Fix software")


def test_typing_leaves_no_steps_to_go_back_through(open_page, toy_page):
    page = open_page(toy_page)
    before = page.evaluate("history.length")
    for letters in ("p", "pr", "pri"):
        page.fill("#q", letters)
        page.wait_for_function(f"() => location.hash.endsWith('q={letters}')")
    assert page.evaluate("history.length") == before


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("node=n999999", "n999999, which is not in this release"),
        ("view=sunburst", "view sunburst, which this page does not have"),
        ("share=lots", "share lots, which is not a percentage"),
        ("level=7&view=table", "level 7, which this page does not have"),
    ],
)
def test_a_stale_link_gives_a_message_and_a_page_all_the_same(open_page, toy_page, link, words):
    page = open_page(toy_page, link)
    assert words in page.inner_text("#notice")
    assert page.locator("#view .row, #view tbody tr").count() >= 3


def test_a_link_copied_from_a_node_leads_to_it(open_page, toy_page):
    page = open_page(toy_page, "node=n01&q=write&view=table")
    assert page.get_attribute(".address a", "href") == "#view=tree&node=n01"
    page.click("text=Copy link")
    # Copied, or where the browser forbids it, the address to be copied by hand.
    said = page.locator(".address [role=status]")
    said.filter(has_text=re.compile("copied|#view=tree&node=n01")).wait_for()


def test_the_title_of_the_window_names_the_node(open_page, toy_page):
    assert open_page(toy_page, "node=n02").title() == "Fix software · Taxonomy 2026-11"


@pytest.mark.parametrize(
    "hash_part",
    ["toString=1", "constructor=x", "__proto__=x", "node=__proto__", "q=%E0%A4%A", "at=1e400,1,2"],
)
def test_a_link_of_any_kind_still_shows_the_page(open_page, toy_page, hash_part):
    page = open_page(toy_page, hash_part)
    assert page.inner_text("#status") != ""


def test_a_link_as_long_as_one_likes_is_answered_in_a_few_words(open_page, toy_page):
    page = open_page(toy_page, f"node={'x' * 50_000}&q={'a+' * 20_000}")
    assert len(page.inner_text("#notice")) < 200
    assert page.inner_text("#status").startswith("9 nodes match")


@pytest.mark.parametrize("view", ["tree", "table", "overview", "map"])
@pytest.mark.parametrize("node", ["n03", "n030101", "n020202"])
def test_a_suppressed_node_is_called_so_in_every_view(open_page, toy_page, view, node):
    page = open_page(toy_page, f"view={view}&node={node}&zoom={node}")
    assert "suppressed" in page.inner_text("#detail-name")
    assert "null" not in page.inner_html("#app")
