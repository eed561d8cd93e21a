"""Files of conversations in; one Parquet file, a list of bad rows and a report out.

Two passes in bounded memory. The first checks every row and puts it into the bucket of its id's
hash; the second, bucket by bucket, drops repeats, sorts and writes. The order of the output is
that of the hashes, so the bytes depend on neither machine, nor threads, nor memory.
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from taxonomy.conversations.files import Source, frame_source, open_sources
from taxonomy.conversations.formats import convert_rows
from taxonomy.conversations.recognition import Recognised, recognise_all
from taxonomy.conversations.records import Record, to_record
from taxonomy.conversations.rejected import Rejected, known_id
from taxonomy.conversations.schema import BadRow, Draft, Row
from taxonomy.conversations.settle import Tally, write_settled
from taxonomy.conversations.spill import Spill
from taxonomy.conversations.store import Store
from taxonomy.conversations.threads import threads
from taxonomy.errors import ConversationError
from taxonomy.progress import advance, progress
from taxonomy.settings import ConversationSettings

logger = logging.getLogger(__name__)


class ArrowFrame(Protocol):
    """A frame of any library that speaks the Arrow C stream interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


@dataclass(frozen=True)
class IngestReport:
    """What was read, and what became of it."""

    n_rows: int
    """Rows of the input; a row is a message where the input has one message a row."""
    n_conversations: int
    n_rejected: int
    """Rows in rejected.jsonl."""
    n_duplicates: int
    """Conversations whose id and messages were there before."""
    n_cut_messages: int
    n_without_user_id: int
    n_without_time: int
    """Conversations whose time is missing or could not be read."""
    formats: dict[str, str]
    """File name -> the format it was read as."""
    reasons: dict[str, int]
    """Reason -> rejected rows, the commonest first."""


def ingest_conversations(
    paths: Sequence[Path], out: Path, rejected: Path, settings: ConversationSettings
) -> IngestReport:
    """Write the conversations of the files to one Parquet file, in bounded memory.

    The rows of `out` have the columns of `CONVERSATIONS`, each id once, in the order of the
    ids' hashes. Both files appear whole or not at all.

    Parameters
    ----------
    paths : files in any of the formats of this package, which may differ from file to file
    out : the Parquet file to write; its folder also holds temporary files while this runs
    rejected : the JSON Lines file to write, one line for each bad row

    Raises
    ------
    ConversationError
        A file is missing, empty, damaged or not recognised, or more than
        `settings.max_rejected_share` of the rows is bad; then `out` is not written, and
        `rejected` only in the last case.
    """
    sources = [source for path in paths for source in open_sources(Path(path))]
    return _ingest(sources, out, rejected, settings, listed_in=rejected)


def read_conversations(
    source: str | Path | Sequence[str | Path] | pl.DataFrame | ArrowFrame,
    settings: ConversationSettings | None = None,
) -> pl.DataFrame:
    """The conversations of a file, of several files or of a frame, as `CONVERSATIONS`.

    Parameters
    ----------
    source : files as for `ingest_conversations`, or a frame of any library that has
        `__arrow_c_stream__`

    Raises
    ------
    ConversationError
        As `ingest_conversations` does.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "conversations.parquet")
        report = _ingest(
            _sources_of(source),
            out,
            Path(folder, "rejected.jsonl"),
            settings or ConversationSettings(),
            listed_in=None,
        )
        if report.n_rejected:
            logger.warning(
                "%d of %d rows rejected: %s", report.n_rejected, report.n_rows, report.reasons
            )
        return pl.read_parquet(out)


def _sources_of(
    source: str | Path | Sequence[str | Path] | pl.DataFrame | ArrowFrame,
) -> list[Source]:
    if isinstance(source, str | Path):
        return open_sources(Path(source))
    if isinstance(source, pl.DataFrame):
        return [frame_source(source)]
    if hasattr(source, "__arrow_c_stream__"):
        return [frame_source(pl.DataFrame(source))]
    return [one for path in source for one in open_sources(Path(path))]


def _ingest(
    sources: Sequence[Source],
    out: Path,
    rejected: Path,
    settings: ConversationSettings,
    *,
    listed_in: Path | None,
) -> IngestReport:
    recognised = recognise_all(_with_own_names(sources), settings)
    with (
        _beside(out, "partial") as new_out,
        _beside(rejected, "partial") as new_rejected,
        Store(out.with_name(f".{out.name}.store")) as store,
    ):
        with new_rejected.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            intake = _Intake(store, Rejected(stream), settings)
            with progress("read", unit="rows"):
                for source in recognised:
                    intake.take(source, meeting=out.with_name(f".{out.name}.threads"))
            tally = write_settled(
                store, new_out, intake.rejected, names=intake.names, sample=settings.sample
            )
        new_rejected.replace(rejected)
        intake.check(tally, listed_in)
        new_out.replace(out)
    return intake.report(recognised, tally)


class _Intake:
    """The first pass: rows in, checked conversations into the store."""

    def __init__(self, store: Store, rejected: Rejected, settings: ConversationSettings) -> None:
        self.names: list[str] = []
        self.rejected = rejected
        self._store = store
        self._settings = settings
        self._n_rows = 0

    def take(self, source: Recognised, *, meeting: Path) -> None:
        """Read a source; `meeting` is a folder for the messages of its threads."""
        self.names.append(source.name)
        with Spill(meeting) as by_thread:
            for lines, draft in _drafts(source, by_thread):
                self._n_rows += len(lines)
                self._take_draft(lines, draft)
                advance(len(lines), "rows")

    def check(self, tally: Tally, listed_in: Path | None) -> None:
        """Raise ConversationError if too much was rejected, or nothing is left."""
        self.rejected.check_share(
            self._n_rows, max_share=self._settings.max_rejected_share, listed_in=listed_in
        )
        if not tally.n_conversations:
            raise ConversationError(f"no conversation is left of {self._n_rows:,} rows.")

    def report(self, recognised: Sequence[Recognised], tally: Tally) -> IngestReport:
        """The counts of both passes."""
        return IngestReport(
            n_rows=self._n_rows,
            n_rejected=self.rejected.n_rows,
            formats={source.name: source.format.name for source in recognised},
            reasons=self.rejected.reasons,
            **asdict(tally),
        )

    def _take_draft(self, lines: tuple[int, ...], draft: Row | BadRow) -> None:
        try:
            record = self._record(draft)
        except BadRow as bad:
            for line in lines:
                self.rejected.add(self.names[-1], line, bad.reason, known_id(draft))
            return
        self._store.add(record, source=len(self.names) - 1, line=lines[0])

    def _record(self, draft: Row | BadRow) -> Record:
        if isinstance(draft, BadRow):
            raise draft
        try:
            return to_record(draft, max_message_characters=self._settings.max_message_characters)
        except RecursionError:
            raise BadRow("content nested too deeply") from None


def _drafts(source: Recognised, by_thread: Spill) -> Iterator[Draft]:
    if source.format.convert is None:
        return threads(source.entries, source.sample, by_thread)
    return convert_rows(source.entries(), source.format.convert)


def _with_own_names(sources: Sequence[Source]) -> list[Source]:
    """The sources, numbered where two files have the same name."""
    seen: Counter[str] = Counter()
    named = []
    for source in sources:
        seen[source.name] += 1
        times = seen[source.name]
        named.append(source if times == 1 else replace(source, name=f"{source.name} ({times})"))
    return named


@contextmanager
def _beside(path: Path, mark: str) -> Iterator[Path]:
    """A temporary name in the same folder; what is left under it at the end is removed."""
    temporary = path.with_name(f".{path.name}.{mark}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
