"""The verbs on the ledger of Claude's answers: look into it, copy it, thin it out, purge it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    SetOption,
    load_settings,
)
from taxonomy.errors import LedgerError

if TYPE_CHECKING:
    from taxonomy.claude.ledger import Ledger

answers = typer.Typer(
    help="The ledger of Claude's answers: what it holds, what it cost, and its upkeep.",
    no_args_is_help=True,
)


@answers.command()
def spent(ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Say what was spent, by run, stage and model; what is under way counts at its worst."""
    from taxonomy.claude.upkeep import spending, status_counts

    with _open(ledger) as books:
        rows, counts = spending(books), status_counts(books)
    if as_json:
        record = {"spending": [asdict(row) for row in rows], "answers": counts}
        typer.echo(json.dumps(record, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row.stage:10} {row.model:18} {row.requests:>9,} requests, {row.under_way:,} under "
            f"way, {row.lost:,} lost, {row.input_tokens:,} tokens in, {row.output_tokens:,} out: "
            f"{row.usd:.4f} USD  {row.run}"
        )
    held = ", ".join(f"{n:,} {status}" for status, n in counts.items()) or "none"
    typer.echo(f"answers: {held}; spent in all: {sum(row.usd for row in rows):.4f} USD")


@answers.command()
def failures(ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Say what brought no answer, and why; `lost` may have been paid for nothing."""
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        rows = upkeep.failures(books)
    if as_json:
        names = ("status", "stage", "reason", "requests")
        typer.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    for status, stage, reason, n in rows:
        typer.echo(f"{n:>9,} {status:10} {stage:10} {reason}")


@answers.command()
def prune(
    ledger: LedgerOption = LEDGER,
    older_than: Annotated[float | None, typer.Option(min=0, metavar="DAYS")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    prompt_version: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
) -> None:
    """Take out answers that fit every condition; a run that needs them asks and pays again."""
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        n = upkeep.prune(
            books,
            older_than_days=older_than,
            statuses=status or [],
            prompt_versions=prompt_version or [],
        )
    typer.echo(f"{n:,} answers taken out")


@answers.command("export")
def export_(file: Path, ledger: LedgerOption = LEDGER) -> None:
    """Copy every answer to a JSON Lines file, as private as the ledger."""
    from taxonomy.claude.upkeep import export_answers

    with _open(ledger) as books:
        typer.echo(f"{export_answers(books, file):,} answers in {file}")


@answers.command("import")
def import_(file: Path, ledger: LedgerOption = LEDGER) -> None:
    """Take in the answers of an export, so that a run can be repeated without a key."""
    from taxonomy.claude.ledger import Ledger
    from taxonomy.claude.upkeep import import_answers

    with Ledger(ledger) as books:
        typer.echo(f"{import_answers(books, file):,} new answers in {ledger}")


@answers.command()
def purge(
    conversation: Annotated[list[str] | None, typer.Argument(help="Conversation ids.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="A text file of ids, one a line.")
    ] = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Remove every answer about these conversations; what was spent stays on the books."""
    from taxonomy.claude import upkeep

    ids = [*(conversation or []), *(_ids_in(from_file) if from_file else [])]
    if not ids:
        raise typer.BadParameter("give conversation ids, or a file of them with --from.")
    with _open(ledger) as books:
        n = upkeep.purge(books, ids)
    typer.echo(f"{n:,} answers removed from {ledger}")


@answers.command()
def cancel(
    ledger: LedgerOption = LEDGER, config: ConfigOption = None, set_: SetOption = None
) -> None:
    """Ask the server to end the batches under way; what it has answered by then is paid for."""
    from taxonomy.claude import Claude, connect

    settings = load_settings(config, set_).claude
    _check_there(ledger)
    with Claude(ledger, connect(settings, os.environ), settings) as claude:
        n = claude.cancel()
    typer.echo(f"batches asked to end: {n:,}; the next build collects what they have answered")


@answers.command()
def abandon(batches: list[str], ledger: LedgerOption = LEDGER) -> None:
    """Write off batches whose answers cannot be had any more; a run then pays for them again."""
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        typer.echo(f"{upkeep.abandon(books, batches):,} requests written off")


@contextmanager
def _open(file: Path) -> Iterator[Ledger]:
    from taxonomy.claude.ledger import Ledger

    _check_there(file)
    with Ledger(file) as ledger:
        yield ledger


def _check_there(file: Path) -> None:
    if not file.exists():
        raise LedgerError(f"there is no ledger {file}; give the file with --ledger.")


def _ids_in(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"cannot read {file}: {error}; give a UTF-8 text file.") from error
    return [line.strip() for line in lines if line.strip()]
