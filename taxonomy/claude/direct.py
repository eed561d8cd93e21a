"""Requests in, direct calls out: in threads, as many as the server bears.

Only the main thread touches the ledger: it writes down what is about to be sent, the threads send
and wait, and it settles what comes back.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeAlias

from taxonomy.claude.connection import Failure, call_message
from taxonomy.claude.entries import Outcome, State
from taxonomy.claude.pace import Pace
from taxonomy.claude.pending import Pending
from taxonomy.claude.session import Session
from taxonomy.errors import ClaudeError
from taxonomy.progress import advance

Result: TypeAlias = tuple[Any, str] | Failure
"""What a call gives: the JSON of a message and the id of the request, or why there is none."""
LONGEST_WAIT = 1.0
"""Seconds between two looks at the clock while calls are under way."""


def answer_directly(session: Session, pendings: Iterable[Pending]) -> None:
    """Send each request until it has an answer or was given up.

    Raises
    ------
    BudgetError
        The next request could pass the budget; all that were under way are settled.
    ClaudeError
        The key or the model is not accepted, or too many answers cannot be used.
    """
    with ThreadPoolExecutor(session.max_concurrency, thread_name_prefix="claude") as pool:
        calls = _Calls(session, iter(pendings), pool)
        try:
            calls.run()
        finally:
            # Whatever stops us, what was paid for is waited for and kept.
            calls.drain()


@dataclass(frozen=True)
class _Sent:
    pending: Pending
    attempt: int
    reserved: float


class _Calls:
    """The calls under way, and those that wait for their next try."""

    def __init__(
        self, session: Session, pendings: Iterator[Pending], pool: ThreadPoolExecutor
    ) -> None:
        self._session = session
        self._pendings = pendings
        self._pool = pool
        self._pace = Pace(session.max_concurrency, longest_pause=session.patience.longest_pause)
        self._under_way: dict[Future[Result], _Sent] = {}
        self._later: list[tuple[float, int, Pending]] = []
        self._n_later = 0
        self._exhausted = False
        self._answered_at = time.monotonic()

    def run(self) -> None:
        """Until nothing is left to send."""
        while True:
            self._send_some()
            if not self._under_way and not self._later and self._exhausted:
                return
            self._take_some()
            self._session.tally.stop_if_failing()

    def drain(self) -> None:
        """Settle what is still under way, whatever else has gone wrong."""
        while self._under_way:
            try:
                self._take_some()
            except ClaudeError:
                continue  # the first such error is already on its way up

    def _send_some(self) -> None:
        chosen: list[tuple[Pending, float]] = []
        while len(self._under_way) + len(chosen) < int(self._pace.limit):
            pending = self._next()
            if pending is None:
                break
            cost = self._session.worst_cost(pending, batch=False)
            if not self._session.budget.fits(cost):
                self._put_off(pending, 0.0)
                if not self._under_way and not chosen:
                    self._session.budget.reserve(cost)  # raises: nothing will become free
                break
            self._session.budget.reserve(cost)
            chosen.append((pending, cost))
        if chosen:
            self._send(chosen)

    def _next(self) -> Pending | None:
        now = time.monotonic()
        if now < self._pace.resumes_at:
            return None
        if self._later and self._later[0][0] <= now:
            return heapq.heappop(self._later)[2]
        pending = next(self._pendings, None)
        self._exhausted = pending is None
        return pending

    def _put_off(self, pending: Pending, seconds: float) -> None:
        self._n_later += 1
        heapq.heappush(self._later, (time.monotonic() + seconds, self._n_later, pending))

    def _send(self, chosen: list[tuple[Pending, float]]) -> None:
        session = self._session
        with session.ledger.transaction():
            attempts = session.ledger.open_attempts(
                [pending.sending(cost) for pending, cost in chosen], run=session.run
            )
        for (pending, cost), attempt in zip(chosen, attempts, strict=True):
            params = pending.params(session.connection)
            future = self._pool.submit(call_message, session.connection, params)
            self._under_way[future] = _Sent(pending, attempt, cost)

    def _take_some(self) -> None:
        if not self._under_way:
            time.sleep(self._idle_seconds())
            return
        done, _ = wait(self._under_way, timeout=LONGEST_WAIT, return_when=FIRST_COMPLETED)
        with self._session.ledger.transaction():
            booked = [(future, *self._book(self._under_way[future], future)) for future in done]
        # From here on it is in the books: whatever happens now, nothing is lost.
        n_under_way = len(self._under_way)
        sent = {future: self._under_way.pop(future) for future in done}
        for future, outcome, _ in booked:
            self._session.budget.settle(sent[future].reserved, outcome.usd)
        stop: BaseException | None = None
        for future, _, state in booked:
            try:
                self._continue(sent[future].pending, _result(future), state, n_under_way)
            except ClaudeError as error:
                stop = error
            stop = future.exception() or stop
        if stop:
            raise stop

    def _book(self, sent: _Sent, future: Future[Result]) -> tuple[Outcome, State | None]:
        """Write down what became of a call, and its answer."""
        session, pending, result = self._session, sent.pending, _result(future)
        state = None
        if isinstance(result, Failure):
            usd = sent.reserved if result.billed else 0.0
            outcome = Outcome(
                "lost" if result.billed else "failed",
                usd,
                error=result.text,
                request_id=result.request_id,
            )
        else:
            message, request_id = result
            outcome = session.outcome_of(
                message,
                pending.request.model,
                batch=False,
                reserved=sent.reserved,
                request_id=request_id,
            )
            state = session.store(pending.request, pending.step, message)
        session.ledger.close_attempts([(sent.attempt, outcome)])
        return outcome, state

    def _continue(
        self, pending: Pending, result: Result, state: State | None, n_under_way: int
    ) -> None:
        """See what a request still needs, and how fast to go on."""
        session, now = self._session, time.monotonic()
        if isinstance(result, Failure):
            if result.is_throttling:
                # The server is busy: no fault of the request, so it costs it no try.
                self._put_off(pending, session.patience.backoff)
                self._slow_down(result, now)
                return
            session.note_failure(pending, result)
        else:
            self._answered_at = now
            self._pace.succeeded(under_way=n_under_way, now=now)
            session.count(pending.request, state)
            if state is not None:
                if further := session.pending(pending.request, state):
                    self._put_off(further, 0.0)
                else:
                    advance(1, "answers")
                return
        if not session.tally.is_given_up(pending.key):
            self._put_off(pending, session.wait_after(pending.key))

    def _slow_down(self, failure: Failure, now: float) -> None:
        self._pace.throttled(retry_after=failure.retry_after, now=now)
        waited = now - self._answered_at
        if waited > self._session.patience.longest_throttling:
            raise ClaudeError(
                f"the server has taken no request for {waited / 60:,.0f} minutes: {failure.text}. "
                "What was answered is in the ledger; run the same command later."
            )

    def _idle_seconds(self) -> float:
        """How long there is nothing to do but wait."""
        now = time.monotonic()
        due = [self._later[0][0]] if self._later else []
        ahead = [moment for moment in (*due, self._pace.resumes_at) if moment > now]
        return min(min(ahead, default=now) - now, LONGEST_WAIT)


def _result(future: Future[Result]) -> Result:
    """What a call gave; a mistake of ours in it counts as an answer that was paid and is lost."""
    error = future.exception()
    if error is None:
        return future.result()
    return Failure(f"{type(error).__name__}: {error}"[:300], billed=True, kind="later")
