"""What is asked of every conversation, as data.

A facet is a record, not code: Claude and the offline rules answer the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from taxonomy.collaboration import COLLABORATIONS

STATUSES = ("ok", "empty")


@dataclass(frozen=True)
class Facet:
    """One question about a conversation, and what an answer may look like."""

    name: str
    question: str
    kind: Literal["text", "choice"]
    choices: tuple[str, ...] = ()


FACETS = (
    Facet(
        "request",
        "What does the user ask the assistant to do? Answer with one short imperative phrase "
        "in sentence case, without names or other personal details.",
        "text",
    ),
    Facet(
        "language",
        "Which language does the user write in, code aside? Answer with its ISO 639-1 code.",
        "text",
    ),
    Facet(
        "collaboration",
        "How do the user and the assistant work together for most of the conversation?",
        "choice",
        COLLABORATIONS,
    ),
    Facet("status", "Does the conversation hold a real request?", "choice", STATUSES),
)

FACET_COLUMNS: dict[str, pl.DataType] = {
    "conversation_id": pl.String(),
    "request": pl.String(),
    "language": pl.String(),
    "collaboration": pl.String(),
    "status": pl.String(),
}
"""The columns of a facet table: `request` is null exactly where `status` is `empty`."""
