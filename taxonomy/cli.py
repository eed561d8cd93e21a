"""The verbs: results go to stdout, talk to stderr; exit 0 done, 1 failed, 2 called wrongly."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taxonomy.cli_answers import answers
from taxonomy.cli_claude import estimate, fake_claude
from taxonomy.cli_economics import economics
from taxonomy.cli_explore import explore
from taxonomy.cli_onet import onet
from taxonomy.cli_options import (
    LAST_STAGE,
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    LlmOption,
    SetOption,
    UntilOption,
    load_settings,
)
from taxonomy.cli_talk import Verbs, explain_os_error, say, say_next, show_error, show_result
from taxonomy.errors import TaxonomyError

if TYPE_CHECKING:
    from taxonomy.tree import Taxonomy

app = Verbs(
    help="Bottom-up taxonomies of conversations with AI assistants.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line; an error of ours is one line on stderr, without a traceback."""
    try:
        app()
    except TaxonomyError as error:
        show_error(str(error))
        sys.exit(1)
    except OSError as error:
        show_error(explain_os_error(error))
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"taxonomy {version('bottom-up-taxonomy')}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Bottom-up taxonomies of conversations with AI assistants."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the demo's folders go.")] = Path("outputs"),
    conversations: Annotated[int, typer.Option(min=100, max=1_000_000)] = 12_000,
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a release of the bundled corpus, offline.

    With --json: run, release, page, card, levels (level: published nodes).
    """
    from taxonomy.demo import write_corpus
    from taxonomy.pipeline import build
    from taxonomy.release.write import write_release

    settings = load_settings(None, set_)
    corpus = out / "demo" / f"conversations-{conversations}.jsonl"
    say(f"writing {conversations:,} synthetic conversations to {corpus}")
    write_corpus(corpus, n_conversations=conversations, random_state=settings.random_state)
    run = build([corpus], out / "runs" / "demo", settings, say=say)
    release = out / "releases" / "demo"
    made = write_release(run, release, version="demo")
    _say_floors(made.facts["counts"])
    paths = {"run": run} | _paths_of(release)
    text = "\n".join(f"{name:8} {path}" for name, path in paths.items())
    show_result(text, paths | {"levels": made.taxonomy.sizes()}, as_json=as_json)
    say(f"next: open {shlex.quote(str(paths['page']))} in a browser")


@app.command()
def build(
    conversations: Annotated[list[Path], typer.Argument(help="Files of conversations.")],
    run: Annotated[Path, typer.Option(help="The run's folder; the same command resumes it.")],
    config: ConfigOption = None,
    set_: SetOption = None,
    until: UntilOption = LAST_STAGE,
    llm: LlmOption = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="US dollars that this run may cost in all.")
    ] = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Make a taxonomy of conversations, or finish one.

    A stage whose settings and input are as they were is kept. With --json: run, until, levels
    (level: published nodes; null before the last stage).
    """
    from taxonomy import pipeline
    from taxonomy.tree import Taxonomy

    settings = load_settings(config, set_, llm)
    folder = pipeline.build(
        conversations, run, settings, until=until, ledger=ledger, budget=budget, say=say
    )
    record: dict[str, Any] = {"run": folder, "until": until, "levels": None}
    if until != LAST_STAGE:
        show_result(f"{folder}: finished up to {until}", record, as_json=as_json)
        say("next: the same command without --until")
        return
    taxonomy = Taxonomy.load(folder)
    _say_floors(taxonomy.facts["stages"]["measures"]["facts"])
    record["levels"] = taxonomy.sizes()
    show_result(f"{folder}: {taxonomy!r}", record, as_json=as_json)
    if taxonomy.sizes():
        say_next(["explore", folder], ["release", folder, "--version", "V", "--out", "DIR"])
    else:
        say("next: the same command with fewer clusters or lower floors")


app.command()(estimate)
app.command("fake-claude")(fake_claude)


@app.command()
def status(run: Path, as_json: JsonOption = False) -> None:
    """Say which stages of a run are finished.

    With --json a list: stage, state (finished, missing, damaged, stale), seconds, usd, facts.
    """
    from taxonomy import pipeline
    from taxonomy.mapping import MAPPING_STAGES
    from taxonomy.run import stage_states

    states = stage_states(run, pipeline.STAGES)
    further = [s for s in stage_states(run, MAPPING_STAGES) if s["state"] != "missing"]
    show_result("\n".join(map(_line, [*states, *further])), [*states, *further], as_json=as_json)
    if all(state["state"] == "finished" for state in states):
        say_next(["show", run], ["release", run, "--version", "V", "--out", "DIR"])
    else:
        say_next(["build", "FILES", "--run", run])


