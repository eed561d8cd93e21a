from __future__ import annotations

import io
import sys
import threading
from types import SimpleNamespace

import pytest

from taxonomy import progress as bars
from taxonomy.progress import advance, grow, hidden, progress, track


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A terminal in place of stderr, and no wait before a bar shows."""
    screen = Terminal()
    # The module's own view of it: pytest puts its own stderr back before the test begins.
    monkeypatch.setattr(bars, "sys", SimpleNamespace(stderr=screen, modules=sys.modules))
    monkeypatch.setattr(bars, "SHOWN_AFTER", 0.0)
    monkeypatch.setenv("COLUMNS", "80")
    return screen


def place(bar):
    return bar._drawn.n, bar._drawn.total


def test_what_is_done_far_down_counts_in_the_open_bar_of_its_unit(terminal):
    with progress("encode", total=10, unit="texts") as bar:
        advance(3, "texts")
        advance(5, "rows")
        assert place(bar) == (3, 10)
    assert "encode" in terminal.getvalue()


def test_without_a_bar_nothing_counts_and_nothing_is_said(terminal):
    advance(3, "texts")
    grow(3, "texts")
    assert terminal.getvalue() == ""


def test_a_bar_in_a_bar_shows_nothing_and_counts_in_the_outer_one(terminal):
    with progress("all", total=10, unit="texts") as outer:
        with progress("part", total=4, unit="texts") as inner:
            advance(4, "texts")
            inner.reach(4)
        assert place(outer) == (4, 10)
    assert "part" not in terminal.getvalue()


def test_a_bar_never_passes_its_total_and_never_goes_back(terminal):
    with progress("encode", total=10, unit="texts") as bar:
        bar.advance(8)
        bar.advance(8)
        assert place(bar) == (10, 10)
        bar.reach(4)
        assert place(bar) == (10, 10)


def test_what_was_there_before_says_nothing_of_the_speed(terminal):
    with progress("answers", total=0, unit="answers") as bar:
        grow(100, "answers")
        advance(90, "answers", is_old=True)
        advance(1, "answers")
        assert place(bar) == (91, 100)
        assert bar._drawn.initial == 90


def test_items_pass_through_as_they_are_and_the_bar_is_gone_at_the_end(terminal):
    assert list(track("abc", "letters", unit="letters")) == ["a", "b", "c"]
    assert "letters:" in terminal.getvalue()
    assert terminal.getvalue().split("\r")[-1].strip() == ""
    with progress("next", total=1, unit="steps"):
        advance(1, "steps")
    assert "next" in terminal.getvalue()


def test_after_an_error_inside_the_next_bar_is_shown(terminal):
    with pytest.raises(ValueError, match="broken"), progress("first", total=1, unit="steps"):
        raise ValueError("broken")
    with progress("second", total=1, unit="steps"):
        advance(1, "steps")
    assert "second" in terminal.getvalue()


def test_hidden_bars_are_not_drawn_and_come_back(terminal):
    with hidden():
        assert list(track(range(3), "silent", unit="rows")) == [0, 1, 2]
    assert terminal.getvalue() == ""
    assert list(track(range(3), "loud", unit="rows")) == [0, 1, 2]
    assert "loud" in terminal.getvalue()


def test_work_of_less_than_a_second_has_no_bar(terminal, monkeypatch):
    monkeypatch.setattr(bars, "SHOWN_AFTER", 60.0)
    list(track(range(1000), "quick", unit="rows"))
    assert terminal.getvalue().strip() == ""


def test_where_stderr_is_no_terminal_there_is_no_bar(capsys, monkeypatch):
    monkeypatch.setattr(bars, "SHOWN_AFTER", 0.0)
    list(track(range(3), "unseen", unit="rows"))
    assert capsys.readouterr().err == ""


def test_what_another_thread_does_counts_in_the_one_bar_and_is_hidden_with_it(terminal):
    def work():
        with progress("part", total=4, unit="texts"):
            advance(4, "texts")

    def in_a_thread():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    with hidden():
        in_a_thread()
    assert terminal.getvalue() == ""
    with progress("all", total=10, unit="texts") as outer:
        in_a_thread()
        assert place(outer) == (4, 10)
    assert "part" not in terminal.getvalue()
