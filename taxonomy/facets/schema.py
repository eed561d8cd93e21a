"""What is asked of every conversation, as data.

A facet is a record, not code: Claude and the offline rules fill the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl
from pydantic import BaseModel

from taxonomy.claude.records import STATUSES as ANSWER_STATUSES
from taxonomy.collaboration import COLLABORATIONS
from taxonomy.errors import SettingsError
from taxonomy.settings import FacetSettings

STATUSES: Final = ("ok", "empty", "flagged", *(s for s in ANSWER_STATUSES if s != "ok"))
"""`empty`: nothing is asked for; `flagged`: the input says so, and nobody was asked; the others
are what became of a question to Claude."""

USE_CASES: Final = ("work", "coursework", "personal")

Kind = Literal["text", "choice", "scale", "number"]


@dataclass(frozen=True)
class Facet:
    """One question about a conversation, and what an answer may look like."""

    name: str
    question: str
    kind: Kind
    choices: tuple[str, ...] = ()
    """Of a choice."""
    lowest: int = 1
    highest: int = 5
    """The ends of a scale, in whole numbers."""
    longest: int = 200
    """Of a text, in characters."""


ASKED: Final = (
    Facet("request", "What does the person want over the whole conversation?", "text"),
    Facet("task", "What does the assistant have to do?", "text", longest=300),
    Facet("language", "Which language does the person write in?", "text", longest=40),
    Facet("collaboration", "How do the two work together?", "choice", COLLABORATIONS),
    Facet("use_case", "What does the conversation serve?", "choice", USE_CASES),
    Facet("concern", "How much harm could come of helping, from 1 (none) to 5?", "scale"),
)
"""What Claude is asked; `prompts/facets.md` says each at length. The rules know three of them."""

FACETS: Final = (
    *ASKED,
    Facet("status", "What became of the questions?", "choice", STATUSES),
)

COLUMN_TYPES: Final[Mapping[Kind, pl.DataType]] = {
    "text": pl.String(),
    "choice": pl.String(),
    "scale": pl.Int64(),
    "number": pl.Float64(),
}

FACET_COLUMNS: Final[dict[str, pl.DataType]] = {
    "conversation_id": pl.String(),
    **{facet.name: COLUMN_TYPES[facet.kind] for facet in FACETS},
    "flags": pl.String(),
}
"""The columns of a facet table: `request` is null exactly where `status` is not `ok`.

`language` is an ISO 639-1 code. `flags` are sorted words with commas, null where there are none.
"""

_ELSEWHERE = (
    *("user_id", "created_at", "model", "thinking", "messages", "flagged"),
    *("cluster", "similarity", "runner_up", "runner_up_similarity"),
)
"""Columns of other tables that a facet table is joined with."""
_TAKEN = frozenset((*FACET_COLUMNS, *_ELSEWHERE))


def own_facets(settings: FacetSettings) -> tuple[Facet, ...]:
    """The questions of the user's own, as facets.

    Raises
    ------
    SettingsError
        A name is taken or given twice.
    """
    names = [own.name for own in settings.own]
    for name in names:
        if name in _TAKEN or hasattr(BaseModel, name):
            raise SettingsError(
                f"facets.own: the name {name!r} is taken; call the facet something else."
            )
        if names.count(name) > 1:
            raise SettingsError(f"facets.own: two facets are called {name!r}; rename one.")
    return tuple(
        Facet(own.name, own.question, own.kind, own.choices, own.lowest, own.highest)
        for own in settings.own
    )


def refuse_own_facets(settings: FacetSettings) -> None:
    """Nothing where there are no questions of the user's own.

    Raises
    ------
    SettingsError
        There are some, and the rules that are to answer cannot.
    """
    if settings.own:
        names = ", ".join(own.name for own in settings.own)
        raise SettingsError(
            f"facets.own asks {names}, which the offline rules cannot answer; set llm = "
            '"claude", or take the [[facets.own]] tables out.'
        )