@app.command()
def show(
    path: Path,
    code: Annotated[str | None, typer.Argument(help="A node's code or id.")] = None,
    depth: Annotated[int, typer.Option(min=1, max=3, help="Levels to print.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """Print a tree, or one node of it.

    PATH is a run, a release or a published TSV. With --json a list of the nodes as the columns of
    `Taxonomy.table`: with a code that node and those right below it, without one all.
    """
    from taxonomy.outline import outline
    from taxonomy.tree import Taxonomy

    taxonomy = Taxonomy.load(path)
    try:
        text = outline(taxonomy, code, depth=depth)
    except KeyError as error:
        raise typer.BadParameter(f"{error.args[0]}; see: taxonomy show {path}") from error
    show_result(text, _records(taxonomy, code) if as_json else [], as_json=as_json)
    if taxonomy.table.is_empty():
        say("nothing passes the floors; next: build with fewer clusters or lower floors")
        return
    below = taxonomy.children(code)["code"].to_list()
    say_next(["show", path, below[0]] if below else ["explore", path])


app.command()(explore)
app.command()(economics)


@app.command()
def release(
    run: Path,
    version: Annotated[str, typer.Option(help="What to call the release, e.g. 2026-11.")],
    out: Annotated[Path, typer.Option(help="The folder that becomes the release.")],
    as_json: JsonOption = False,
) -> None:
    """Publish a finished run: what passes the floors.

    With --json: release, version, page, card, levels (level: published nodes).
    """
    from taxonomy.release.write import write_release

    if not version.strip():
        raise typer.BadParameter("a release needs a name, e.g. --version 2026-11.")
    made = write_release(run, out, version=version)
    _say_floors(made.facts["counts"])
    paths = _paths_of(out)
    record = {"release": out, "version": version} | paths | {"levels": made.taxonomy.sizes()}
    show_result(f"{out}: {made.taxonomy!r}", record, as_json=as_json)
    say(f"page: {paths['page']}")
    say_next(["check", out])


@app.command()
def check(path: Path, as_json: JsonOption = False) -> None:
    """Check a release or a published TSV.

    Exit 1 where it holds an error. With --json a list of findings: kind (error, quirk), text.
    """
    from taxonomy.release.check import check_release
    from taxonomy.tree import Taxonomy

    findings = check_release(path)
    errors = [finding for finding in findings if finding.kind == "error"]
    lines = [f"{finding.kind}: {finding.text}" for finding in findings]
    if not as_json:
        verdict = "FAILED" if errors else "passed"
        counts = f"{len(errors)} errors, {len(findings) - len(errors)} quirks"
        lines.append(f"{verdict}: {Taxonomy.load(path)!r}, {counts}")
    show_result("\n".join(lines), [vars(finding) for finding in findings], as_json=as_json)
    if errors:
        say("next: make the release again, or get it again from where it came")
        raise typer.Exit(1)
    say_next(["explore", path], ["show", path])


app.add_typer(answers, name="answers")
app.add_typer(onet, name="onet")


def _paths_of(release: Path) -> dict[str, Path]:
    """Where a release lies, and what of it one opens first."""
    return {"release": release, "page": release / "index.html", "card": release / "README.md"}


def _records(taxonomy: Taxonomy, code: str | None) -> list[dict[str, Any]]:
    if code is None:
        return taxonomy.table.to_dicts()
    return [taxonomy.node(code), *taxonomy.children(code).to_dicts()]


def _line(state: dict[str, Any]) -> str:
    seconds = "" if state["seconds"] is None else f"{state['seconds']:8.1f} s"
    usd = "" if state["usd"] is None else f"{state['usd']:10.4f} USD"
    return (
        f"{state['stage']:14} {state['state']:9} {seconds:>11} {usd:>15} {_brief(state['facts'])}"
    )


def _brief(facts: dict[str, Any]) -> str:
    plain = {key: value for key, value in facts.items() if isinstance(value, int | str | float)}
    return ", ".join(
        f"{key} {value:,}" if isinstance(value, int) else f"{key} {value}"
        for key, value in plain.items()
    )


def _say_floors(counts: dict[str, Any]) -> None:
    from taxonomy.privacy import explain_floors

    say(explain_floors(counts))
