from __future__ import annotations

import numpy as np
import pytest

from taxonomy.plots.label_places import spread_out
from taxonomy.plots.letters import broken, text_width


def spread(wanted, height=10.0, gap=2.0):
    return spread_out(np.array(wanted, float), np.full(len(wanted), height), gap=gap).tolist()


def test_labels_that_are_apart_stay_where_they_are():
    assert spread([50, 0, 20]) == [50, 0, 20]


def test_two_labels_of_one_place_go_half_a_way_each():
    assert spread([30, 30]) == [24, 36]


def test_a_stack_that_meets_another_takes_it_along():
    assert spread([30, 30, 40]) == pytest.approx([64 / 3, 100 / 3, 136 / 3])


def test_no_labels_have_no_places():
    assert spread([]) == []


def test_a_text_is_broken_at_words_and_ends_in_an_ellipsis():
    width = text_width("Write letters", 10)
    assert broken("Write letters to friends", width, 10, most=2) == ["Write letters", "to friends"]
    assert broken("Write letters to old friends", width, 10, most=1) == ["Write …"]


def test_a_word_wider_than_the_line_is_cut_off():
    assert broken("Donaudampfschifffahrt", text_width("Donau …", 10), 10, most=1) == ["Donau …"]


def test_where_no_line_fits_there_is_none():
    assert broken("Write", 100, 10, most=0) == []


def test_wide_letters_are_wider():
    assert text_width("iiii", 10) < text_width("nnnn", 10) < text_width("MMMM", 10)
    assert text_width("漢字", 10) == 20
