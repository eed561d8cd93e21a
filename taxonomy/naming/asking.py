"""Subjects in, a name and a description each out, as Claude writes them; no two names alike.

Clusters and parents are named by the same rules: the style of all published texts, no sign that
the material spoke instead of the model, and a name that no other subject has. Who gets a name that
another holds is asked again with that rival shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import Asker, Request
from taxonomy.claude.untrusted import signs_of_echo, signs_of_leak, signs_of_obeying
from taxonomy.naming.choose import content_words
from taxonomy.naming.style import description_faults, name_faults
from taxonomy.settings import ModelSettings

MAX_TOKENS = 400
THINKING_TOKENS = 4_000
"""Room for thinking, which is billed and bounded with the answer."""
ROUNDS = 2
"""How often a subject is asked again because its name is taken."""
DUPLICATE = "duplicate"


class NodeText(BaseModel):
    """What is published of a node."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=4, max_length=110)
    description: str = Field(min_length=20, max_length=700)

    @field_validator("name", "description", mode="before")
    @classmethod
    def _respace(cls, text: Any) -> Any:
        return " ".join(text.split()) if isinstance(text, str) else text

    @field_validator("name", mode="before")
    @classmethod
    def _without_stop(cls, name: Any) -> Any:
        # Not worth a second question: one in sixty published names ends in a stop.
        return name.strip().strip('"“”').removesuffix(".") if isinstance(name, str) else name

    def shown(self) -> dict[str, str]:
        """As it stands in the material of a request."""
        return {"name": self.name, "description": self.description}


@dataclass(frozen=True)
class Subject:
    """What is to be named."""

    material: Mapping[str, Any]
    size: int
    """The largest keeps a name that several were given."""
    conversation_ids: tuple[str, ...] = ()
    rivals: tuple[NodeText, ...] = ()
    """Texts that it must not be mistaken for, shown from the start."""


@dataclass
class Named:
    """What became of the subjects."""

    texts: dict[int, NodeText] = field(default_factory=dict)
    """Names that no two share."""
    reasons: dict[int, str] = field(default_factory=dict)
    """Subjects without a text: `duplicate`, or the status of their answer."""
    holders: dict[int, int] = field(default_factory=dict)
    """A subject whose name was a duplicate -> the subject that has the name."""


@dataclass(frozen=True)
class Naming:
    """How subjects are named: by which prompt and model, and what names are gone."""

    claude: Asker
    prompt: str
    stage: str
    model: ModelSettings
    taken: tuple[NodeText, ...] = ()

    def name(self, subjects: Mapping[int, Subject], *, draw: int = 0) -> Named:
        """A text for each subject, or why there is none.

        Parameters
        ----------
        draw : another number asks anew where the same was asked before
        """
        named = Named()
        _settle(named, self._ask(subjects, draw=draw))
        asked = dict(subjects)
        for repeat in range(1, ROUNDS + 1):
            contests = self._contests(named.texts, subjects)
            again = {
                number: contest.shown_to(asked[number]) for number, contest in contests.items()
            }
            _settle(named, self._ask(again, draw=draw + repeat), keep=True)
            asked |= again
        for number, contest in self._contests(named.texts, subjects).items():
            del named.texts[number]
            named.reasons[number] = DUPLICATE
            if contest.holder is not None:
                named.holders[number] = contest.holder
        return named

    def _ask(self, subjects: Mapping[int, Subject], *, draw: int) -> dict[int, NodeText | str]:
        """The text of each subject, or the status of an answer that gave none."""
        requests = [self._request(subject, draw) for subject in subjects.values()]
        answers = self.claude.ask(requests) if requests else ()
        return {
            number: answer.value if answer.status == "ok" else answer.status
            for number, answer in zip(subjects, answers, strict=True)
        }

    def _request(self, subject: Subject, draw: int) -> Request:
        prompt = load_prompt(self.prompt)
        system, task = prompt.fill()
        rivals = [rival.shown() for rival in subject.rivals]
        return Request(
            stage=self.stage,
            model=self.model.model,
            system=system,
            material={**subject.material, **({"rivals": rivals} if rivals else {})},
            task=task,
            answer=NodeText,
            max_tokens=room_for(MAX_TOKENS, self.model),
            prompt_version=prompt.version,
            effort=self.model.effort,
            thinking=self.model.thinking,
            draw=draw,
            conversation_ids=subject.conversation_ids,
            check=partial(text_faults, system=system, subject=subject),
        )

    def _contests(
        self, texts: Mapping[int, NodeText], subjects: Mapping[int, Subject]
    ) -> dict[int, _Contest]:
        """The subjects whose name another has, with who has it."""
        gone = {content_words(text.name): _Contest(text) for text in self.taken}
        contests = {}
        for number in sorted(texts, key=lambda number: (-subjects[number].size, number)):
            words = content_words(texts[number].name)
            if words in gone:
                contests[number] = gone[words]
            else:
                gone[words] = _Contest(texts[number], holder=number)
        return contests


@dataclass(frozen=True)
class _Contest:
    """A name that is gone, and who has it."""

    text: NodeText
    holder: int | None = None
    """The subject that has it; None where it was taken before."""

    def shown_to(self, subject: Subject) -> Subject:
        """The subject as it is asked again."""
        rivals = tuple(dict.fromkeys([*subject.rivals, self.text]))
        return Subject(subject.material, subject.size, subject.conversation_ids, rivals)


def text_faults(text: NodeText, *, system: str, subject: Subject) -> list[str]:
    """What is wrong with an answer beyond its shape, in words that Claude is shown."""
    faults = [f"name: {fault}" for fault in name_faults(text.name)]
    faults += [f"description: {fault}" for fault in description_faults(text.description)]
    both = f"{text.name}\n{text.description}"
    if signs_of_leak(both):
        faults.append("it holds an address, a link, a key or a long number")
    if signs_of_echo(both, system):
        faults.append("it repeats the instructions")
    told = _all_words(subject.material)
    if any(signs_of_obeying(part, told) for part in (text.name, text.description)):
        faults.append("it speaks as the assistant, or says what the material told it to say")
    if content_words(text.name) in {content_words(rival.name) for rival in subject.rivals}:
        faults.append("a rival has the same name")
    return faults


def room_for(tokens: int, model: ModelSettings) -> int:
    """The `max_tokens` for an answer of so many tokens."""
    return tokens + (THINKING_TOKENS if model.thinking == "adaptive" else 0)


def _all_words(material: Any) -> str:
    if isinstance(material, str):
        return material
    parts = material.values() if isinstance(material, Mapping) else material
    return "\n".join(map(_all_words, parts))


def _settle(named: Named, answers: Mapping[int, NodeText | str], *, keep: bool = False) -> None:
    """Take the answers over; with `keep`, a subject without a new text keeps the one it had."""
    for number, answer in answers.items():
        if isinstance(answer, NodeText):
            named.texts[number] = answer
        elif not keep:
            named.reasons[number] = answer
