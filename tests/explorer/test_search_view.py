from __future__ import annotations


def search(page, words: str) -> None:
    page.fill("#q", words)
    page.wait_for_function(
        "words => new URLSearchParams(location.hash.slice(1)).get('q') === (words || null)",
        arg=words,
    )


def found(page) -> list[str]:
    """The names that match, without those that only lead to them."""
    return page.locator('[role="treeitem"]:not(.leads) > .row > .name').all_text_contents()


def test_search_finds_as_one_types_and_opens_what_leads_there(open_page, toy_page, wait_for_count):
    page = open_page(toy_page)
    search(page, "printer")
    assert found(page) == ["Install a printer"]
    wait_for_count(page.locator('[role="treeitem"]'), 3)
    assert page.inner_text("#status") == "1 node matches: 1 cluster."
    assert page.get_attribute("#status", "role") == "status"
    search(page, "")
    wait_for_count(page.locator('[role="treeitem"]'), 3)
    assert page.inner_text("#status").startswith("All nodes")


def test_search_ignores_case_and_accents_and_marks_what_it_found(open_page, toy_page):
    page = open_page(toy_page)
    search(page, "REDIGER")
    assert found(page) == ["Rédiger une lettre de motivation"]
    assert page.locator(".tree .name mark").all_text_contents() == ["Rédiger"]


def test_search_reads_descriptions_and_wants_every_word(open_page, toy_page):
    page = open_page(toy_page)
    search(page, "asked traceback")
    assert found(page) == ["Debug a Python traceback"]
    assert "asked" in page.locator(".about.found mark").first.inner_text()
    search(page, "traceback printer")
    assert page.inner_text("#status").startswith("Nothing matches.")


def test_a_slash_comes_to_the_search_from_anywhere(open_page, toy_page):
    page = open_page(toy_page)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("a/b")
    assert page.input_value("#q") == "a/b"


def test_filters_leave_what_is_asked_for_and_say_what_is_hidden(open_page, toy_page):
    page = open_page(toy_page)
    page.select_option("#level", "0")
    assert len(found(page)) == 4
    page.click(".filters > summary")
    page.fill("#share", "20")
    page.press("#share", "Enter")
    assert found(page) == ["Draft a cover letter", "Debug a Python traceback"]
    page.fill("#from", "30")
    page.press("#from", "Tab")
    assert found(page) == ["Draft a cover letter"]
    status = page.inner_text("#status")
    assert "1 node is left out because a number asked about is suppressed" in status
    assert "2 suppressed nodes are left out" in status
    assert page.inner_text("#n-filters") == " (2 on)"
    page.click("#reset")
    assert page.inner_text("#status").startswith("All nodes")
    assert page.input_value("#share") == ""


def test_the_group_filter_goes_by_the_heaviest_group(open_page, toy_page):
    page = open_page(toy_page, "view=table&level=0&group=27")
    assert page.locator("tbody th").all_inner_texts() == ["Draft a cover letter"]
    options = page.locator("#group option").all_text_contents()
    assert options == [
        "Any",
        "15 Computer and Mathematical",
        "25 Educational Instruction and Library",
        "27 Arts, Design, Entertainment, Sports, and Media",
    ]


def test_a_filter_that_the_release_cannot_answer_is_not_offered(open_page, toy_page):
    page = open_page(toy_page)
    page.click(".filters > summary")
    assert page.is_visible("#share")
    assert not page.is_visible("#thinking")


def test_a_number_that_is_no_percentage_is_not_taken(open_page, toy_page):
    page = open_page(toy_page)
    page.click(".filters > summary")
    page.fill("#share", "140")
    page.press("#share", "Tab")
    assert "share=" not in page.evaluate("location.hash")


def test_pictures_keep_what_does_not_match_but_faintly(open_page, toy_page, wait_for_count):
    page = open_page(toy_page, "view=overview&q=printer")
    wait_for_count(page.locator(".cell"), 5)
    wait_for_count(page.locator(".cell.faint"), 3)
    page = open_page(toy_page, "view=map&q=printer")
    wait_for_count(page.locator(".dot"), 4)
    wait_for_count(page.locator(".dot.faint"), 3)
