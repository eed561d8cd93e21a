"""Prompts: text files in, filled instructions out.

A file has two parts, divided by a line `---`: the instructions, which go into the system part, and
the task, which is said again after the material.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

DIVIDER = "\n---\n"


@dataclass(frozen=True)
class Prompt:
    """A prompt with places to fill, written `$place`."""

    name: str
    system: str
    task: str

    @property
    def version(self) -> str:
        """Changes whenever a word of the prompt does."""
        return hashlib.sha256(f"{self.system}{DIVIDER}{self.task}".encode()).hexdigest()[:16]

    def fill(self, **places: object) -> tuple[str, str]:
        """The instructions and the task with every place filled.

        Raises
        ------
        KeyError
            A place of the prompt is not given.
        """
        return Template(self.system).substitute(places), Template(self.task).substitute(places)


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt in `prompts/NAME.md`, with what all prompts say about untrusted material."""
    shared = _read("untrusted")
    system, _, task = _read(name).partition(DIVIDER)
    return Prompt(name, f"{system.strip()}\n\n{shared.strip()}\n", task.strip())


def _read(name: str) -> str:
    return files("taxonomy.claude").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
