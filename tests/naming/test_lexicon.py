from __future__ import annotations

import pytest

from taxonomy.naming.lexicon import base_verb, gerund, load_lexicon, plural, singular

NOUNS = {
    "story": "stories",
    "class": "classes",
    "bus": "buses",
    "movie": "movies",
    "woman": "women",
    "fireman": "firemen",
    "analysis": "analyses",
    "wolf": "wolves",
    "house": "houses",
    "box": "boxes",
    "person": "people",
}


@pytest.mark.parametrize(("one", "many"), NOUNS.items())
def test_singular_and_plural_undo_each_other(one: str, many: str):
    assert plural(one) == many
    assert singular(many) == one


@pytest.mark.parametrize("word", ["news", "physics", "photosynthesis", "css", "gas", "specimen"])
def test_a_singular_that_ends_like_a_plural_is_kept(word: str):
    assert singular(word) == word


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("write", "writing"),
        ("debug", "debugging"),
        ("rob", "robbing"),
        ("fix", "fixing"),
        ("see", "seeing"),
        ("set up", "setting up"),
        ("analyze", "analyzing"),
        ("cook", "cooking"),
    ],
)
def test_gerunds_are_spelled_right(verb: str, form: str):
    assert gerund(verb) == form


def test_a_form_leads_back_to_its_verb():
    assert base_verb("debugging") == "debug"
    assert base_verb("tries") == "try"
    assert base_verb("photosynthesis") is None


def test_no_word_is_both_a_plain_verb_and_an_ambiguous_one():
    lexicon = load_lexicon()
    assert not lexicon.verbs & lexicon.ambiguous


def test_every_verb_of_a_family_has_a_published_form():
    lexicon = load_lexicon()
    assert set(lexicon.published) == set(lexicon.family_of)
    assert all(verb for verb in lexicon.published.values())
