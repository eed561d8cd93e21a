from __future__ import annotations

import pytest

from taxonomy.naming import description_faults, name_faults

GOOD = [
    "Write short stories about dragons and magic",
    "Debug Python import and module errors",
    "Answer questions about cats and dogs",
    "Explain how to train dogs",
]
BAD = {
    "Debug": "words",
    "Answer questions about": "ends with",
    "Answer questions about cats and cat": "repeats",
    "Debug bugs while debugging code": "repeats",
    "Answer questions about the and cats": "before",
    "answer questions about cats": "capital",
    "Cats and dogs and birds": "imperative",
    "Answer questions about cats.": "ends in a stop",
    "Answer questions about order 12345": "number",
    "Answer questions about @bobby": "handle",
    "Answer questions about cats, dogs, birds, fish, horses, cows, hens and ducks": "words",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_has_no_fault(name: str):
    assert name_faults(name) == []


@pytest.mark.parametrize(("name", "fault"), BAD.items())
def test_a_fault_is_named(name: str, fault: str):
    assert any(fault in found for found in name_faults(name))


def test_a_description_is_two_sentences_about_users():
    assert description_faults("Users asked questions about cats. Most concerned pets.") == []
    assert description_faults("Users asked questions about cats.") == ["1 sentences, not 2"]
    assert description_faults("People asked. They left.") == ["does not begin with 'Users'"]
