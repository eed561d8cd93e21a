"""Conversations and a task tree in, the task of each out: Claude descends it from the top.

This is the Economic Index's route, as a beam: several branches are followed at once, so that one
wrong turn at the top is not the end. Each step is one request a conversation, and all conversations
take a step together, so that it can go out in batches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from taxonomy.claude.records import Answer, Asker, Request
from taxonomy.hierarchy.assignment import shuffled
from taxonomy.onet.questions import (
    ASSIGNED,
    CHOOSE_BRANCHES,
    CHOOSE_TASK,
    NO_REQUEST,
    NONE,
    ChosenTask,
    Listed,
    branch_faults,
    branches_record,
    flag_of,
    list_tasks,
    make_request,
    number,
    task_faults,
)
from taxonomy.onet.task_tree import TaskTree
from taxonomy.settings import Settings

logger = logging.getLogger(__name__)

STAGE = "tasks"


@dataclass(frozen=True)
class _Walk:
    """How far one conversation has come."""

    conversation_id: str
    request: str
    beam: tuple[tuple[str | None, float], ...] = ((None, 1.0),)
    """The nodes that are followed, None being the root, and the confidence in the way to each."""
    statement: str | None = None
    confidence: float | None = None
    flag: str | None = None
    n_asked: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there is more to ask."""
        return self.statement is None and self.flag is None


class _Step:
    """What is asked at one depth of the tree, and how an answer is taken."""

    def __init__(self, tree: TaskTree, settings: Settings) -> None:
        self.tree = tree
        self.settings = settings

    def below(self, walk: _Walk) -> list[str]:
        """What stands under the nodes that are followed."""
        return [child for node, _ in walk.beam for child in self.tree.children[node]]

    def confidence(self, child: str, walk: _Walk, own: float) -> float:
        """The confidence in the way to a child of a node that is followed."""
        return own * dict(walk.beam)[self.tree.parents[child]]


class _NodeStep(_Step):
    """Among branches, or among groups."""

    def shown(self, walk: _Walk) -> dict[str, str]:
        """Number -> node_id."""
        # In the order of this request, so that equal ones are asked once.
        options, state = sorted(self.below(walk)), self.settings.random_state
        return number(shuffled(options, walk.request, random_state=state))

    def ask(self, walk: _Walk) -> Request:
        shown = self.shown(walk)
        most = min(self.settings.onet.beam, len(shown))
        names = {place: self.tree.texts[node] for place, node in shown.items()}
        return make_request(
            CHOOSE_BRANCHES,
            {"request": walk.request, "branches": names},
            branches_record(most),
            self.settings.claude.tasks,
            stage=STAGE,
            check=branch_faults(shown),
            most=most,
            conversation_ids=(walk.conversation_id,),
        )

    def take(self, walk: _Walk, answer: Answer) -> _Walk:
        first, *_ = chosen = answer.value.branches
        if first.branch == NONE:
            return replace(walk, statement=NONE, confidence=first.confidence)
        shown = self.shown(walk)
        # They are asked to add up to 1 at most; a model that forgets it must not be surer for that.
        total = max(1.0, sum(choice.confidence for choice in chosen))
        nodes = [(shown[choice.branch], choice.confidence / total) for choice in chosen]
        beam = [(node, self.confidence(node, walk, own)) for node, own in nodes]
        return replace(walk, beam=tuple(beam))


class _TaskStep(_Step):
    """Among tasks."""

    def shown(self, walk: _Walk) -> Listed:
        """The tasks under the names of their groups."""
        tree = self.tree
        tasks = [
            (tree.texts[str(tree.parents[statement])], statement) for statement in self.below(walk)
        ]
        state = self.settings.random_state
        return list_tasks(tasks, tree.texts, order_of=walk.request, random_state=state)

    def ask(self, walk: _Walk) -> Request:
        listed = self.shown(walk)
        return make_request(
            CHOOSE_TASK,
            {"request": walk.request, "tasks": listed.shown},
            ChosenTask,
            self.settings.claude.tasks,
            stage=STAGE,
            check=task_faults(listed.statements),
            conversation_ids=(walk.conversation_id,),
        )

    def take(self, walk: _Walk, answer: Answer) -> _Walk:
        chosen = answer.value
        if chosen.task == NONE:
            return replace(walk, statement=NONE, confidence=chosen.confidence)
        statement = self.shown(walk).statements[chosen.task]
        confidence = self.confidence(statement, walk, chosen.confidence)
        return replace(walk, statement=statement, confidence=confidence)


@dataclass(frozen=True)
class _Requests:
    """The requests of some walks; made anew each time they are gone through."""

    walks: Sequence[_Walk]
    ask: Callable[[_Walk], Request]

    def __iter__(self) -> Iterator[Request]:
        return map(self.ask, self.walks)


def assign_by_descent(
    requests: pl.DataFrame, tree: TaskTree, claude: Asker, settings: Settings
) -> pl.DataFrame:
    """The task of each conversation, as `ASSIGNED`; in the order of `requests`.

    `confidence` in a task is the product of the confidences along its path: each is taken for the
    probability of that turn given those before it, and those of one step are scaled down where they
    add up to more than 1. In "none" it is that of the step which found
    nothing that fits. A refused, invalid or missing answer ends the descent with a null statement.

    Parameters
    ----------
    requests : conversation_id, request; no conversation twice. A null request is not asked about
    tree : Claude is shown the names of its nodes, and its tasks
    settings : `onet.beam` nodes are followed at once; `claude.tasks` is the model

    Raises
    ------
    ClaudeError, LedgerError
        As `claude` raises them.
    """
    walks = [
        _Walk(conversation_id, request or "", flag=None if request else NO_REQUEST)
        for conversation_id, request in requests.select("conversation_id", "request").iter_rows()
    ]
    nodes, tasks = _NodeStep(tree, settings), _TaskStep(tree, settings)
    for step in (nodes, nodes, tasks):
        walks = _take_step(walks, step, claude)
    rows = [
        (walk.conversation_id, walk.statement, walk.confidence, "descent", walk.flag, walk.n_asked)
        for walk in walks
    ]
    return pl.DataFrame(rows, schema=ASSIGNED, orient="row")


def _take_step(walks: list[_Walk], step: _NodeStep | _TaskStep, claude: Asker) -> list[_Walk]:
    going_on = [walk for walk in walks if walk.is_open]
    answers = claude.ask(_Requests(going_on, step.ask)) if going_on else ()
    moved = iter([_moved(*pair, step) for pair in zip(going_on, answers, strict=True)])
    logger.info("%d conversations asked about in one step of the descent", len(going_on))
    return [next(moved) if walk.is_open else walk for walk in walks]


def _moved(walk: _Walk, answer: Answer, step: _NodeStep | _TaskStep) -> _Walk:
    asked = replace(walk, n_asked=walk.n_asked + 1)
    flag = flag_of(answer)
    return replace(asked, flag=flag) if flag else step.take(asked, answer)
