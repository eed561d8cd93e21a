"""Whatever JSON a file holds, a row is read or is bad; nothing else happens."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.conversations.formats import FORMATS
from taxonomy.conversations.records import to_record
from taxonomy.conversations.schema import BadRow

KEYS = st.sampled_from(
    """
    role content text parts type message author value from sender messages conversation
    conversations mapping current_node chat_messages prompt replies turns input instruction
    conversation_id user_id id uuid created_at timestamp thinking language collaboration flagged
    openai_moderation metadata model_slug recipient parent children message_id parent_id rank
    attachments files tool_calls name function account
    """.split()  # noqa: SIM905
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=12),
    st.sampled_from(["user", "assistant", "tool_use", "text", "thinking", "m1", "m2", "[{}]"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
ROWS = st.dictionaries(KEYS, VALUES, max_size=8)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(ROWS)
def test_any_row_is_read_or_bad_in_every_format(row):
    for shape in FORMATS:
        shape.fits(row)
        if shape.convert is not None:
            with contextlib.suppress(BadRow):
                record = to_record(shape.convert(row), max_message_characters=1_000)
                "".join([*record.contents, record.conversation_id or ""]).encode()
                assert "user" in record.roles


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(ROWS, max_size=6))
def test_any_rows_as_messages_become_threads_or_bad_rows(tmp_path_factory, rows):
    from taxonomy.conversations.spill import Spill
    from taxonomy.conversations.threads import threads

    entries = list(enumerate(rows, start=1))
    with Spill(tmp_path_factory.getbasetemp() / "never-made") as spill:
        drafts = list(threads(lambda: iter(entries), rows, spill))
    assert sorted(line for lines, _ in drafts for line in lines) == [line for line, _ in entries]
