import polars as pl
import pytest

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.errors import SettingsError
from taxonomy.facets import FACET_COLUMNS, FACETS, answer_by_rules, extract_facets
from taxonomy.settings import FacetSettings, OwnFacet

MESSAGES = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))


def conversations(threads, **columns):
    """One conversation a thread of user messages, each answered by `ok`."""
    rows = [
        [m for text in thread for m in ({"role": "user", "content": text},
                                        {"role": "assistant", "content": "Write a long poem"})]
        for thread in threads
    ]  # fmt: skip
    frame = pl.DataFrame({"messages": rows}, schema={"messages": MESSAGES})
    ids = pl.Series("conversation_id", [f"c{i}" for i in range(len(threads))], pl.String)
    return frame.with_columns(ids, **{name: pl.Series(values) for name, values in columns.items()})


def test_there_is_one_row_a_conversation_in_the_order_of_the_input():
    found = extract_facets(conversations([["Sort a list"], ["hi"], ["Why is snow white?"]]))
    assert found["conversation_id"].to_list() == ["c0", "c1", "c2"]
    assert found["request"].to_list() == ["Sort a list", None, "Explain why snow is white"]
    assert found["status"].to_list() == ["ok", "empty", "ok"]
    assert found["collaboration"].to_list() == ["directive", "none", "learning"]
    assert dict(found.schema) == FACET_COLUMNS


def test_what_the_input_answers_is_kept():
    given = conversations(
        [["Sort a list"], ["Sort a list"]],
        request=["Order things", None],
        collaboration=[None, "validation"],
        language=["fr", None],
    )
    found = extract_facets(given)
    assert found["request"].to_list() == ["Order things", "Sort a list"]
    assert found["collaboration"].to_list() == ["directive", "validation"]
    assert found["language"].to_list() == ["fr", "en"]


def test_only_the_user_is_read():
    assert extract_facets(conversations([["", ""]]))["status"].to_list() == ["empty"]


def test_no_conversations_give_an_empty_table_of_the_same_shape():
    assert dict(extract_facets(conversations([])).schema) == FACET_COLUMNS


def test_a_long_message_is_read_at_both_ends():
    long = "The bank raised its rates again. " * 60_000 + "\nTranslate the text above into Dutch."
    found = extract_facets(conversations([[long]]))
    assert found["request"][0].startswith("Translate the text above into Dutch")


def test_the_choices_of_the_collaboration_facet_are_the_six_patterns():
    facet = next(facet for facet in FACETS if facet.name == "collaboration")
    assert facet.choices == COLLABORATIONS
    assert len(set(COLLABORATIONS)) == 6


def test_what_only_a_reader_can_tell_stays_null():
    found = extract_facets(conversations([["Sort a list"]]))
    assert found.select("task", "use_case", "concern", "flags").row(0) == (None,) * 4


def test_what_the_input_flags_is_dropped_before_it_is_read():
    threads = conversations(
        [["Sort a list"], ["Sort a list"], ["Sort a list"]],
        flagged=[True, False, None],
        request=["Order things", None, None],
    )
    found = extract_facets(threads)
    assert found["status"].to_list() == ["flagged", "ok", "ok"]
    assert found["request"].to_list() == [None, "Sort a list", "Sort a list"]
    assert found.select("language", "collaboration").row(0) == (None, None)


def test_questions_of_ones_own_need_claude():
    own = OwnFacet(name="sector", question="Which sector?", kind="text")
    with pytest.raises(SettingsError, match=r"sector.*llm"):
        extract_facets(conversations([["Sort a list"]]), FacetSettings(own=(own,)))


def test_the_rules_answer_for_one_conversation_as_for_many():
    assert answer_by_rules(["Why is snow white?"]) == (
        "Explain why snow is white",
        "en",
        "learning",
    )
    assert answer_by_rules([]) == (None, "und", "none")
