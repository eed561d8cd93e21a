"""Requests in, answers out: one call, whatever happens in between.

Asking goes in rounds. Each goes through all requests, leaves out those whose answer is final, and
sends what is left, in batches or by direct calls; it ends when a round finds nothing to send. What
a crash interrupts is therefore just another round.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from pydantic import ValidationError

from taxonomy.claude.batches import Batches
from taxonomy.claude.connection import KEY_VARIABLE, Connection
from taxonomy.claude.direct import answer_directly
from taxonomy.claude.entries import State
from taxonomy.claude.ledger import RECEIVED, Ledger
from taxonomy.claude.money import Budget, load_tariff
from taxonomy.claude.pending import Pending
from taxonomy.claude.reading import load_answer, read_message
from taxonomy.claude.records import STATUSES, Answer, Request, in_groups
from taxonomy.claude.session import Patience, Session
from taxonomy.claude.tally import Tally
from taxonomy.errors import ClaudeError, LedgerError
from taxonomy.progress import progress
from taxonomy.settings import ClaudeSettings

logger = logging.getLogger(__name__)

MIN_BATCH = 100
"""Fewer requests are sent directly: a batch may take a day."""
N_TRIED = 10
"""Requests of a new kind that are asked directly before a batch of them is sent."""


class Claude:
    """Claude, or a server like it, behind one ledger.

    Parameters
    ----------
    file : the ledger's file; it is made where there is none
    connection : None to answer from the ledger alone
    budget : US dollars that `run` may spend in all, over every call and every process
    run : whose account the spending goes to
    say : told what happens with batches, in a line each

    Raises
    ------
    LedgerError
        The file is no ledger.
    """

    def __init__(
        self,
        file: Path,
        connection: Connection | None,
        settings: ClaudeSettings,
        *,
        budget: float | None = None,
        run: str = "",
        patience: Patience | None = None,
        say: Callable[[str], None] = logger.info,
    ) -> None:
        self.ledger = Ledger(file)
        self._connection = connection
        self._settings = settings
        self._limit = budget
        self.run = run
        self._patience = patience or Patience()
        self._say = say

    @property
    def is_connected(self) -> bool:
        """Whether somebody can be asked, so that more is answered than the ledger holds."""
        return self._connection is not None

    def close(self) -> None:
        """Let go of the ledger and of the connection."""
        self.ledger.close()
        if self._connection is not None:
            self._connection.client.close()

    def __enter__(self) -> Claude:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """One answer a request, in their order; all is asked before the first is given out.

        Parameters
        ----------
        requests : any number; they are gone through more than once, so not a generator

        Raises
        ------
        BudgetError
            Going on could pass the budget, or a price is unknown; what was paid for is kept.
        ClaudeError
            Claude cannot be asked, or too many answers cannot be used.
        LedgerError
            Another process asks through this ledger, or an answer is missing and nobody can be
            asked.
        """
        if iter(requests) is requests:
            raise TypeError("requests are gone through more than once: give a list, no generator")
        if self._connection is None:
            self._check_complete(requests)
        else:
            with self.ledger.alone():
                try:
                    with progress("answers", total=0, unit="answers"):
                        self._ask(requests, self._session(self._connection))
                except KeyboardInterrupt:
                    self._say_stopped()
                    raise
        return self._answers(requests)

    def cancel(self) -> int:
        """Ask the server to end every batch early; their number. What is done stays paid for."""
        if self._connection is None:
            raise ClaudeError("there is no key, so the server cannot be asked to cancel batches.")
        return Batches(self._session(self._connection)).cancel()

    def _session(self, connection: Connection) -> Session:
        settings = self._settings
        return Session(
            ledger=self.ledger,
            connection=connection,
            tariff=load_tariff(settings.prices),
            budget=Budget(self._limit, self.ledger.spent(self.run)),
            run=self.run,
            patience=self._patience,
            max_concurrency=settings.max_concurrency,
            delete_collected=settings.delete_collected,
            tally=Tally(settings.max_failed_share),
            say=self._say,
        )

    def _ask(self, requests: Iterable[Request], session: Session) -> None:
        batches = Batches(session)
        while True:
            session.awaited.clear()
            pendings = session.scan(requests, self.ledger.under_way())
            first = list(islice(pendings, MIN_BATCH))
            if not first and not session.awaited:
                break
            if first and not self._in_batches(session, len(first)):
                answer_directly(session, chain(first, pendings))
            else:
                tried = _try_some_of_each(session, first)
                rest = (pending for pending in first if pending not in tried)
                batches.run(chain(rest, pendings))
            session.tally.stop_if_failing()
        session.tally.stop_if_unanswered()

    def _say_stopped(self) -> None:
        n = len(self.ledger.under_way())
        self._say(
            f"stopped; {n:,} requests are under way at the server. The same command goes on where "
            "this one ended; `taxonomy answers cancel` ends what is in batches."
        )

    def _in_batches(self, session: Session, n: int) -> bool:
        mode = self._settings.mode
        if mode == "batches" and not session.connection.capabilities.batches:
            raise ClaudeError(
                f"a server of the kind {self._settings.server} has no batches; use "
                "--set claude.mode=direct."
            )
        wanted = mode == "batches" or (mode == "auto" and n >= MIN_BATCH)
        return wanted and session.connection.capabilities.batches

    def _check_complete(self, requests: Iterable[Request]) -> None:
        missing, total, stage = 0, 0, ""
        for group in in_groups(requests):
            states = self.ledger.states([request.key for request in group])
            absent = [request for request in group if request.key not in states]
            total, missing = total + len(group), missing + len(absent)
            stage = absent[0].stage if absent else stage
        if missing:
            raise LedgerError(
                f"{missing:,} of {total:,} requests of the stage {stage} are not in "
                f"{self.ledger.file}, and there is no key to ask them: set {KEY_VARIABLE}, give "
                "the ledger of the run to repeat, or use --llm offline."
            )

    def _answers(self, requests: Iterable[Request]) -> Iterator[Answer]:
        for group in in_groups(requests):
            states = self.ledger.states([request.key for request in group])
            for request in group:
                yield _answer(request, states.get(request.key))


def _answer(request: Request, state: State | None) -> Answer:
    if state is None:
        return Answer("errored", detail="no answer")
    status, text, detail = state.status, state.text, state.detail
    if status == RECEIVED:  # a command before this one stored it and did not come to read it
        reading = read_message(json.loads(text), request)
        status, text, detail = reading.status, reading.text, reading.detail
    if status != "ok":
        return Answer(status if status in STATUSES else "errored", None, detail)
    try:
        return Answer("ok", load_answer(text, request.answer))
    except ValidationError:
        hint = f"taxonomy answers prune --prompt-version {request.prompt_version}"
        return Answer("invalid", None, f"stored under other rules; to ask again: {hint}")


def _try_some_of_each(session: Session, pendings: list[Pending]) -> list[Pending]:
    """Some requests of each kind that was never answered yet, asked directly; which ones.

    A batch says that its requests are malformed a day later, and says it of all; answers that
    cannot be used are paid for before they are seen.

    Raises
    ------
    ClaudeError
        The server takes no request of this kind, or too few of the answers can be used.
    """
    kinds: dict[tuple[str, str], list[Pending]] = {}
    for pending in pendings:
        kinds.setdefault((pending.request.model, pending.request.prompt_version), []).append(
            pending
        )
    all_tried = []
    for kind, members in kinds.items():
        if session.ledger.has_answered(*kind):
            continue
        tried = members[:N_TRIED]
        answer_directly(session, tried)
        states = session.ledger.states([pending.key for pending in tried])
        bad = [s for s in states.values() if s.status not in {"ok", "refused"}]
        is_first_of_many = len(members) > len(tried)
        if is_first_of_many and len(bad) > max(session.tally.max_failed_share, 0.5) * len(tried):
            raise ClaudeError(
                f"{len(bad)} of the first {len(tried)} requests of the stage "
                f"{tried[0].request.stage} failed, so no batch was sent: {bad[0].detail}."
            )
        all_tried += tried
    return all_tried
