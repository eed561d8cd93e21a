"""Sources and settings in; the shape of each source out, before anything is read in full.

What cannot be recognised stops the run here, with the columns that were found.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from taxonomy.conversations.files import Source
from taxonomy.conversations.formats import FORMATS, MAPPABLE, Format, recognise, rename
from taxonomy.conversations.schema import BadRow, Entry, Row
from taxonomy.errors import ConversationError
from taxonomy.settings import ConversationSettings

logger = logging.getLogger(__name__)

SAMPLE_ROWS = 200
MAX_SHOWN_COLUMNS = 20
MAX_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Recognised:
    """A source whose shape is known."""

    name: str
    format: Format
    sample: Sequence[Row]
    """Its first rows, under our names."""
    entries: Callable[[], Iterator[Entry]]
    """Reads its rows from the start, under our names, each time that it is called."""


def recognise_all(
    sources: Sequence[Source], settings: ConversationSettings
) -> tuple[Recognised, ...]:
    """The shape of every source.

    Raises
    ------
    ConversationError
        There is no source, or one is empty or not recognised, or `settings.columns` names a
        column that is in none of them.
    """
    if not sources:
        raise ConversationError("no file was given; give files of conversations.")
    _check_names(settings)
    recognised = tuple(_recognise(source, settings) for source in sources)
    for ours, theirs in settings.columns.items():
        if not any(ours in row for one in recognised for row in one.sample):
            raise ConversationError(
                f"no input has the column {theirs!r} of conversations.columns.{ours}; "
                f"found {_columns([row for one in recognised for row in one.sample])}."
            )
    return recognised


def _recognise(source: Source, settings: ConversationSettings) -> Recognised:
    def entries() -> Iterator[Entry]:
        return _renamed(source.entries(), settings)

    first = list(islice(entries(), SAMPLE_ROWS))
    if not first:
        raise ConversationError(f"{source.name} is empty; give files of conversations.")
    sample = [row for _, row in first if isinstance(row, dict)]
    shape = recognise(sample, name=settings.format)
    if shape is None:
        raise ConversationError(_unrecognised(source.name, first, settings))
    logger.info("%s: read as %s", source.name, shape.name)
    return Recognised(source.name, shape, sample, entries)


def _renamed(entries: Iterator[Entry], settings: ConversationSettings) -> Iterator[Entry]:
    if not settings.columns:
        return entries
    return (
        (line, row if isinstance(row, BadRow) else rename(row, settings.columns))
        for line, row in entries
    )


def _check_names(settings: ConversationSettings) -> None:
    if unknown := sorted(settings.columns.keys() - MAPPABLE):
        raise ConversationError(
            f"conversations.columns has no use for {', '.join(unknown)}; "
            f"it maps these: {', '.join(sorted(MAPPABLE))}."
        )


def _unrecognised(name: str, first: Sequence[Entry], settings: ConversationSettings) -> str:
    sample = [row for _, row in first if isinstance(row, dict)]
    if not sample:
        reason = next(row.reason for _, row in first if isinstance(row, BadRow))
        return f"{name}: none of the first {len(first)} rows can be read ({reason})."
    wanted = "one of the known shapes" if settings.format == "auto" else settings.format
    shapes = "; ".join(f"{shape.name} ({shape.looks_like})" for shape in FORMATS)
    return (
        f"{name} is not recognised as {wanted}. Columns found: {_columns(sample)}. "
        f"Known shapes: {shapes}. If a column has another name, say so, for example "
        "--set conversations.columns.text=COLUMN, or force a shape with "
        "--set conversations.format=NAME."
    )


def _columns(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    shown = [name[:MAX_SHOWN_CHARACTERS] for name in names[:MAX_SHOWN_COLUMNS]]
    return ", ".join(shown) + (", ..." if len(names) > MAX_SHOWN_COLUMNS else "")
