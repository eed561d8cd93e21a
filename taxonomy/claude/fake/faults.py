"""What goes wrong, and when: a plan that gives the same faults for the same requests every time.

A fault is drawn either from a list, one for each request to an endpoint, or by a rule: with a
probability that hangs on the seed and on what is asked, never on clock or order.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taxonomy.claude.fake.question import first_digest
from taxonomy.errors import SettingsError

Kind = Literal["before", "after", "answer", "item", "batch", "results"]

HTTP = ("messages", "count_tokens", "models", "create", "list", "retrieve", "cancel", "delete",
        "results")  # fmt: skip
ENDPOINTS = (*HTTP, "item")
"""Where a fault can strike; `item` is one request of a batch."""

KINDS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "before": (HTTP, ("messages",)),
    "after": (HTTP, ("messages",)),
    "answer": (("messages", "item"), ("messages", "item")),
    "item": (("item",), ("item",)),
    "batch": (("create",), ("create",)),
    "results": (("results",), ("results",)),
}
"""Kind -> where a fault of it can strike, and where it does when a rule does not say."""

FAULTS: dict[str, Kind] = {
    # Nothing is done and nothing billed.
    **dict.fromkeys(("rate_limited", "rate_limited_long", "overloaded", "server_error",
                     "server_error_no_retry", "reset_before"), "before"),
    # It is done and billed, and the client never sees the answer.
    **dict.fromkeys(("hang", "reset_after", "html", "cut_json"), "after"),
    # The answer comes and is not what it should be.
    **dict.fromkeys(("prose", "wrong_choice", "missing_field", "max_tokens", "refusal_empty",
                     "refusal_text", "thinking_first", "obeyed"), "answer"),
    # A request of a batch comes to nothing, unbilled.
    **dict.fromkeys(("errored_overloaded", "errored_invalid", "expired", "canceled",
                     "unknown_type"), "item"),
    # A batch is made and not answered; not made; never ends; loses its results, or some of them.
    **dict.fromkeys(("create_hang", "create_reset", "create_rejected", "stuck", "archived",
                     "partial"), "batch"),
    # The results break off: in the middle of a line, or before the length that was announced.
    **dict.fromkeys(("results_cut", "results_drop"), "results"),
}  # fmt: skip
"""Every fault by name."""


class Rule(BaseModel):
    """A fault that strikes some of the requests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fault: str
    share: float = Field(1.0, gt=0, le=1)
    """The probability that an asking is struck."""
    times: int = Field(1, ge=1)
    """One request is struck this often at most. Of faulty answers, of whatever kind, one question
    gets so many at most, however it is asked: a client need not mend what it is sent for ever."""
    always: bool = False
    """A question is struck every time or never, however it is asked; `times` does not count."""
    at: tuple[str, ...] = ()
    """Endpoints; empty: those of the fault's kind."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Where the rule holds."""
        return self.at or KINDS[FAULTS[self.fault]][1]


