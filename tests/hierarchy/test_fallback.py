from __future__ import annotations

from taxonomy.hierarchy.fallback import known_text, text_from_children
from taxonomy.naming import content_words, description_faults, name_faults

ABOUT = "Users asked. They left."


def children(*names):
    return [known_text(name, ABOUT) for name in names]


def test_the_name_is_the_largest_childs_and_more():
    found = text_from_children(children("Write SQL queries", "Debug Python", "Plan trips"), set())
    assert found.name == "Write SQL queries and related work"
    assert found.description == (
        "Users most often asked the assistant to write SQL queries. "
        "Others asked it to debug Python or to plan trips."
    )
    assert name_faults(found.name) == description_faults(found.description) == []


def test_an_only_child_still_gives_two_sentences():
    found = text_from_children(children("Bake bread and cake"), set())
    assert found.name == "Bake bread and cake, and related work"
    assert description_faults(found.description) == []


def test_ends_do_not_pile_up_from_level_to_level():
    below = children("Write SQL queries and related work", "Bake bread and cake, and other work")
    taken = {content_words(child.name) for child in below}
    found = text_from_children(below, taken)
    assert found.name == "Write SQL queries and other work"
    assert "related" not in found.description
    assert text_from_children(below[1:], taken).name == "Bake bread and cake, and related work"


def test_a_name_that_would_be_too_long_is_the_next_childs():
    long = "Write one two three four five six seven eight nine letters"
    assert text_from_children(children(long, "Plan trips"), set()).name.startswith("Plan trips")
    assert text_from_children(children(long), set()).name == f"{long} and related work"


def test_there_is_always_a_name_that_is_not_taken():
    taken = set()
    for _ in range(6):
        name = text_from_children(children("Plan trips"), taken).name
        assert content_words(name) not in taken
        taken.add(content_words(name))


def test_an_abbreviation_keeps_its_capitals():
    found = text_from_children(children("Q&A about trivia", "SSH into servers"), set())
    assert found.description.startswith("Users most often asked the assistant to Q&A about trivia.")
    assert "SSH into servers" in found.description
