"""How every verb speaks: results on stdout, all else on stderr; `--quiet` silences the latter."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from taxonomy.progress import hidden, step_aside

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print results and errors, nothing else.")
]

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


class Verbs(typer.Typer):
    """A group of verbs, each of which takes `--quiet` and ends in one line after Ctrl-C."""

    def command(self, *given: Any, **options: Any) -> Callable[[Any], Any]:
        """As `typer.Typer.command`; the function itself stays as it is."""
        register = super().command(*given, **options)

        def declare(verb: Callable[..., None]) -> Callable[..., None]:
            register(_polite(verb))
            return verb

        return declare


def say(text: str) -> None:
    """Tell the user something that is no result, unless they want quiet."""
    if not _quiet.get():
        step_aside()
        typer.echo(text, err=True)


def say_next(*commands: Sequence[str | Path]) -> None:
    """Tell what to type next, each command quoted for the shell."""
    say("next: " + ", or ".join(shlex.join(["taxonomy", *map(str, words)]) for words in commands))


def show_result(text: str, record: Mapping[str, Any] | Sequence[Any], *, as_json: bool) -> None:
    """Print a result: in words, or as JSON alone."""
    if as_json:
        text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
    if text:
        typer.echo(text)


def show_error(text: str) -> None:
    """Print one line that says what went wrong, quiet or not."""
    step_aside()
    typer.echo(f"error: {text}", err=True)


def explain_os_error(error: OSError) -> str:
    """What the system would not let us do, and what to do about it."""
    if isinstance(error, FileExistsError):
        return f"{error.filename} is a file; give a folder."
    if isinstance(error, IsADirectoryError):
        return f"{error.filename} is a folder; give a file."
    if isinstance(error, NotADirectoryError):
        return f"{error.filename} cannot be: a part of the path is a file; give another path."
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; check the path, and that you may write there."


def _polite(verb: Callable[..., None]) -> Callable[..., None]:
    @wraps(verb)
    def run(*, quiet: bool, **given: Any) -> None:
        before = _quiet.set(quiet)
        try:
            with hidden(quiet):
                verb(**given)
        except KeyboardInterrupt:
            show_error("interrupted; what is finished is kept, and the same command goes on.")
            raise typer.Exit(INTERRUPTED) from None
        finally:
            _quiet.reset(before)

    signature = inspect.signature(verb, eval_str=True)
    option = inspect.Parameter(
        "quiet", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=QuietOption
    )
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), option]
    )
    return run
