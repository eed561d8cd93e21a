from __future__ import annotations

import pytest

from taxonomy.naming import content_words, description_faults, draft_faults, name_faults

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
    "Answer questions about the and cats": "before",
    "answer questions about cats": "capital",
    "Cats and dogs and birds": "imperative",
    "Answer questions about cats.": "ends in a stop",
    "Answer questions about order 12345": "number",
    "Answer questions about @bobby": "handle",
    "Answer questions about cats, dogs, fish, horses, cows, hens, goats, bees and ducks": "words",
}
ONLY_BAD_AS_DRAFTS = {
    "Debug bugs while debugging code": "repeats",
    "Write code": "words",
    "Frobnicate the gears of old clocks": "imperative",
    "Explain what a piece of code does": "ends with",
    "Explain HTTP 404 errors to users": "number",
}
GOOD_WHOEVER_WROTE_IT = [
    "Brainstorm baby names",
    "Troubleshoot Wi-Fi and home network problems",
    "Role-play as fictional characters in fantasy stories",
    "Co-create scripts for 3D models in OpenSCAD",
    "3D-print replacement parts",
    "Debug C# and .NET code",
    "Plan 401(k) contributions and other retirement savings",
    "Fill out IRS Form 1099",
    "Draft an e-mail to one's manager",
    "Proofread résumés and cover letters",
    "Translate between Spanish, French, German, and Italian",
    "Create API testing solutions with mocks and integration tests",
    "Decide what to wear or put on",
    "Assist with Excel, Word, and PowerPoint",
    "Explain the lore of Harry Potter, Star Wars and Marvel",
]
BAD_WHOEVER_WROTE_IT = {
    "Write Short Stories About Young Dragons": "title case",
    "Summarizing news articles": "imperative",
    "Various cooking questions": "imperative",
    "The user asks for code": "imperative",
    "I need help with code": "imperative",
    "Объяснить грамматику": "not in English",
    "See www.example.org for code": "address",
    "Write tests for tests of tests": "repeats",
}
TEN_BIRDS = "Users asked about ten birds."


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_has_no_fault(name: str):
    assert name_faults(name) == draft_faults(name) == []


@pytest.mark.parametrize(("name", "fault"), BAD.items())
def test_a_fault_is_named(name: str, fault: str):
    assert any(fault in found for found in name_faults(name))
    assert any(fault in found for found in draft_faults(name))


@pytest.mark.parametrize("name", GOOD_WHOEVER_WROTE_IT)
def test_english_that_our_lists_do_not_know_is_no_fault(name: str):
    assert name_faults(name) == []


@pytest.mark.parametrize(("name", "fault"), BAD_WHOEVER_WROTE_IT.items())
def test_a_fault_of_a_model_is_named(name: str, fault: str):
    assert any(fault in found for found in name_faults(name))


@pytest.mark.parametrize(("name", "fault"), ONLY_BAD_AS_DRAFTS.items())
def test_our_own_drafts_are_held_to_known_words(name: str, fault: str):
    assert name_faults(name) == []
    assert any(fault in found for found in draft_faults(name))


@pytest.mark.parametrize("level", [0, 1, 2])
def test_nearly_all_published_names_keep_the_style_but_for_a_stop(public_data, level: int):
    import polars as pl

    table = pl.read_csv(public_data / "aei" / "cluster_level_dataset.tsv", separator="\t")
    names = table[f"cluster_name_{level}"].unique().to_list()
    faulty = [name for name in names if name_faults(name.strip().removesuffix("."))]
    assert len(faulty) <= 0.005 * len(names)


def test_a_description_is_two_sentences_about_users():
    assert description_faults("Users asked questions about cats. Most concerned pets.") == []
    assert description_faults("Users asked questions about cats.") == ["1 sentences, not 2"]
    assert description_faults("People asked. They left.") == ["does not begin with 'Users'"]
    assert description_faults("Users asked. they left.") == [
        "a sentence does not start with a capital"
    ]
    assert description_faults("Users asked. They left") == ["does not end in a full stop"]
    assert description_faults(f"{TEN_BIRDS} All were blue. None sang.") == ["3 sentences, not 2"]


@pytest.mark.parametrize(
    "second",
    [
        "They cited U.S. Constitution cases, e.g. on speech.",
        "They wanted recipes, menus etc. for two.",
        "Most used Node.js 18.2 in 2024.",
        'Many said "please."',
    ],
)
def test_a_stop_within_a_sentence_does_not_end_it(second: str):
    assert description_faults(f"{TEN_BIRDS} {second}") == []


def test_names_of_the_same_content_words_count_as_equal():
    assert content_words("Write stories about dragons") == content_words("Write a story of dragon")
    assert content_words("Write stories") != content_words("Edit stories")


@pytest.mark.parametrize(
    "name",
    [
        "Write \x1b[31mred code for people",
        "Process\x00 data for reports",
        "Write code\u202e for evil people",
        "Explain [click](javascript:x) code to users",
        "Write code | table of contents",
        "Write `code` for web pages",
    ],
)
def test_a_name_that_is_more_than_text_is_faulty(name):
    assert any("markup" in fault for fault in name_faults(name))
    described = f"Users asked for this: {name}. They wanted it soon."
    assert any("markup" in fault for fault in description_faults(described))