class _Plan(BaseModel):
    """The JSON form of a script."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    hang_seconds: float = Field(2.0, ge=0)
    rules: tuple[Rule, ...] = ()
    queues: dict[str, tuple[str | None, ...]] = Field(default_factory=dict)


class Script:
    """A plan of faults; any thread may draw from it.

    Parameters
    ----------
    rules : of those that strike one asking, the first counts
    queues : endpoint -> the faults of its next requests, None for one that goes well; once a
        queue is empty the rules hold
    seed : another seed strikes other requests
    hang_seconds : how long a call that hangs is kept open

    Raises
    ------
    SettingsError
        A fault or an endpoint is unknown, or the two do not go together.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        queues: Mapping[str, Sequence[str | None]] | None = None,
        *,
        seed: int = 0,
        hang_seconds: float = 2.0,
    ) -> None:
        values = {
            "seed": seed,
            "hang_seconds": hang_seconds,
            "rules": tuple(rules),
            "queues": {name: tuple(faults) for name, faults in (queues or {}).items()},
        }
        self._plan = _validated(values)
        self._queues = {name: deque(faults) for name, faults in self._plan.queues.items()}
        self._seen: Counter[str] = Counter()
        self._struck: Counter[tuple[int, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def hang_seconds(self) -> float:
        """How long a call that hangs is kept open."""
        return self._plan.hang_seconds

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The script that `to_json` wrote, or that was written by hand.

        Raises
        ------
        SettingsError
            It is not JSON, or not a script.
        """
        try:
            plan = _Plan.model_validate_json(text)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from error
        return cls(plan.rules, plan.queues, seed=plan.seed, hang_seconds=plan.hang_seconds)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The script in a JSON file."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"cannot read the script {path}: {error}; give a JSON file in UTF-8."
            ) from error

    def to_json(self) -> str:
        """The plan as JSON, as it was before anything was drawn."""
        return self._plan.model_dump_json(indent=2, exclude_defaults=True)

    def draw(
        self, endpoint: str, digest: str, params: Mapping[str, Any] | None = None
    ) -> str | None:
        """The fault that strikes a request, or None.

        Parameters
        ----------
        endpoint : one of `ENDPOINTS`
        digest : stands for what is asked
        params : of a message, so that a lasting fault is the same however it is asked
        """
        with self._lock:
            queue = self._queues.get(endpoint)
            if queue:
                return queue.popleft()
            passing = self._draw_passing(endpoint, digest, params)
        if passing and FAULTS[passing] != "answer":
            return passing
        return self._draw_lasting(endpoint, digest, params) or passing

    def _draw_passing(
        self, endpoint: str, digest: str, params: Mapping[str, Any] | None
    ) -> str | None:
        rules = [
            (number, rule)
            for number, rule in enumerate(self._plan.rules)
            if not rule.always and endpoint in rule.endpoints
        ]
        if not rules:
            return None
        self._seen[digest] += 1
        asked = first_digest(params) if params else digest
        for number, rule in rules:
            chance = self._chance(rule.fault, digest, self._seen[digest])
            is_answer = FAULTS[rule.fault] == "answer"
            struck = (-1, asked) if is_answer else (number, digest)
            if self._struck[struck] < rule.times and chance < rule.share:
                self._struck[struck] += 1
                return rule.fault
        return None

    def _draw_lasting(
        self, endpoint: str, digest: str, params: Mapping[str, Any] | None
    ) -> str | None:
        rules = [rule for rule in self._plan.rules if rule.always and endpoint in rule.endpoints]
        if not rules:
            return None
        asked = first_digest(params) if params else digest
        struck = (rule.fault for rule in rules if self._chance(rule.fault, asked) < rule.share)
        return next(struck, None)

    def _chance(self, *parts: object) -> float:
        """A number from 0 to 1 that hangs on the seed and the parts alone."""
        text = "/".join(map(str, (self._plan.seed, *parts)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) / 256**7


def _validated(values: Mapping[str, Any]) -> _Plan:
    try:
        plan = _Plan.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    for rule in plan.rules:
        _check_places(rule.fault, rule.at)
    for endpoint, faults in plan.queues.items():
        if endpoint not in ENDPOINTS:
            raise SettingsError(f"there is no endpoint {endpoint!r}; use {', '.join(ENDPOINTS)}.")
        for fault in filter(None, faults):
            _check_places(fault, (endpoint,))
    return plan


def _check_places(fault: str, endpoints: Sequence[str]) -> None:
    if fault not in FAULTS:
        raise SettingsError(f"there is no fault {fault!r}; use one of {', '.join(FAULTS)}.")
    possible = KINDS[FAULTS[fault]][0]
    for endpoint in endpoints:
        if endpoint not in possible:
            raise SettingsError(
                f"the fault {fault} cannot strike {endpoint!r}; use {' or '.join(possible)}."
            )


def _explain(error: ValidationError) -> str:
    problems = [
        f"{'.'.join(map(str, item['loc'])) or 'script'}: {item['msg']}" for item in error.errors()
    ]
    return f"the script of faults is not valid: {'; '.join(problems)}."
