"""The verbs: results go to stdout, talk to stderr; exit 0 done, 1 failed, 2 called wrongly."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taxonomy.cli_answers import answers
from taxonomy.cli_onet import onet
from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    LlmOption,
    SetOption,
    load_settings,
    say,
)
from taxonomy.errors import TaxonomyError

if TYPE_CHECKING:
    from taxonomy.tree import Taxonomy

CLIO_TOKENS = 1_000
"""Clio's own assumption about a conversation."""

app = typer.Typer(
    help="Bottom-up taxonomies of conversations with AI assistants.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(answers, name="answers")
app.add_typer(onet, name="onet")


def main() -> None:
    """Run the command line; an error of ours is one line on stderr, without a traceback."""
    try:
        app()
    except TaxonomyError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the demo's folders go.")] = Path("outputs"),
    conversations: Annotated[int, typer.Option(min=100, max=1_000_000)] = 12_000,
    set_: SetOption = None,
) -> None:
    """Make the bundled corpus and a release of it: the whole main job, offline."""
    from taxonomy.demo import write_corpus
    from taxonomy.pipeline import build
    from taxonomy.release.write import write_release

    settings = load_settings(None, set_)
    corpus = out / "demo" / f"conversations-{conversations}.jsonl"
    say(f"writing {conversations:,} synthetic conversations to {corpus}")
    write_corpus(corpus, n_conversations=conversations, random_state=settings.random_state)
    run = build([corpus], out / "runs" / "demo", settings)
    release = out / "releases" / "demo"
    taxonomy = write_release(run, release, version="demo")
    _say_floors(taxonomy.facts)
    typer.echo(f"run      {run}\nrelease  {release}\npage     {release / 'index.html'}")
    typer.echo(f"card     {release / 'README.md'}")
    say(f"next: taxonomy show {release}")


@app.command()
def build(
    conversations: Annotated[list[Path], typer.Argument(help="Files of conversations.")],
    run: Annotated[Path, typer.Option(help="The run's folder; the same command resumes it.")],
    config: ConfigOption = None,
    set_: SetOption = None,
    until: Annotated[str, typer.Option(help="The last stage to make.")] = "measures",
    llm: LlmOption = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="US dollars that this run may cost in all.")
    ] = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Make a taxonomy of conversations, or finish one that was interrupted."""
    from taxonomy import pipeline
    from taxonomy.tree import Taxonomy

    settings = load_settings(config, set_, llm)
    folder = pipeline.build(
        conversations, run, settings, until=until, ledger=ledger, budget=budget, say=say
    )
    if until != "measures":
        typer.echo(f"{folder}: finished up to {until}")
        return
    taxonomy = Taxonomy.load(folder)
    _say_floors(taxonomy.facts)
    typer.echo(f"{folder}: {taxonomy!r}")
    say(f"next: taxonomy show {folder}, or taxonomy release {folder} --version V --out DIR")


@app.command()
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
    """Say what Claude would be asked and what that costs; with --llm claude, the server counts
    the tokens of a few requests, and nothing else is sent.
    """
    from taxonomy.estimate import estimate_files, estimate_tokens_each, explain

    settings = load_settings(config, set_, llm)
    if bool(conversations) == (assume is not None):
        raise typer.BadParameter("give files of conversations, or --assume N.")
    if conversations:
        found = estimate_files(conversations, settings, ledger=ledger)
    else:
        found = estimate_tokens_each(assume or 0, tokens, settings, ledger=ledger)
    typer.echo(json.dumps(found.as_record(), indent=2) if as_json else explain(found))


@app.command("fake-claude")
def fake_claude(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8082,
    faults: Annotated[Path | None, typer.Option(help="A JSON script of what goes wrong.")] = None,
    batch_seconds: Annotated[float, typer.Option(min=0, help="How long a batch takes.")] = 1.0,
) -> None:
    """Serve a stand-in for Claude on this machine, to try a run without a key."""
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


@app.command()
def status(run: Path, as_json: JsonOption = False) -> None:
    """Say which stages of a run are finished, and what each found."""
    from taxonomy import pipeline
    from taxonomy.mapping import MAPPING_STAGES
    from taxonomy.run import stage_states

    further = [s for s in stage_states(run, MAPPING_STAGES) if s["state"] != "missing"]
    states = [*stage_states(run, pipeline.STAGES), *further]
    if as_json:
        typer.echo(json.dumps(states, indent=2))
        return
    for state in states:
        seconds = "" if state["seconds"] is None else f"{state['seconds']:8.1f} s"
        usd = "" if state["usd"] is None else f"{state['usd']:10.4f} USD"
        typer.echo(
            f"{state['stage']:14} {state['state']:9} {seconds:>11} {usd:>15} "
            f"{_brief(state['facts'])}"
        )


@app.command()
def show(
    path: Path,
    code: Annotated[str | None, typer.Argument(help="A node's code or id.")] = None,
    depth: Annotated[int, typer.Option(min=1, max=3, help="Levels to print.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Print the tree of a run, a release or a published TSV, or one node of it."""
    from taxonomy.outline import outline
    from taxonomy.tree import Taxonomy

    taxonomy = Taxonomy.load(path)
    if as_json:
        typer.echo(json.dumps(_records(taxonomy, code), ensure_ascii=False))
        return
    try:
        typer.echo(outline(taxonomy, code, depth=depth))
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error


@app.command()
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
) -> None:
    """Make the Economic Index's analyses of a release: what its files allow, and say what not."""
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
    typer.echo(report.summary())


@app.command()
def release(
    run: Path,
    version: Annotated[str, typer.Option(help="What to call the release, e.g. 2026-11.")],
    out: Annotated[Path, typer.Option(help="The folder that becomes the release.")],
) -> None:
    """Publish a finished run: floors applied, tables, card and checksums written."""
    from taxonomy.release.write import write_release

    taxonomy = write_release(run, out, version=version)
    _say_floors(taxonomy.facts)
    typer.echo(f"{out}: {taxonomy!r}")
    say(f"next: taxonomy check {out}")


@app.command()
def check(path: Path, as_json: JsonOption = False) -> None:
    """Check a release folder or a published TSV; exit 1 if it holds an error."""
    from taxonomy.release.check import check_release
    from taxonomy.tree import Taxonomy

    findings = check_release(path)
    errors = [finding for finding in findings if finding.kind == "error"]
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.kind}: {finding.text}")
        verdict = "FAILED" if errors else "passed"
        typer.echo(
            f"{verdict}: {Taxonomy.load(path)!r}, {len(errors)} errors, "
            f"{len(findings) - len(errors)} quirks"
        )
    if errors:
        raise typer.Exit(1)


def _records(taxonomy: Taxonomy, code: str | None) -> list[dict[str, Any]]:
    if code is None:
        return taxonomy.table.to_dicts()
    return [taxonomy.node(code), *taxonomy.children(code).to_dicts()]


def _brief(facts: dict[str, Any]) -> str:
    plain = {key: value for key, value in facts.items() if isinstance(value, int | str | float)}
    return ", ".join(
        f"{key} {value:,}" if isinstance(value, int) else f"{key} {value}"
        for key, value in plain.items()
    )


def _say_floors(facts: dict[str, Any]) -> None:
    from taxonomy.privacy import explain_floors

    say(explain_floors(facts["stages"]["measures"]["facts"]))
