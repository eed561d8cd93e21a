"""What a conversation is, once read: the columns of conversations.parquet, and words for rows.

Nothing comes in. Every other module of this package writes or fills these columns.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import polars as pl
from polars.datatypes import DataType, DataTypeClass

CONVERSATIONS: Final[dict[str, DataType | DataTypeClass]] = {
    "conversation_id": pl.String,
    "user_id": pl.String,
    "created_at": pl.Datetime("us", "UTC"),
    "model": pl.String,
    "thinking": pl.Boolean,
    "language": pl.String,
    "messages": pl.List(pl.Struct({"role": pl.String, "content": pl.String})),
    "request": pl.String,
    "collaboration": pl.String,
    "flagged": pl.Boolean,
}
"""The columns of conversations.parquet; all but conversation_id and messages may be null."""

Row: TypeAlias = dict[str, Any]
"""One row as a file holds it, or one conversation under our column names."""


class BadRow(Exception):
    """Why one row cannot be used; the reason never holds text of a message."""

    @property
    def reason(self) -> str:
        """The reason in a few words, the same for every row that is bad in the same way."""
        return str(self)


class BadFile(Exception):
    """Why the rest of a file cannot be read, so that nobody knows what it held."""


Entry: TypeAlias = tuple[int, Row | BadRow]
"""A row of a file and its line, or its number where the file has no lines; or why it is bad."""

Draft: TypeAlias = tuple[tuple[int, ...], Row | BadRow]
"""A conversation under our names, not yet checked, and the lines that it was made from."""
