from __future__ import annotations

import json
import sqlite3
import stat

import pytest

from taxonomy.claude.batch_rows import BatchRows
from taxonomy.claude.entries import Outcome
from taxonomy.claude.ledger import Ledger
from taxonomy.claude.upkeep import (
    abandon,
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
    sendings = [sending("a"), sending("b", version="v2"), sending("c")]
    with ledger.transaction():
        a, b, c = (sent.key for sent in sendings)
        ledger.note_subjects([("c1", a), ("c1", b), ("c2", b), ("c3", c)])
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
    with filled.alone():
        pass
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
        filled.note_subjects([("c9", sending("e").key)])
        filled.open_attempts([sending("e")], run="r", batch=1)
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
        assert failures(other) == failures(filled)
        assert spending(other) == []
        assert purge(other, ["c2"]) == 1
        assert prune(other, prompt_versions=["v1"]) == 2


def test_an_import_never_replaces_what_is_there(filled, tmp_path, sending):
    file = tmp_path / "answers.jsonl"
    export_answers(filled, file)
    key = sending("a").key
    with Ledger(tmp_path / "other.sqlite") as other:
        other.store([(key, "ok", "first", '{"request":"mine"}', "")])
        assert import_answers(other, file) == 2
        assert other.states([key])[key].text == '{"request":"mine"}'


@pytest.mark.parametrize(
    "change",
    [{"status": None}, {"status": "fine"}, {"key": "aa"}, {"text": {}}, {"more": 1}],
)
def test_a_damaged_line_of_an_export_is_one_clear_error_and_changes_nothing(
    filled, tmp_path, change
):
    file = tmp_path / "answers.jsonl"
    export_answers(filled, file)
    head, first, *rest = file.read_text().splitlines()
    damaged = json.dumps(json.loads(rest[-1]) | change)
    file.write_text("\n".join([head, first, *rest[:-1], damaged]))
    with Ledger(tmp_path / "other.sqlite") as other:
        with pytest.raises(LedgerError, match="Nothing was imported"):
            import_answers(other, file)
        assert status_counts(other) == {}


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


def test_a_purge_says_when_a_reader_keeps_what_was_deleted_alive(filled):
    filled.rows("PRAGMA busy_timeout = 100")
    reader = sqlite3.connect(filled.file)
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM answers").fetchall()
    with pytest.raises(LedgerError, match="another process reads"):
        purge(filled, ["c1"])
    reader.close()
    purge(filled, ["c1"])
    everything = b"".join(f.read_bytes() for f in filled.file.parent.iterdir())
    assert SECRET.encode() not in everything


def test_an_export_is_private_even_over_what_an_interrupted_one_left(filled, tmp_path):
    (tmp_path / ".answers.jsonl.partial").write_text("left over")
    export_answers(filled, tmp_path / "answers.jsonl")
    assert stat.S_IMODE((tmp_path / "answers.jsonl").stat().st_mode) == 0o600


def test_an_export_to_a_folder_is_one_clear_error(filled, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerError, match="cannot write"):
        export_answers(filled, tmp_path / "folder")


def test_batches_that_are_given_up_are_written_off_and_others_are_not(ledger, sending):
    rows = BatchRows(ledger, server="http://x", run="r")
    number, _ = rows.plan([sending("a", usd=2.0), sending("b", usd=3.0)])
    rows.adopt(number, "msgbatch_1", is_proven=True)
    other, other_mark = rows.plan([sending("c", usd=1.0)])
    rows.submitting(other)
    with pytest.raises(LedgerError, match="no batch msgbatch_9"):
        abandon(ledger, ["msgbatch_1", "msgbatch_9"])
    assert abandon(ledger, ["msgbatch_1"]) == 2
    assert ledger.under_way() == {sending("c").key}
    assert abandon(ledger, [other_mark]) == 1
    assert ledger.spent("r") == 6.0
    assert failures(ledger) == [("lost", "facets", "its batch was given up", 3)]
