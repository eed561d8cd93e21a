from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys

import pytest

from taxonomy.claude.entries import Outcome, State
from taxonomy.claude.ledger import Ledger
from taxonomy.errors import LedgerError


def open_attempts(ledger, *sendings, run="r", batch=None):
    with ledger.transaction():
        return ledger.open_attempts(sendings, run=run, batch=batch)


def test_the_file_is_private_to_its_owner(ledger):
    mode = stat.S_IMODE(ledger.file.stat().st_mode)
    assert mode == 0o600
    wal = ledger.file.with_name(ledger.file.name + "-wal")
    assert stat.S_IMODE(wal.stat().st_mode) == 0o600


def test_an_answer_is_found_by_its_key_and_survives_reopening(ledger, sending):
    one = sending("one")
    ledger.store([(one.key, "ok", "first", '{"a":1}', "")])
    with Ledger(ledger.file) as again:
        assert again.states([one.key, b"other"]) == {one.key: State("ok", "first", '{"a":1}', "")}


def test_an_answer_that_is_ok_is_never_replaced(ledger, sending):
    key = sending("one").key
    ledger.store([(key, "invalid", "first", "x", "bad")])
    ledger.store([(key, "ok", "repair", "{}", "")])
    ledger.store([(key, "refused", "first", "", "cyber")])
    ledger.store_failure(key, "errored", "late")
    assert ledger.states([key])[key].status == "ok"


def test_a_failure_never_takes_the_place_of_an_answer_that_came(ledger, sending):
    key = sending("one").key
    ledger.store([(key, "truncated", "first", "x", "")])
    ledger.store_failure(key, "errored", "connection lost")
    assert ledger.states([key])[key].status == "truncated"


def test_more_keys_than_one_query_holds_are_all_found(ledger):
    keys = [str(n).encode() for n in range(1_201)]
    ledger.store([(key, "ok", "first", "{}", "") for key in keys])
    assert len(ledger.states(keys)) == 1_201


def test_what_is_sent_counts_at_its_worst_until_its_fate_is_known(ledger, sending):
    first, second, third = open_attempts(
        ledger, sending("a", usd=1.0), sending("b", usd=2.0), sending("c", usd=4.0)
    )
    assert ledger.spent("r") == 7.0
    ledger.close_attempts([(first, Outcome("answered", usd=0.25)), (second, Outcome("failed"))])
    assert ledger.spent("r") == 4.25
    assert ledger.spent("another run") == 0
    assert ledger.under_way() == {sending("c").key}
    ledger.close_attempts([(third, Outcome("answered", usd=0.5))])
    assert ledger.spent("r") == 0.75


def test_the_fate_of_an_attempt_is_written_once(ledger, sending):
    (number,) = open_attempts(ledger, sending("a"))
    ledger.close_attempts([(number, Outcome("answered", usd=0.1))])
    ledger.close_attempts([(number, Outcome("answered", usd=0.3))])
    assert ledger.spent("r") == 0.1


def test_direct_calls_of_a_dead_process_are_written_off_and_batches_are_not(ledger, sending):
    open_attempts(ledger, sending("direct", usd=1.0))
    open_attempts(ledger, sending("in a batch", usd=2.0), batch=1)
    with ledger.alone():
        assert ledger.under_way() == {sending("in a batch").key}
    assert ledger.spent("r") == 3.0


def test_a_transaction_that_fails_leaves_nothing(ledger, sending):
    with pytest.raises(RuntimeError), ledger.transaction():
        ledger.open_attempts([sending("a")], run="r")
        raise RuntimeError
    assert ledger.under_way() == set()


def test_a_kind_counts_as_answered_only_after_an_answer(ledger, sending):
    (number,) = open_attempts(ledger, sending("a", version="v7"))
    assert not ledger.has_answered("claude-haiku-5-5", "v7")
    ledger.close_attempts([(number, Outcome("answered"))])
    assert ledger.has_answered("claude-haiku-5-5", "v7")


def test_a_file_that_is_no_ledger_is_one_clear_error(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("these are notes, and there are many of them\n" * 50)
    with pytest.raises(LedgerError, match=r"notes\.txt"):
        Ledger(file)
    assert file.read_text().startswith("these are notes")


def test_a_ledger_of_another_format_is_one_clear_error(tmp_path):
    file = tmp_path / "answers.sqlite"
    Ledger(file).close()
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LedgerError, match="format 99, expected a ledger of format 1"):
        Ledger(file)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot open the ledger"):
        Ledger(tmp_path / "file" / "answers.sqlite")


def test_another_database_is_not_turned_into_a_ledger(tmp_path):
    file = tmp_path / "other.sqlite"
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE songs (title TEXT)")
    db.commit()
    db.close()
    with pytest.raises(LedgerError, match="is another database"):
        Ledger(file)
    db = sqlite3.connect(file)
    assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    db.close()


def test_many_processes_may_open_a_new_ledger_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from taxonomy.claude.ledger import Ledger\n"
        "sys.stdin.readline(); Ledger(Path(sys.argv[1])).close()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.sqlite")]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(4)]
    for process in started:
        process.communicate(b"go\n")
    assert [process.returncode for process in started] == [0] * 4


def test_texts_that_sqlite_does_not_take_are_stored_all_the_same(ledger, sending):
    ledger.store([(sending("a").key, "invalid", "first", "a\ud800b", "c\udfff")])
    state = ledger.states([sending("a").key])[sending("a").key]
    assert (state.text, state.detail) == ("a?b", "c?")


def test_a_ledger_that_is_held_says_so(ledger):
    with (
        ledger.alone(),
        Ledger(ledger.file) as other,
        pytest.raises(LedgerError, match="another process asks"),
        other.alone(),
    ):
        raise AssertionError


def test_a_full_disk_is_named_as_the_reason(ledger, sending):
    ledger.write("PRAGMA max_page_count = 30")
    with pytest.raises(LedgerError, match="disk is full"):
        for n in range(200):
            with ledger.transaction():
                ledger.store([(sending(str(n)).key, "ok", "first", "x" * 5_000, "")])
    assert ledger.states([sending("0").key])
