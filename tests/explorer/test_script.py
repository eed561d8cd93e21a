"""Parts of the script that are functions of their arguments, one by one."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.6, "60.0%"), (0.0725, "7.25%"), (0.00226, "0.23%"), (0.00012, "0.012%"), (0, "0.0%")],
)
def test_a_percent_has_the_digits_that_tell_small_shares_apart(script, share, words):
    assert script.evaluate(f"percent({share})") == words


def test_words_are_found_whatever_their_case_and_accents(script):
    find = "([text, query]) => marked(text, wordsOf(query)).map((part) => part.outerHTML ?? part)"
    assert script.evaluate(find, ["Rédiger une lettre", "REDIGER Lettre"]) == [
        "<mark>Rédiger</mark>",
        " une ",
        "<mark>lettre</mark>",
        "",
    ]
    assert script.evaluate(find, ["Straße ﬁnden", "fin"]) == ["Straße ", "<mark>ﬁn</mark>", "den"]


def test_marks_that_overlap_become_one(script):
    found = script.evaluate("found('abcabd', ['abc', 'ca'])")
    assert found == [[0, 4]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", '"\'=1+1"'),
        ("+1", '"\'+1"'),
        ("-1", '"\'-1"'),
        ("@SUM(A1)", '"\'@SUM(A1)"'),
        (" =1", '"\' =1"'),
        ('say "hi", you', '"say ""hi"", you"'),
        ("plain", "plain"),
        (-0.5, "-0.5"),
    ],
)
def test_a_cell_cannot_be_a_formula_and_a_number_stays_one(script, value, cell):
    assert script.evaluate("(value) => csvCell(value)", value) == cell


def test_colours_of_automation_lie_between_those_of_the_palette(script):
    model = {
        "data": {"palette": {"split": ["#000000", "#400000", "#800000", "#c00000", "#ff0000"]}}
    }
    colour = "([model, share]) => colourOfSplit(model, share)"
    assert script.evaluate(colour, [model, 0.1]) == "#000000"
    assert script.evaluate(colour, [model, 0.5]) == "#800000"
    assert script.evaluate(colour, [model, 0.425]) == "#600000"
    assert script.evaluate(colour, [model, 1]) == "#ff0000"


def test_heights_of_the_icicle_are_shares_of_the_parent(script):
    model = """{
      const node = (share, children = []) => ({ values: [share], children });
      const tops = [node(0.6, [node(0.45), node(0.15)]), node(0.4, [node(0.4)])];
      return { tops, measures: new Map([["conversation_share", { place: 0 }]]) };
    }"""
    cells = script.evaluate(f"() => icicleCells((() => {model})(), null, 100, 200)")
    boxes = [[round(cell[key], 6) for key in ("x", "y", "width", "height")] for cell in cells]
    assert boxes == [
        [0, 0, 42, 120],
        [42, 0, 58, 90],
        [42, 90, 58, 30],
        [0, 120, 42, 80],
        [42, 120, 58, 80],
    ]


def test_labels_never_cover_one_another_and_stay_in_the_picture(script):
    place = """() => {
      const anchors = [];
      for (let i = 0; i < 60; i += 1) {
        const node = { level: 2, name: `Name of node ${i}` };
        anchors.push({ node, x: (i * 97) % 500, y: (i * 61) % 400 });
      }
      return placeLabels(anchors, 500, 400);
    }"""
    labels = script.evaluate(place)
    assert 10 < len(labels) < 60
    for at, one in enumerate(labels):
        assert abs(one["x"] - 250) + one["width"] / 2 <= 250
        assert abs(one["y"] - 200) + one["height"] / 2 <= 200
        for other in labels[at + 1 :]:
            apart_x = abs(one["x"] - other["x"]) >= (one["width"] + other["width"]) / 2
            apart_y = abs(one["y"] - other["y"]) >= (one["height"] + other["height"]) / 2
            assert apart_x or apart_y


def test_a_text_is_cut_to_its_box_at_words_and_never_within_a_letter(script):
    fitted = "([text, width, most]) => fittedLines(text, width, most, '13px sans-serif')"
    assert script.evaluate(fitted, ["one two", 1000, 3]) == ["one two"]
    lines = script.evaluate(fitted, ["Write a formal letter to the landlord of a house", 110, 2])
    assert "Write a formal letter to the landlord of a house".startswith(f"{lines[0]} ")
    assert len(lines) == 2
    assert lines[1].endswith("…")
    emoji = script.evaluate(fitted, ["🚀" * 40, 100, 1])[0]
    assert emoji == "🚀" * (len(emoji) - 1) + "…"


def test_a_place_under_the_pointer_stays_there_when_the_map_is_enlarged(script):
    kept = """() => {
      const plane = planeOf([{ x: 0, y: 0 }, { x: 1, y: 1 }], 400, 300, 20);
      const pixel = { x: 260, y: 120 };
      const seen = enlarged(plane, wholeOf(plane), 4, pixel);
      return [placeOf(plane, wholeOf(plane), pixel), placeOf(plane, seen, pixel), seen.k];
    }"""
    before, after, k = script.evaluate(kept)
    assert after == pytest.approx(before)
    assert k == 4


@pytest.mark.parametrize("typed", ["0.07", "0.14", "0.28", "33.3", "57"])
def test_a_bound_takes_in_the_value_that_equals_it(script, typed):
    keeps = """([typed, share]) => {
      const node = { level: 0, values: [share, share], folded: "" };
      const place = (at) => ({ place: at });
      const measures = [["conversation_share", place(0)], ["automation_share", place(1)]];
      const model = { nodes: [node], measures: new Map(measures) };
      return selectNodes(model, { ...DEFAULTS, share: typed, from: typed, to: typed }).hits.size;
    }"""
    share = round(float(typed) / 100, 6)
    assert script.evaluate(keeps, [typed, share]) == 1
    assert script.evaluate(keeps, [typed, share + 1e-6]) == 0
