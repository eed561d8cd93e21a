from __future__ import annotations

import re

import polars as pl
import pytest

from taxonomy.display import outline_html, share_base
from taxonomy.palette import HALF_COLOURS, INK, PATTERN_COLOURS, QUIET, SPLIT_COLOURS


@pytest.fixture
def table():
    """A (60 conversations, 25% automation) above a, and B (40, suppressed)."""
    return pl.DataFrame(
        {
            "node_id": ["A", "a", "B"],
            "code": ["01", "01.01", "02"],
            "level": [1, 0, 1],
            "parent_id": [None, "A", None],
            "name": ["Write", "Write letters", "Cook"],
            "description": ["All sorts.", None, "Meals."],
            "n_conversations": [60.0, 60.0, 40.0],
            "conversation_share": [0.6, 0.6, 0.4],
            "automation_share": [0.25, 0.25, None],
            "augmentation_share": [0.75, 0.75, None],
        }
    )


def text_of(html):
    """What is left where a viewer strips tags and styles."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def test_every_number_is_there_as_text(table):
    text = text_of(outline_html(table, deepest=0))
    assert "01 Write 60.0% 25% automation All sorts. 01.01 Write letters" in text
    assert "02 Cook 40.0% suppressed Meals." in text


def test_base_and_n_are_stated(table):
    text = text_of(outline_html(table, deepest=0))
    assert text.startswith("Shares: of conversations in published clusters, n = 100.")
    assert "shares of the node's conversations with one of the five patterns" in text


def test_children_stand_within_their_parent_down_to_the_level_asked_for(table):
    assert "Write letters" not in outline_html(table, deepest=1)
    html = outline_html(table, deepest=0)
    assert (
        html.index("<details>") < html.index("Write letters") < html.index("</details></details>")
    )
    assert html.index("</details></details>") < html.index("Cook")


def test_text_is_escaped_wherever_it_stands(table):
    hostile = "<img src=x onerror=alert(1)>"
    named = table.with_columns(pl.lit(hostile).alias(c) for c in ("name", "description", "code"))
    html = outline_html(named, deepest=0)
    assert "<img" not in html
    assert html.count("&lt;img") == 9


def test_a_table_without_splits_shows_no_bars(table):
    html = outline_html(table.drop("automation_share", "augmentation_share"), deepest=0)
    assert "suppressed" not in html
    assert 'class="bar' not in html


def test_where_counts_are_unknown_n_is_of_nodes(table):
    assert share_base(table.drop("n_conversations")).endswith("n = 1 nodes of level 0.")


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#1f1f1f"])
def test_the_halves_are_seen_on_light_and_on_dark(ground):
    assert min(contrast(colour, ground) for colour in HALF_COLOURS.values()) >= 3


def test_text_is_read_on_every_colour_of_the_split():
    assert min(contrast(INK, colour) for colour in SPLIT_COLOURS) >= 4.5
    assert contrast(QUIET, "#ffffff") >= 7 - 0.01


def test_automation_is_orange_and_augmentation_blue():
    warm = {name for name, colour in PATTERN_COLOURS.items() if colour[1:3] > colour[5:7]}
    assert warm == {"directive", "feedback loop"}
    assert HALF_COLOURS["automation"][1:3] > HALF_COLOURS["automation"][5:7]
