"""The directive `commands`: every verb with its arguments and options, from the program itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.util.docutils import SphinxDirective
from typer.main import get_command

from taxonomy.cli import app as program

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

HEAD = ["| option | meaning |", "|---|---|"]
MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "|<>[]*_"})


class CommandsDirective(SphinxDirective):
    """A section for each verb; the verbs of a group stand after it."""

    def run(self) -> list[nodes.Node]:
        """The sections as nodes."""
        return self.parse_text_to_nodes(commands_markdown(), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("commands", CommandsDirective)
    return {"parallel_read_safe": True}


def commands_markdown() -> str:
    """The whole command line as Markdown, in the order of `taxonomy --help`."""
    return "\n".join(_sections(get_command(program), "taxonomy"))


def _sections(command: Any, name: str) -> list[str]:
    context = command.context_class(command, info_name=name)
    below = getattr(command, "commands", {})
    lines = [f"## `{name}`", "", _plain(command.help), ""]
    if not below:
        lines += ["```text", command.get_usage(context).removeprefix("Usage: "), "```", ""]
    lines += _options(command, context)
    shown = {verb: one for verb, one in below.items() if not one.hidden}
    return lines + [
        line for verb, one in shown.items() for line in _sections(one, f"{name} {verb}")
    ]


def _options(command: Any, context: Any) -> list[str]:
    records = [param.get_help_record(context) for param in command.params]
    rows = [f"| `{_cell(spelt)}` | {_plain(meaning)} |" for spelt, meaning in filter(None, records)]
    return [*HEAD, *rows, ""] if rows else []


def _plain(text: str | None) -> str:
    """The text on one line, every sign of it as it is."""
    return " ".join((text or "").split()).translate(MARKUP)


def _cell(spelt: str) -> str:
    """Code that stays in its cell of a table."""
    return spelt.replace("|", "\\|")
