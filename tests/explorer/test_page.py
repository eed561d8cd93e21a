from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from taxonomy.errors import ReleaseError
from taxonomy.explorer import explorer_html
from taxonomy.explorer.outline import outline_list
from taxonomy.explorer.page import embedded_json, script_text


class Elements(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def toy_html(toy_release) -> str:
    return explorer_html(toy_release)


@pytest.fixture(scope="module")
def hostile_html(hostile_release) -> str:
    return explorer_html(hostile_release)


def test_equal_releases_give_equal_pages(toy_release, toy_html):
    assert explorer_html(toy_release) == toy_html


def test_the_policy_allows_the_one_script_and_the_one_style_and_nothing_from_outside(toy_html):
    policy = next(a["content"] for _, a in Elements(toy_html).found if "http-equiv" in a)
    style = toy_html.split("<style>")[1].split("</style>")[0]
    script = toy_html.split("<script>")[1].split("</script>")[0]
    assert f"style-src {digest(style)}" in policy
    assert f"script-src {digest(script)}" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*", policy)


def test_the_page_fetches_nothing(toy_html):
    loading = {"src", "srcset", "action", "data", "poster", "background"}
    for tag, attributes in Elements(toy_html).found:
        assert not loading & set(attributes), tag
        if "href" in attributes:
            assert attributes["href"].startswith(("#", "data:image/svg+xml"))
    style = toy_html.split("<style>")[1].split("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style


def test_no_element_has_a_style_or_a_listener_which_the_policy_would_forbid(hostile_html):
    for tag, attributes in Elements(hostile_html).found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag


def test_the_script_makes_text_of_what_it_shows_and_never_markup():
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write"
    other = r"\beval\b|new Function|fetch\(|XMLHttp|import\("
    assert not re.search(f"{markup}|{other}", script_text())


def test_a_name_cannot_end_the_element_that_holds_it(hostile_html, hostile_release):
    assert len(re.findall("<script", hostile_html)) == 2
    assert len(re.findall("</script", hostile_html)) == 2
    assert "<img" not in hostile_html
    data = hostile_html.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data)["nodes"]["name"][0] == hostile_release.taxonomy.nodes["name"][0]


def test_the_data_holds_no_letter_that_html_or_a_script_would_act_on():
    text = embedded_json({"name": "</script> & <!-- \u2028\u2029"})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["name"] == "</script> & <!-- \u2028\u2029"


def test_without_scripts_the_names_and_shares_stand_in_a_nested_list(toy_html):
    noscript = toy_html.split("<noscript>")[1].split("</noscript>")[0]
    assert "<li>01 <bdi>Write and edit texts</bdi> 60.00%<ul><li>01.01" in noscript
    assert noscript.count("<li>") == 9


def test_a_node_whose_parent_is_suppressed_still_stands_in_the_list(toy_release):
    table = toy_release.taxonomy.table.filter(pl.col("code") != "02")
    assert "<ul><li>01 " in outline_list(table)
    assert "02.01 <bdi>" in outline_list(table)


def test_a_release_of_one_node_a_level_has_a_page(toy_release):
    taxonomy = toy_release.taxonomy
    kept = taxonomy.nodes.filter(pl.col("code").is_in(["01", "01.01", "01.01.01"]))
    measures = taxonomy.measures.filter(pl.col("node_id").is_in(kept["node_id"].implode()))
    release = replace(toy_release, taxonomy=replace(taxonomy, nodes=kept, measures=measures))
    assert "Draft a cover letter" in explorer_html(release)


def test_a_release_of_which_nothing_is_published_is_refused_with_what_to_do(toy_release):
    taxonomy = toy_release.taxonomy
    hidden = taxonomy.nodes.with_columns(status=pl.lit("suppressed"))
    empty = replace(taxonomy, nodes=hidden, measures=taxonomy.measures.clear())
    with pytest.raises(ReleaseError, match="nothing to show; use fewer clusters"):
        explorer_html(replace(toy_release, taxonomy=empty))


def test_every_script_is_short_enough_to_read():
    from taxonomy.explorer.page import SCRIPTS, _asset

    assert {name for name in SCRIPTS if len(_asset(f"{name}.js").splitlines()) > 300} == set()
