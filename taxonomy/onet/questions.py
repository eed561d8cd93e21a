"""What is asked about O*NET's tasks, by whichever route: records of answers, requests, versions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, create_model

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import Answer, Request
from taxonomy.hierarchy.assignment import shuffled
from taxonomy.naming.asking import room_for
from taxonomy.settings import ModelSettings

Route = Literal["shortlist", "descent", "crosswalk"]

CHOOSE_BRANCHES = "choose_branches"
CHOOSE_TASK = "choose_task"
MATCH_CLUSTER = "match_cluster"
PROMPTS: Mapping[Route, tuple[str, ...]] = {
    "descent": (CHOOSE_BRANCHES, CHOOSE_TASK),
    "shortlist": (CHOOSE_TASK,),
    "crosswalk": (MATCH_CLUSTER,),
}

NONE = "none"
"""What is answered, and stands in a frame, where no task fits."""
OUT_OF_LIST = "out of list"
NO_REQUEST = "no request"
NOT_LISTED = "a number is not in the list"

ASSIGNED = {
    "conversation_id": pl.String,
    "statement": pl.String,
    "confidence": pl.Float64,
    "route": pl.String,
    "flags": pl.String,
    "n_asked": pl.Int64,
}
"""One row a conversation. `statement`: the key of a task; "none": nothing fits; null: no answer,
and `flags` says why. `n_asked`: requests put, not counting those that mended an answer."""

ENVELOPE_TOKENS = 60
TOKENS_PER_CHOICE = 40

_Number = Annotated[str, Field(max_length=40)]
_Probability = Annotated[float, Field(ge=0, le=1)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Branch(_Closed):
    """A branch of the task tree that was chosen."""

    branch: _Number
    confidence: _Probability


class ChosenTask(_Closed):
    """The one task that was chosen, or "none"."""

    task: _Number
    confidence: _Probability


@cache
def branches_record(most: int) -> type[BaseModel]:
    """A record of one to `most` branches."""
    branches = Annotated[list[Branch], Field(min_length=1, max_length=most)]
    record: type[BaseModel] = create_model("Branches", __base__=_Closed, branches=(branches, ...))
    return record


@dataclass(frozen=True)
class Listed:
    """Tasks as they are shown: numbered in a random order, each under a heading."""

    shown: list[dict[str, Any]]
    """`under` (a heading, or null) and `tasks` (number -> text), for the material."""
    statements: dict[str, str]
    """Number -> statement."""


def list_tasks(
    tasks: Sequence[tuple[str | None, str]],
    texts: Mapping[str, str],
    *,
    order_of: str,
    random_state: int,
) -> Listed:
    """Tasks under their headings, headings and tasks in an order of this request's own.

    Parameters
    ----------
    tasks : heading and statement of each; no statement twice
    texts : statement -> the text that is shown
    order_of : the request; equal ones get the same order, so that they are asked once
    """
    heading_of = {statement: heading for heading, statement in tasks}
    under: dict[str | None, list[str]] = {}
    for statement in shuffled(sorted(heading_of), order_of, random_state=random_state):
        under.setdefault(heading_of[statement], []).append(statement)
    statements: dict[str, str] = {}
    shown = []
    for heading, members in under.items():
        numbered = number(members, start=len(statements) + 1)
        statements |= numbered
        shown.append({"under": heading, "tasks": {n: texts[s] for n, s in numbered.items()}})
    return Listed(shown, statements)


def number(items: Iterable[str], *, start: int = 1) -> dict[str, str]:
    """The items by the number that each is shown with."""
    return {str(place): item for place, item in enumerate(items, start)}


def make_request(
    prompt: str,
    material: Mapping[str, Any],
    answer: type[BaseModel],
    model: ModelSettings,
    *,
    stage: str,
    check: Callable[[Any], list[str]],
    most: int = 1,
    draw: int = 0,
    conversation_ids: tuple[str, ...] = (),
) -> Request:
    """The question that a prompt puts about the material.

    Parameters
    ----------
    most : how many choices an answer may hold
    """
    filled = load_prompt(prompt)
    system, task = _fill(prompt, most)
    return Request(
        stage=stage,
        model=model.model,
        system=system,
        material=material,
        task=task,
        answer=answer,
        max_tokens=room_for(ENVELOPE_TOKENS + TOKENS_PER_CHOICE * most, model),
        prompt_version=filled.version,
        effort=model.effort,
        thinking=model.thinking,
        draw=draw,
        conversation_ids=conversation_ids,
        check=check,
    )


def branch_faults(numbers: Collection[str]) -> Callable[[Any], list[str]]:
    """The check of an answer about branches of these numbers."""
    return partial(_branch_faults, numbers=frozenset(numbers))


def task_faults(numbers: Collection[str]) -> Callable[[Any], list[str]]:
    """The check of an answer about tasks of these numbers."""
    return partial(_task_faults, numbers=frozenset(numbers) | {NONE})


def list_faults(chosen: Sequence[str], numbers: Collection[str]) -> list[str]:
    """What is wrong with numbers that were chosen from a list."""
    faults = [] if set(chosen) <= set(numbers) else [NOT_LISTED]
    return faults + ([] if len(set(chosen)) == len(chosen) else ["a number occurs twice"])


def flag_of(answer: Answer) -> str | None:
    """Why an answer cannot be used: its status, or `out of list`; None where it can."""
    if answer.status == "ok":
        return None
    is_outside = answer.status == "invalid" and NOT_LISTED in answer.detail
    return OUT_OF_LIST if is_outside else answer.status


def onet_prompt_version(route: Route) -> str:
    """Changes whenever a word of a prompt of the route does."""
    versions = " ".join(load_prompt(name).version for name in PROMPTS[route])
    return hashlib.sha256(versions.encode()).hexdigest()[:16]


@cache
def _fill(prompt: str, most: int) -> tuple[str, str]:
    return load_prompt(prompt).fill(most=most)


def _branch_faults(answer: Any, *, numbers: frozenset[str]) -> list[str]:
    chosen = [choice.branch for choice in answer.branches]
    if NONE in chosen:
        return [] if len(chosen) == 1 else ["`none` stands beside branches; it stands alone"]
    return list_faults(chosen, numbers)


def _task_faults(answer: ChosenTask, *, numbers: frozenset[str]) -> list[str]:
    return list_faults([answer.task], numbers)
