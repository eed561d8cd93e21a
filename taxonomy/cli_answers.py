"""The verbs on the ledger of Claude's answers: look into it, copy it, thin it out, purge it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxonomy import cli_complete
from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    SetOption,
    load_settings,
)
from taxonomy.cli_talk import Verbs, say, say_next, show_result
from taxonomy.errors import LedgerError

if TYPE_CHECKING:
    from taxonomy.claude.ledger import Ledger

answers = Verbs(
    help="The ledger of Claude's answers, and its upkeep.",
    no_args_is_help=True,
)


@answers.command()
def spent(ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Say what was spent, by run, stage and model.

    What is under way counts at its worst. With --json: answers (status: number), spending (a list:
    run, stage, model, requests, answered, under_way, lost, input_tokens, output_tokens, usd).
    """
    from taxonomy.claude.upkeep import spending, status_counts

    with _open(ledger) as books:
        rows, counts = spending(books), status_counts(books)
    lines = [
        f"{row.stage:10} {row.model:18} {row.requests:>9,} requests, {row.under_way:,} under "
        f"way, {row.lost:,} lost, {row.input_tokens:,} tokens in, {row.output_tokens:,} out: "
        f"{row.usd:.4f} USD  {row.run}"
        for row in rows
    ]
    held = ", ".join(f"{n:,} {status}" for status, n in counts.items()) or "none"
    lines.append(f"answers: {held}; spent in all: {sum(row.usd for row in rows):.4f} USD")
    record = {"spending": [asdict(row) for row in rows], "answers": counts}
    show_result("\n".join(lines), record, as_json=as_json)
    say_next(["answers", "failures", *_given(ledger)])


@answers.command()
def failures(ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Say what brought no answer, and why.

    `lost` may have been paid for nothing. With --json a list: status, stage, reason, requests.
    """
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        rows = upkeep.failures(books)
    text = "\n".join(
        f"{n:>9,} {status:10} {stage:10} {reason}" for status, stage, reason, n in rows
    )
    names = ("status", "stage", "reason", "requests")
    show_result(text, [dict(zip(names, row, strict=True)) for row in rows], as_json=as_json)
    if rows:
        say_next(["answers", "prune", "--status", rows[0][0], *_given(ledger)])
    else:
        say("nothing failed")


@answers.command()
def prune(
    ledger: LedgerOption = LEDGER,
    older_than: Annotated[float | None, typer.Option(min=0, metavar="DAYS")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(help="Repeatable.", autocompletion=cli_complete.statuses),
    ] = None,
    prompt_version: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Take out answers that fit every condition.

    A run that needs them asks and pays again. With --json: ledger, taken_out.
    """
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        n = upkeep.prune(
            books,
            older_than_days=older_than,
            statuses=status or [],
            prompt_versions=prompt_version or [],
        )
    record = {"ledger": ledger, "taken_out": n}
    show_result(f"{n:,} answers taken out", record, as_json=as_json)
    _say_build(ledger)


@answers.command("export")
def export_(file: Path, ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Copy every answer to a JSON Lines file.

    It is as private as the ledger. With --json: file, answers.
    """
    from taxonomy.claude.upkeep import export_answers

    with _open(ledger) as books:
        n = export_answers(books, file)
    show_result(f"{n:,} answers in {file}", {"file": file, "answers": n}, as_json=as_json)
    say_next(["answers", "import", file, "--ledger", "OTHER"])


@answers.command("import")
def import_(file: Path, ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Take in the answers of an export.

    With them a run can be repeated without a key. With --json: ledger, new_answers.
    """
    from taxonomy.claude.ledger import Ledger
    from taxonomy.claude.upkeep import import_answers

    was_there = ledger.exists()
    try:
        with Ledger(ledger) as books:
            n = import_answers(books, file)
    except LedgerError:
        if not was_there:
            ledger.unlink(missing_ok=True)
        raise
    record = {"ledger": ledger, "new_answers": n}
    show_result(f"{n:,} new answers in {ledger}", record, as_json=as_json)
    _say_build(ledger)


@answers.command()
def purge(
    conversation: Annotated[list[str] | None, typer.Argument(help="Conversation ids.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="A text file of ids, one a line.")
    ] = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Remove every answer about some conversations.

    What was spent stays on the books. With --json: ledger, removed.
    """
    from taxonomy.claude import upkeep

    ids = [*(conversation or []), *(_ids_in(from_file) if from_file else [])]
    if not ids:
        raise typer.BadParameter("give conversation ids, or a file of them with --from.")
    with _open(ledger) as books:
        n = upkeep.purge(books, ids)
    record = {"ledger": ledger, "removed": n}
    show_result(f"{n:,} answers removed from {ledger}", record, as_json=as_json)
    say("exports and other ledgers still hold theirs: purge those too")


@answers.command()
def cancel(
    ledger: LedgerOption = LEDGER,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the server to end the batches under way.

    What it has answered by then is paid for. With --json: ledger, batches.
    """
    from taxonomy.claude import Claude, connect

    settings = load_settings(config, set_).claude
    _check_there(ledger)
    with Claude(ledger, connect(settings, os.environ), settings) as claude:
        n = claude.cancel()
    text = f"batches asked to end: {n:,}; the next build collects what they have answered"
    show_result(text, {"ledger": ledger, "batches": n}, as_json=as_json)
    _say_build(ledger)


@answers.command()
def abandon(batches: list[str], ledger: LedgerOption = LEDGER, as_json: JsonOption = False) -> None:
    """Write off batches whose answers are gone.

    A run then pays for them again. With --json: ledger, written_off (requests).
    """
    from taxonomy.claude import upkeep

    with _open(ledger) as books:
        n = upkeep.abandon(books, batches)
    record = {"ledger": ledger, "written_off": n}
    show_result(f"{n:,} requests written off", record, as_json=as_json)
    _say_build(ledger)


def _given(ledger: Path) -> list[str]:
    """The option that names this ledger, where it is not the usual one."""
    return [] if ledger == LEDGER else ["--ledger", str(ledger)]


def _say_build(ledger: Path) -> None:
    say_next(["build", "FILES", "--run", "RUN", "--llm", "claude", *_given(ledger)])


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
