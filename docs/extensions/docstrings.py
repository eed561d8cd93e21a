"""Our docstrings in, numpydoc out: `name : meaning` becomes a name and its meaning below it.

In this package types live in the signature, and what follows the colon says what a value means.
numpydoc would read it as the type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SECTIONS = {"Parameters", "Attributes"}
WRITTEN: dict[str, list[str]] = {}
ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : (?P<meaning>.*)$")


def setup(app: Sphinx) -> dict[str, Any]:
    """Rewrite docstrings before napoleon sees them, which listens at the usual priority of 500."""
    app.connect("autodoc-process-docstring", _rewrite, priority=400)
    app.connect("autodoc-process-docstring", _restore, priority=600)
    return {"parallel_read_safe": True}


def _rewrite(*heard: Any) -> None:
    """Change the lines in place: they are the last of what the event tells."""
    lines = heard[-1]
    lines[:] = meanings_below(lines)
    WRITTEN[heard[2]] = [*lines]


def _restore(*heard: Any) -> None:
    """Undo what napoleon made of a property, whose first line it reads as `type: meaning`."""
    if heard[1] in {"property", "attribute", "data"}:
        heard[-1][:] = WRITTEN[heard[2]]


def meanings_below(lines: list[str]) -> list[str]:
    """The lines with each entry's meaning on a line of its own, indented."""
    rewritten: list[str] = []
    section = ""
    for place, line in enumerate(lines):
        below = lines[place + 1] if place + 1 < len(lines) else ""
        if line and set(below) == {"-"}:
            section = line
        entry = ENTRY.match(line) if section in SECTIONS else None
        if entry is None:
            rewritten.append(line)
        else:
            rewritten += [entry["names"], f"    {entry['meaning']}"]
    return rewritten
