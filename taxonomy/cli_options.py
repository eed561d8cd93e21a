"""What several verbs share: their options, and how they speak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from taxonomy.settings import Settings

ConfigOption = Annotated[Path | None, typer.Option(help="A TOML file of settings.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="A.B=C", help="One setting, laid over the file's; repeatable."),
]
LlmOption = Annotated[
    str | None,
    typer.Option(
        metavar="offline|claude|auto",
        help="Who makes facets, names and levels; auto: Claude where there is a key.",
    ),
]
LEDGER = Path("outputs/answers.sqlite")
LedgerOption = Annotated[Path, typer.Option(help="The file that keeps Claude's answers.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


def load_settings(
    config: Path | None, overrides: list[str] | None, llm: str | None = None
) -> Settings:
    """The settings of a file with the command's own laid over them."""
    from taxonomy.settings import Settings

    return Settings.load(config, [*(overrides or []), *([f"llm={llm}"] if llm else [])])


def say(text: str) -> None:
    """Tell the user something that is no result."""
    typer.echo(text, err=True)
