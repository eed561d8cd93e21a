"""What building a level needs at hand: who answers, who embeds, and how a question is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import Answer, Asker, Request
from taxonomy.embedding import Encoder
from taxonomy.naming.asking import room_for
from taxonomy.settings import ModelSettings, Settings

STAGE = "hierarchy"
ENVELOPE_TOKENS = 200
TOKENS_PER_NAME = 40
NAME_CHARACTERS = 120

Name = Annotated[str, Field(min_length=4, max_length=NAME_CHARACTERS)]


@dataclass(frozen=True)
class Asking:
    """Who is asked, and by what settings."""

    claude: Asker
    settings: Settings
    encoder: Encoder

    @property
    def model(self) -> ModelSettings:
        """The model that builds the hierarchy."""
        return self.settings.claude.hierarchy

    def request(
        self,
        prompt: str,
        material: Mapping[str, Any],
        answer: type[BaseModel],
        *,
        max_tokens: int,
        check: Callable[[Any], list[str]],
        **places: object,
    ) -> Request:
        """The question that a prompt puts about the material.

        Parameters
        ----------
        places : what the prompt leaves open
        """
        filled = load_prompt(prompt)
        system, task = filled.fill(**places)
        return Request(
            stage=STAGE,
            model=self.model.model,
            system=system,
            material=material,
            task=task,
            answer=answer,
            max_tokens=room_for(max_tokens, self.model),
            prompt_version=filled.version,
            effort=self.model.effort,
            thinking=self.model.thinking,
            check=check,
        )

    def ask(self, requests: list[Request]) -> list[Answer]:
        """The answers, in the order of the requests."""
        return list(self.claude.ask(requests)) if requests else []


@cache
def names_record(least: int, most: int) -> type[BaseModel]:
    """A record of `least` to `most` names."""
    names = Annotated[list[Name], Field(min_length=least, max_length=most)]
    record: type[BaseModel] = create_model(
        "Names", __config__=ConfigDict(extra="forbid"), names=(names, ...)
    )
    return record


def room_for_names(most: int) -> int:
    """The `max_tokens` for a list of so many names."""
    return ENVELOPE_TOKENS + TOKENS_PER_NAME * most
