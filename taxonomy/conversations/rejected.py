"""Bad rows in; a JSON Lines file that names them, and counts by reason, out.

A line holds the file's name, the line, the reason, and the conversation's id where it is known;
never text of a message.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from taxonomy.conversations.content import clean_text
from taxonomy.conversations.schema import Row
from taxonomy.errors import ConversationError


class Example(NamedTuple):
    """How often a reason was met, and where first."""

    n_rows: int
    file: str
    line: int


class Rejected:
    """The open list of bad rows."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._examples: dict[str, Example] = {}

    @property
    def n_rows(self) -> int:
        """How many rows were rejected."""
        return sum(example.n_rows for example in self._examples.values())

    @property
    def reasons(self) -> dict[str, int]:
        """Reason -> rows, the commonest first."""
        return {reason: example.n_rows for reason, example in self._by_count()}

    def add(self, file: str, line: int, reason: str, conversation_id: str | None = None) -> None:
        """Set a row aside."""
        entry: Row = {"file": file, "line": line, "reason": reason}
        if conversation_id is not None:
            entry["conversation_id"] = conversation_id
        self._stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        known = self._examples.get(reason, Example(0, file, line))
        self._examples[reason] = known._replace(n_rows=known.n_rows + 1)

    def check_share(self, n_rows: int, *, max_share: float, listed_in: Path | None) -> None:
        """Raise ConversationError if more than the given share of all rows was rejected."""
        if self.n_rows <= max_share * n_rows:
            return
        commonest = "; ".join(
            f"{reason}: {known.n_rows:,} (first: {known.file}, line {known.line})"
            for reason, known in self._by_count()[:3]
        )
        raise ConversationError(
            f"{self.n_rows:,} of {n_rows:,} rows ({self.n_rows / n_rows:.1%}) cannot be read as "
            f"conversations; at most {max_share:.1%} may be bad "
            f"(conversations.max_rejected_share). The commonest reasons: {commonest}. "
            + (f"All are listed in {listed_in}; nothing else was written." if listed_in else "")
        )

    def _by_count(self) -> list[tuple[str, Example]]:
        return sorted(self._examples.items(), key=lambda item: (-item[1].n_rows, item[0]))


def known_id(draft: Any) -> str | None:
    """The conversation id of a draft, if it has one that can be shown."""
    value = draft.get("conversation_id") if isinstance(draft, dict) else None
    return clean_text(str(value))[:200] if isinstance(value, str | int) else None
