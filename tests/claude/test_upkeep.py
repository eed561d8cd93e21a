from __future__ import annotations

import json
import stat

import pytest

from taxonomy.claude.ledger import Ledger, Outcome
from taxonomy.claude.upkeep import (
    export_answers,
    failures,
    import_answers,
    prune,
    purge,
    spending,
    status_counts,
)
from taxonomy.errors import LedgerError

SECRET = "the private words of one person"


@pytest.fixture
def filled(ledger, sending):
    """Three answers: of c1, of c1 and c2, of c3; the last refused."""
    sendings = [
        sending("a", about=["c1"]),
        sending("b", about=["c1", "c2"], version="v2"),
        sending("c", about=["c3"]),
    ]
    with ledger.transaction():
        numbers = ledger.open_attempts(sendings, run="r")
    ledger.close_attempts([(n, Outcome("answered", 0.25, 100, 10)) for n in numbers])
    texts = [json.dumps({"request": SECRET}), "{}", ""]
    statuses = ["ok", "ok", "refused"]
    ledger.store(
        (sent.key, status, "first", text, "cyber" if status == "refused" else "")
        for sent, status, text in zip(sendings, statuses, texts, strict=True)
    )
    return ledger


def test_spending_is_summed_by_run_stage_and_model(filled):
    (row,) = spending(filled)
    assert (row.run, row.stage, row.model) == ("r", "facets", "claude-haiku-5-5")
    assert (row.requests, row.answered, row.under_way, row.lost) == (3, 3, 0, 0)
    assert (row.input_tokens, row.output_tokens, row.usd) == (300, 30, 0.75)
    assert spending(filled, "another") == []


def test_statuses_and_failures_are_counted(filled):
    assert status_counts(filled) == {"ok": 2, "refused": 1}
    assert failures(filled) == [("refused", "facets", "cyber", 1)]


def test_lost_answers_are_named_with_their_reason(filled, sending):
    with filled.transaction():
        filled.open_attempts([sending("d")], run="r")
    filled.write_off_direct()
    assert (
        "lost", "facets", "the process ended before the answer came", 1,
    ) in failures(filled)  # fmt: skip


def test_a_purge_removes_every_answer_about_a_conversation_and_keeps_the_books(filled):
    assert purge(filled, ["c1", "unknown"]) == 2
    assert status_counts(filled) == {"refused": 1}
    assert sum(row.usd for row in spending(filled)) == 0.75
    assert filled.rows("SELECT COUNT(*) FROM subjects") == [(1,)]


def test_after_a_purge_the_words_are_in_none_of_the_files(filled):
    everything = b"".join(f.read_bytes() for f in filled.file.parent.iterdir())
    assert SECRET.encode() in everything
    purge(filled, ["c1"])
    everything = b"".join(f.read_bytes() for f in filled.file.parent.iterdir())
    assert SECRET.encode() not in everything


def test_a_purge_waits_for_what_is_under_way(filled, sending):
    with filled.transaction():
        filled.open_attempts([sending("e", about=["c9"])], run="r", batch=1)
    with pytest.raises(LedgerError, match=r"1 requests .* under way"):
        purge(filled, ["c9"])


def test_pruning_takes_out_what_fits_every_condition(filled):
    assert prune(filled, statuses=["refused"], older_than_days=1) == 0
    assert prune(filled, statuses=["refused"]) == 1
    assert prune(filled, prompt_versions=["v2"]) == 1
    assert status_counts(filled) == {"ok": 1}


@pytest.mark.parametrize("given", [{}, {"statuses": ["bad"]}])
def test_pruning_without_a_condition_or_by_an_unknown_status_is_an_error(filled, given):
    with pytest.raises(LedgerError):
        prune(filled, **given)


def test_what_is_exported_can_be_imported_elsewhere_and_purged_there(filled, tmp_path, sending):
    file = tmp_path / "copy" / "answers.jsonl"
    assert export_answers(filled, file) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with Ledger(tmp_path / "other.sqlite") as other:
        assert import_answers(other, file) == 3
        assert import_answers(other, file) == 0
        keys = [sending(name).key for name in "abc"]
        assert other.states(keys) == filled.states(keys)
        assert purge(other, ["c2"]) == 1


def test_an_import_never_replaces_what_is_there(filled, tmp_path, sending):
    file = tmp_path / "answers.jsonl"
    export_answers(filled, file)
    key = sending("a").key
    with Ledger(tmp_path / "other.sqlite") as other:
        other.store([(key, "ok", "first", '{"request":"mine"}', "")])
        assert import_answers(other, file) == 2
        assert other.states([key])[key].text == '{"request":"mine"}'


@pytest.mark.parametrize(
    "text",
    ["", "hello\n", '{"kind": "other"}\n', '{"kind": "taxonomy answers", "format": 1}\n{"key": 1}'],
)
def test_a_file_that_is_no_export_is_one_clear_error_and_changes_nothing(ledger, tmp_path, text):
    file = tmp_path / "answers.jsonl"
    file.write_text(text)
    with pytest.raises(LedgerError, match="Nothing was imported"):
        import_answers(ledger, file)
    assert status_counts(ledger) == {}
