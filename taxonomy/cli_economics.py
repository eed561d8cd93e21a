"""The verb on the Economic Index's analyses."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from taxonomy.cli_options import JsonOption
from taxonomy.cli_talk import say, show_result


def economics(
    release: Annotated[Path, typer.Argument(help="A published release, or ours.")],
    out: Annotated[Path, typer.Option(help="The folder for tables, charts and README.md.")],
    before: Annotated[
        Path | None, typer.Option(help="An earlier release, for what changed since.")
    ] = None,
    statements: Annotated[
        Path | None, typer.Option("--onet", help="Task statements, where the folder has none.")
    ] = None,
    soc: Annotated[Path | None, typer.Option(help="SOC_Structure.csv, likewise.")] = None,
    employment: Annotated[
        Path | None, typer.Option(help="bls_employment_may_2023.csv, likewise.")
    ] = None,
    wages: Annotated[Path | None, typer.Option(help="wage_data.csv, likewise.")] = None,
    source: Annotated[
        str | None, typer.Option(help="claude_ai or 1p_api, where a folder has both.")
    ] = None,
    wave: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the wave, where it has several."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make the Economic Index's analyses of a release.

    What its files do not allow is left out, and said. With --json: report, tables (name: rows),
    figures (names), left_out (name: reason), headlines (a list of claims: the columns of
    headlines.csv).
    """
    from taxonomy.economic_report import write_report

    report = write_report(
        release,
        out,
        before=before,
        statements=statements,
        soc=soc,
        employment=employment,
        wages=wages,
        source=source,
        date_start=wave.date() if wave else None,
    )
    record = {
        "report": out,
        "tables": {name: table.height for name, table in report.tables.items()},
        "figures": report.figures,
        "left_out": report.left_out,
        "headlines": report.headlines.to_dicts(),
    }
    show_result(report.summary(), record, as_json=as_json)
    say(f"next: open {shlex.quote(str(out / 'README.md'))}: every table and figure with its base")
