from __future__ import annotations

import pytest

from taxonomy.hierarchy import level_sizes
from taxonomy.settings import HierarchySettings

DEFAULT = HierarchySettings()


def test_the_rule_gives_the_sizes_of_the_index():
    assert level_sizes(630, DEFAULT) == (137, 30)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6, 10, 20, 50, 150, 300, 630, 1000, 2000])
def test_each_level_is_no_larger_than_the_one_below(k: int):
    level_1, level_2 = level_sizes(k, DEFAULT)
    assert 1 <= level_2 <= level_1 <= k


@pytest.mark.parametrize("k", [20, 50, 150, 630, 2000])
def test_a_node_has_two_children_or_more_on_average(k: int):
    level_1, level_2 = level_sizes(k, DEFAULT)
    assert 2 * level_1 <= k
    assert 2 * level_2 <= level_1


def test_what_the_settings_say_wins():
    settings = HierarchySettings(n_level_1=40, n_level_2=8)
    assert level_sizes(150, settings) == (40, 8)
    assert level_sizes(150, HierarchySettings(n_level_2=8)) == (35, 8)
