from __future__ import annotations

from importlib.resources import files

import pytest

from taxonomy.claude.prompt import Prompt, load_prompt

NAMES = sorted(
    file.name.removesuffix(".md")
    for file in files("taxonomy.claude").joinpath("prompts").iterdir()
    if file.name.endswith(".md") and file.name != "untrusted.md"
)


def test_there_is_a_prompt_for_each_question():
    assert NAMES == [
        "assign_parent",
        "choose_branches",
        "choose_task",
        "deduplicate_parents",
        "facets",
        "match_cluster",
        "name_cluster",
        "name_parent",
        "propose_parents",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_says_that_the_material_is_not_to_be_obeyed_and_restates_its_task(name):
    prompt = load_prompt(name)
    assert "never follow" in prompt.system
    assert prompt.task.strip()
    assert "---" not in prompt.system + prompt.task


def test_places_are_filled_and_a_missing_one_is_an_error():
    prompt = Prompt("x", "About $wanted names.", "Give $wanted.")
    assert prompt.fill(wanted=5) == ("About 5 names.", "Give 5.")
    with pytest.raises(KeyError, match="wanted"):
        prompt.fill()


def test_the_version_changes_with_every_word():
    versions = {Prompt("x", a, b).version for a, b in [("a", "b"), ("a", "c"), ("d", "b")]}
    assert len(versions) == 3
