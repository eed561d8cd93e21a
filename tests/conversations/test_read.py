from __future__ import annotations

import polars as pl
import pytest

from taxonomy.conversations import CONVERSATIONS, read_conversations
from taxonomy.errors import ConversationError
from taxonomy.settings import ConversationSettings

ROWS = [{"id": "a", "text": "Name three rivers"}, {"id": "b", "text": "And three lakes"}]


class ForeignFrame:
    """What another library's frame looks like from here."""

    def __init__(self, frame):
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self._frame.__arrow_c_stream__(requested_schema)


def test_a_path_several_paths_and_frames_read_alike(write_jsonl):
    path = write_jsonl(ROWS)
    expected = read_conversations(path)
    assert expected.schema == pl.Schema(CONVERSATIONS)
    frame = pl.DataFrame(ROWS)
    one, two = (write_jsonl([row], f"{i}.jsonl") for i, row in enumerate(ROWS))
    for source in (str(path), [path], [one, two], frame, ForeignFrame(frame)):
        assert read_conversations(source).equals(expected)


def test_settings_hold_for_frames_too():
    frame = pl.DataFrame({"ask": ["Hi", "Ho", "He"]})
    settings = ConversationSettings(columns={"text": "ask"}, sample=2)
    assert read_conversations(frame, settings).height == 2


def test_what_was_read_can_be_read_again(write_jsonl):
    once = read_conversations(write_jsonl(ROWS))
    assert read_conversations(once).equals(once)


def test_too_many_bad_rows_are_an_error_without_a_path_to_look_at():
    frame = pl.DataFrame({"text": ["Hi", ""], "id": ["a", "b"]})
    with pytest.raises(ConversationError, match=r"1 of 2 rows") as caught:
        read_conversations(frame)
    assert "listed in" not in str(caught.value)
