import json

import pytest

from taxonomy.facets.transcript import estimate_tokens, make_transcript

HEAD, TAIL = "The beginning.", "The end."


def thread(*contents):
    roles = ("user", "assistant")
    return [{"role": roles[i % 2], "content": text} for i, text in enumerate(contents)]


def sent(value):
    """The value as it stands in a request."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def test_a_token_is_three_and_a_half_bytes_rounded_up():
    assert [estimate_tokens(text) for text in ("", "a", "abcdefg", "abcdefgh")] == [0, 1, 2, 3]
    assert estimate_tokens("漢" * 7) == 6
    assert estimate_tokens("\ud800") == 1


def test_a_short_conversation_is_sent_as_it_is():
    said = thread("Hi", "Hello")
    assert make_transcript(said, 200) == {"messages": said}
    assert make_transcript([], 200) == {"messages": []}


def test_only_role_and_content_are_sent_and_nothing_is_null():
    said = [{"role": "user", "content": None, "name": "Anna"}]
    assert make_transcript(said, 200) == {"messages": [{"role": "user", "content": ""}]}


def test_a_huge_message_keeps_its_two_ends_and_says_how_much_is_missing():
    text = HEAD + "x" * 200_000 + TAIL
    content = make_transcript(thread(text), 1_000)["messages"][0]["content"]
    assert content.startswith(HEAD) and content.endswith(TAIL)
    head, _, rest = content.partition("\n[... ")
    count, _, tail = rest.partition(" characters left out ...]\n")
    assert len(head) + int(count) + len(tail) == len(text)


def test_thousands_of_short_messages_keep_the_outer_ones_and_one_note():
    said = thread(*(f"Message {i}" for i in range(5_000)))
    kept = make_transcript(said, 500)["messages"]
    notes = [m for m in kept if m["role"] == "note"]
    assert len(notes) == 1
    place = kept.index(notes[0])
    n_after = len(kept) - place - 1
    assert kept[:place] == said[:place] and kept[place + 1 :] == said[-n_after:]
    assert abs(place - n_after) <= 1
    assert notes[0]["content"] == f"[... {5_000 - place - n_after} messages left out ...]"


def test_the_first_and_the_last_message_are_whole_where_they_fit():
    first, last = "Question " * 60, "Thanks " * 60
    kept = make_transcript(thread(first, *["filler " * 300] * 9, last), 1_000)["messages"]
    assert kept[0]["content"] == first
    assert kept[-1]["content"] == last
    assert any("characters left out" in m["content"] for m in kept[1:-1])


def test_a_long_message_between_short_ones_loses_its_middle_and_they_nothing():
    kept = make_transcript(thread("Why?", "Because " * 2_000, "I see"), 300)["messages"]
    assert [kept[0]["content"], kept[2]["content"]] == ["Why?", "I see"]
    assert "characters left out" in kept[1]["content"]


@pytest.mark.parametrize("tokens", [200, 201, 777, 6_000])
@pytest.mark.parametrize(
    "letter", ["a", " ", "é", "漢", "🙂", "👨‍👩‍👧", "\n", '"', "<", "\x01", "\ud800"]
)
@pytest.mark.parametrize(
    "lengths", [[30_000], [9_000, 9_000], [0, 9_000, 5], [300] * 200, [8] * 3_000]
)
def test_the_budget_is_kept_and_well_used(tokens, letter, lengths):
    said = thread(*(letter * length for length in lengths))
    value = make_transcript(said, tokens)
    used = estimate_tokens(sent(value))
    assert used <= tokens
    if estimate_tokens(sent({"messages": said})) > tokens:
        assert used > tokens - 150


def test_the_order_of_the_messages_is_kept():
    said = thread(*(f"{i} " * 200 for i in range(40)))
    kept = make_transcript(said, 2_000)["messages"]
    numbers = [int(m["content"].split()[0]) for m in kept if m["role"] != "note"]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (0, 39)


def test_what_a_message_says_of_itself_is_no_note():
    said = thread("[... 3 messages left out ...]", "What?")
    assert make_transcript(said, 200)["messages"][0]["role"] == "user"
