"""The settings in, the questions and the shape of their answers out: the same for everybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import wire_schema
from taxonomy.facets.schema import ASKED, Facet, own_facets
from taxonomy.settings import FacetSettings


@dataclass(frozen=True)
class Questionnaire:
    """All that does not depend on the conversation."""

    facets: tuple[Facet, ...]
    """Ours, then the user's own."""
    system: str
    task: str
    record: type[BaseModel]
    """What an answer must fit: every facet, and nothing else."""
    version: str
    """Changes whenever a word of the questions does, or an allowed answer."""

    @property
    def instructions(self) -> str:
        """All that is said to the model."""
        return f"{self.system}\n{self.task}"


@lru_cache(maxsize=4)
def make_questionnaire(settings: FacetSettings) -> Questionnaire:
    """What is asked under these settings.

    Raises
    ------
    SettingsError
        The name of a facet of the user's own is taken.
    """
    own = own_facets(settings)
    system, task = load_prompt("facets").fill(own=_questions(own))
    record = _record((*ASKED, *own))
    whole = json.dumps([system, task, wire_schema(record)], sort_keys=True)
    version = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return Questionnaire((*ASKED, *own), system, task, record, version)


def _record(facets: Sequence[Facet]) -> type[BaseModel]:
    fields: dict[str, Any] = {facet.name: (_type_of(facet), ...) for facet in facets}
    return create_model("FacetAnswer", __config__=ConfigDict(extra="forbid"), **fields)


def _type_of(facet: Facet) -> Any:
    match facet.kind:
        case "choice":
            return Literal[facet.choices]
        case "scale":
            # A list of numbers: the API holds an answer to a list, but not to a range.
            return Literal[tuple(range(facet.lowest, facet.highest + 1))]
        case "number":
            return Annotated[float, Field(allow_inf_nan=False)] | None
        case "text":
            return Annotated[str, Field(max_length=facet.longest)]


def _questions(own: Sequence[Facet]) -> str:
    return "\n".join(f"{facet.name}: {facet.question} {_form(facet)}" for facet in own)


def _form(facet: Facet) -> str:
    """What an answer may look like, in words."""
    match facet.kind:
        case "choice":
            return f"One of: {'; '.join(facet.choices)}."
        case "scale":
            return f"A whole number from {facet.lowest} to {facet.highest}."
        case "number":
            return "A number, or null where it cannot be told."
        case "text":
            return "A few words without personal details; empty where it cannot be told."
