"""Conversations and a searched index in, the task of each out: Claude chooses from a shortlist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from taxonomy.claude.records import Answer, Asker, Request
from taxonomy.onet.index import TaskIndex
from taxonomy.onet.questions import (
    ASSIGNED,
    CHOOSE_TASK,
    NO_REQUEST,
    NONE,
    ChosenTask,
    Listed,
    flag_of,
    list_tasks,
    make_request,
    task_faults,
)
from taxonomy.settings import Settings

STAGE = "tasks"
BLOCK = 2_048
"""Conversations searched for at once."""
FOUND = {name: ASSIGNED[name] for name in ("statement", "confidence", "flags")}


@dataclass(frozen=True)
class _Requests:
    """One request a conversation; made anew each time they are gone through."""

    asked: list[tuple[str, str]]
    """conversation_id and request."""
    places: np.ndarray
    """(n_asked, n_candidates) int32: which statements each is shown."""
    statements: list[str]
    texts: dict[str, str]
    """Statement -> the task's own text."""
    activities: dict[str, list[str]]
    """Statement -> the names of its DWAs."""
    settings: Settings

    def __iter__(self) -> Iterator[Request]:
        return map(self.request, range(len(self.asked)))

    def shown(self, row: int) -> Listed:
        """The candidates of a conversation under their DWAs."""
        candidates = [self.statements[place] for place in self.places[row]]
        return list_tasks(
            by_activity(candidates, self.activities),
            self.texts,
            order_of=self.asked[row][1],
            random_state=self.settings.random_state,
        )

    def request(self, row: int) -> Request:
        """Which of the candidates is the one."""
        conversation_id, text = self.asked[row]
        listed = self.shown(row)
        return make_request(
            CHOOSE_TASK,
            {"request": text, "tasks": listed.shown},
            ChosenTask,
            self.settings.claude.tasks,
            stage=STAGE,
            check=task_faults(listed.statements),
            conversation_ids=(conversation_id,),
        )

    def assigned(self, row: int, answer: Answer) -> dict[str, object]:
        """What an answer says about a conversation."""
        flag = flag_of(answer)
        if flag:
            return {"flags": flag}
        chosen = answer.value
        named = {NONE: NONE} | self.shown(row).statements
        return {"statement": named[chosen.task], "confidence": chosen.confidence}


def assign_by_shortlist(
    requests: pl.DataFrame,
    index: TaskIndex,
    claude: Asker,
    settings: Settings,
    *,
    vectors: np.ndarray | None = None,
) -> pl.DataFrame:
    """The task of each conversation, as `ASSIGNED`; in the order of `requests`.

    Claude sees the candidates under their DWAs, in a random order, and chooses one or none. A
    refused, invalid or missing answer leaves the statement null.

    Parameters
    ----------
    requests : conversation_id, request; no conversation twice. A null request is not asked about
    index : gives the candidates
    settings : `onet.shortlist` candidates each; `claude.tasks` is the model
    vectors : (n, d) unit vectors of the requests, row for row, where they are known

    Raises
    ------
    ClaudeError, LedgerError
        As `claude` raises them.
    """
    has_request = requests["request"].fill_null("") != ""
    open_rows = requests.filter(has_request).select("conversation_id", "request")
    known = None if vectors is None else vectors[has_request.to_numpy()]
    questions = _Requests(
        open_rows.rows(),
        _candidate_places(open_rows, index, settings.onet.shortlist, known),
        index.statements["statement"].to_list(),
        dict(index.statements.select("statement", "task").iter_rows()),
        dict(index.around.select("statement", "dwas").iter_rows()),
        settings,
    )
    answers = claude.ask(questions) if open_rows.height else ()
    rows = range(open_rows.height)
    found = [questions.assigned(row, a) for row, a in zip(rows, answers, strict=True)]
    answered = open_rows.select("conversation_id").with_columns(
        pl.DataFrame(found, schema=FOUND),
        n_asked=pl.lit(1, pl.Int64),
    )
    return (
        requests.select("conversation_id")
        .join(answered, on="conversation_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(has_request).then("flags").otherwise(pl.lit(NO_REQUEST)).alias("flags"),
            pl.col("n_asked").fill_null(0),
            route=pl.lit("shortlist"),
        )
        .select(pl.col(name).cast(kind) for name, kind in ASSIGNED.items())
    )


def by_activity(
    candidates: list[str], activities: dict[str, list[str]]
) -> list[tuple[str | None, str]]:
    """Each candidate after its DWA: of several, that of most candidates; null where it has none."""
    shared = Counter(name for statement in candidates for name in activities[statement])

    def widest(names: list[str]) -> str | None:
        return min(names, key=lambda name: (-shared[name], name), default=None)

    return [(widest(activities[statement]), statement) for statement in candidates]


def _candidate_places(
    requests: pl.DataFrame, index: TaskIndex, n: int, vectors: np.ndarray | None
) -> np.ndarray:
    """Rows of `index.statements`, (n_requests, n) int32, or fewer where there are fewer in all."""
    place = index.statements.select("statement").with_row_index("place")
    n = min(n, place.height)
    queries = requests.select(query="conversation_id", text="request")
    found = np.empty((requests.height, n), dtype=np.int32)
    for start in range(0, requests.height, BLOCK):
        block = slice(start, start + BLOCK)
        best = index.candidates(
            queries[block], n, diverse=True, vectors=None if vectors is None else vectors[block]
        )
        rows = best.join(place, on="statement", how="left", maintain_order="left")
        found[block] = rows["place"].to_numpy().reshape(-1, n)
    return found
