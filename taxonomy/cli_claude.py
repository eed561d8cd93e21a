"""The verbs that prepare asking Claude: what it would cost, and a stand-in to try it with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    LlmOption,
    SetOption,
    load_settings,
)
from taxonomy.cli_talk import say, say_next, show_result

CLIO_TOKENS = 1_000
"""Clio's own assumption about a conversation."""


def estimate(
    conversations: Annotated[
        list[Path] | None, typer.Argument(help="Files of conversations.")
    ] = None,
    assume: Annotated[
        int | None,
        typer.Option(min=1, help="Instead of files: this many conversations ..."),
    ] = None,
    tokens: Annotated[int, typer.Option(min=1, help="... of this many tokens each.")] = CLIO_TOKENS,
    config: ConfigOption = None,
    set_: SetOption = None,
    llm: LlmOption = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Say what asking Claude would cost.

    With --llm claude, the server counts the tokens of a few requests, and nothing else is sent.
    """
    from taxonomy.estimate import estimate_files, estimate_tokens_each, explain

    settings = load_settings(config, set_, llm)
    if bool(conversations) == (assume is not None):
        raise typer.BadParameter("give files of conversations, or --assume N.")
    if conversations:
        found = estimate_files(conversations, settings, ledger=ledger)
    else:
        found = estimate_tokens_each(assume or 0, tokens, settings, ledger=ledger)
    show_result(explain(found), found.as_record(), as_json=as_json)
    files = conversations or [Path("FILES")]
    say_next(["build", *files, "--run", "DIR", "--llm", "claude", "--budget", "USD"])


def fake_claude(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8082,
    faults: Annotated[Path | None, typer.Option(help="A JSON script of what goes wrong.")] = None,
    batch_seconds: Annotated[float, typer.Option(min=0, help="How long a batch takes.")] = 1.0,
) -> None:
    """Serve a stand-in for Claude, to try a run without a key."""
    from taxonomy.claude.fake import FakeClaude, Script

    script = Script.from_file(faults) if faults else None
    server = FakeClaude(script, port=port, batch_seconds=batch_seconds)
    typer.echo(server.url)
    say(
        f"next: ANTHROPIC_BASE_URL={server.url} taxonomy build ... --llm claude --ledger FILE, a "
        "file of its own: what it answers is not Claude's; Ctrl-C ends it"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("ended")
    finally:
        server.close()
