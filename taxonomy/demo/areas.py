"""The authored tree: areas, their topics and tasks, read from `areas/*.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.settings import Section

Slots = dict[str, list[str]]


class Task(Section):
    """A fine cluster of the truth: one thing that people ask for, in several phrasings."""

    name: str
    requests: list[str] = Field(min_length=5)
    learn: str
    """What someone asks who wants to understand."""
    check: str
    """What someone asks who has own work to be checked."""
    slots: Slots = Field(default_factory=dict)
    other: list[str] = Field(default_factory=list)
    """Requests in other languages, each after its ISO 639-1 code: `es: ...`."""
    code: list[str] = Field(default_factory=list)
    """What people paste with it: code, data, logs, drafts."""


class Topic(Section):
    """A middle node of the truth, with the later turns that suit all its tasks."""

    name: str
    results: list[str]
    refinements: list[str]
    questions: list[str]
    checks: list[str]
    slots: Slots = Field(default_factory=dict)
    tasks: list[Task] = Field(min_length=5)


class Area(Section):
    """A broad node of the truth, with how people work with the assistant there."""

    name: str
    weight: float = Field(gt=0)
    thinking: float = Field(ge=0, le=1)
    """Share of the conversations with extended thinking on."""
    collaboration: dict[str, float]
    """Collaboration label -> share; they sum to 1."""
    replies: list[str]
    topics: list[Topic]

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> Area:
        if set(self.collaboration) != set(COLLABORATIONS):
            raise ValueError(f"{self.name}: collaboration labels are {set(self.collaboration)}")
        if abs(sum(self.collaboration.values()) - 1) > 1e-6:
            raise ValueError(f"{self.name}: collaboration shares do not sum to 1")
        return self


@cache
def load_areas() -> tuple[Area, ...]:
    """The authored tree, areas in the order of their files."""
    folder = files("taxonomy.demo").joinpath("areas")
    texts = sorted((file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir())
    return tuple(Area.model_validate(tomllib.loads(text)) for _, text in texts)
