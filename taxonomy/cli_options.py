"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxonomy import cli_complete

if TYPE_CHECKING:
    from taxonomy.settings import Settings

ConfigOption = Annotated[Path | None, typer.Option(help="A TOML file of settings.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="A.B=C",
        help="One setting, laid over the file's; repeatable.",
        autocompletion=cli_complete.settings,
    ),
]
LlmOption = Annotated[
    str | None,
    typer.Option(
        metavar="offline|claude|auto",
        help="Who makes facets, names and levels; auto: Claude where there is a key.",
        autocompletion=cli_complete.llms,
    ),
]
LAST_STAGE = cli_complete.STAGES[-1]
UntilOption = Annotated[
    str, typer.Option(help="The last stage to make.", autocompletion=cli_complete.stages)
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
