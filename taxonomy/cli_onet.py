"""The verbs on O*NET: fetch it, map a run or a taxonomy to it, compare the two."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxonomy import cli_complete
from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    JsonOption,
    LedgerOption,
    LlmOption,
    SetOption,
    load_settings,
)
from taxonomy.cli_talk import Verbs, say, say_next, show_result
from taxonomy.errors import OnetError

if TYPE_CHECKING:
    import polars as pl

    from taxonomy.mapping import Asking, OnetSource
    from taxonomy.onet.tables import Onet
    from taxonomy.settings import Settings

onet = Verbs(
    help="O*NET: fetch it, map to it, compare with it.",
    no_args_is_help=True,
)

CACHE = Path("outputs/onet")
OnetOption = Annotated[
    Path, typer.Option("--onet", help="An O*NET release: its folder, its .zip, or statements.")
]
ActivitiesOption = Annotated[
    Path | None,
    typer.Option(help="A whole release whose activities statements alone (20.1) are given."),
]
PriorOption = Annotated[
    Path | None,
    typer.Option(help="A published usage table (task_pct_v1.csv): tasks in use are likelier."),
]
CacheOption = Annotated[Path, typer.Option(help="Where what is made of O*NET once is kept.")]
BudgetOption = Annotated[
    float | None, typer.Option(min=0, help="US dollars that this run may cost in all.")
]


@onet.command()
def fetch(
    version: Annotated[str, typer.Argument(help="Which release, e.g. 30.1.")],
    to: Annotated[Path, typer.Option(help="The folder for the archive.")] = CACHE,
    address: Annotated[
        str | None, typer.Option(help="Where from, with {version}; by default O*NET's own.")
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="What the archive's digest must be.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Download a release of O*NET.

    A broken download goes on where it was. With --json: version, archive.
    """
    from taxonomy.onet.fetch import ADDRESS, fetch_onet

    file = fetch_onet(version, to, address=address or ADDRESS, sha256=sha256, say=say)
    show_result(str(file), {"version": version, "archive": file}, as_json=as_json)
    say_next(
        ["onet", "crosswalk", "RUN", "--onet", file],
        ["onet", "compare", "RELEASE", "--onet", file, "--out", "DIR"],
    )


@onet.command()
def tasks(
    run: Path,
    release: OnetOption,
    activities: ActivitiesOption = None,
    prior: PriorOption = None,
    route: Annotated[
        str,
        typer.Option(
            help="offline, or by Claude: shortlist, descent.", autocompletion=cli_complete.routes
        ),
    ] = "offline",
    cache: CacheOption = CACHE,
    config: ConfigOption = None,
    set_: SetOption = None,
    llm: LlmOption = None,
    budget: BudgetOption = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Map each conversation of a run to its O*NET task.

    Top-down, as the Economic Index does. With --json: run, conversations, with_task, none,
    unanswered.
    """
    from taxonomy.mapping import map_conversations

    settings = load_settings(config, set_, llm or ("offline" if route == "offline" else "claude"))
    assigned = map_conversations(
        run,
        _source(release, activities, prior, cache),
        route,  # type: ignore[arg-type]
        asking=_asking(settings, ledger, budget),
    )
    counts = _tasks_counts(assigned)
    show_result(f"{run}: {_tasks_line(counts)}", {"run": run} | counts, as_json=as_json)
    say_next(["onet", "usage", run, "--out", "DIR"])


@onet.command()
def usage(
    run: Path,
    out: Annotated[Path, typer.Option(help="The folder for the three tables.")],
    as_json: JsonOption = False,
) -> None:
    """Write a run's use by task, as published.

    In the Economic Index's formats, above the floors. With --json: out, tables (file: tasks), base
    (a sentence).
    """
    from taxonomy.mapping import write_usage

    tables, base = write_usage(run, out)
    lines = [f"{out / name}: {table.height:,} tasks" for name, table in tables.items()]
    sizes = {name: table.height for name, table in tables.items()}
    record = {"out": out, "tables": sizes, "base": base}
    show_result("\n".join([*lines, base]), record, as_json=as_json)
    say_next(["economics", out, "--onet", "RELEASE", "--out", "DIR"])


@onet.command()
def crosswalk(
    path: Path,
    release: OnetOption,
    activities: ActivitiesOption = None,
    prior: PriorOption = None,
    out: Annotated[
        Path | None, typer.Option(help="For a release or a TSV: the file to write.")
    ] = None,
    cache: CacheOption = CACHE,
    config: ConfigOption = None,
    set_: SetOption = None,
    llm: LlmOption = None,
    budget: BudgetOption = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """Match each cluster with O*NET's tasks and activities.

    Of a run the crosswalk becomes a part, which its next release publishes; of anything else it
    is a file. With --json: crosswalk (the run or the file), clusters, with_task.
    """
    from taxonomy.mapping import is_run, map_clusters, write_crosswalk
    from taxonomy.onet.crosswalk import best_tasks

    if is_run(path) and out is not None:
        raise typer.BadParameter("a run keeps its crosswalk itself: leave --out away.")
    if not is_run(path) and out is None:
        raise typer.BadParameter("say with --out which file to write.")
    source = _source(release, activities, prior, cache)
    asking = _asking(load_settings(config, set_, llm or "offline"), ledger, budget)
    if out is None:
        found = map_clusters(path, source, asking=asking)
    else:
        found = write_crosswalk(path, source, out, asking=asking)
    mapped = best_tasks(found)["onet_task"]
    show_result(
        f"{out or path}: {mapped.count():,} of {len(mapped):,} clusters have a task",
        {"crosswalk": out or path, "clusters": len(mapped), "with_task": mapped.count()},
        as_json=as_json,
    )
    beside: list[str | Path] = ["onet", "compare", path, "--onet", release, "--out", "DIR"]
    publish: list[str | Path] = ["release", path, "--version", "V", "--out", "DIR"]
    say_next(beside, *([publish] if out is None else []))


@onet.command()
def compare(
    path: Annotated[Path, typer.Argument(help="A run, a release, or a published TSV.")],
    release: OnetOption,
    out: Annotated[Path, typer.Option(help="The folder for the comparison.")],
    activities: ActivitiesOption = None,
    usage: Annotated[
        Path | None, typer.Option(help="A published usage table to compare with.")
    ] = None,
    soc: Annotated[Path | None, typer.Option(help="SOC_Structure.csv: names of groups.")] = None,
    employment: Annotated[
        Path | None, typer.Option(help="bls_employment_may_2023.csv: who works in which group.")
    ] = None,
    external: Annotated[
        Path | None, typer.Option(help="iwa_metrics.csv: another measure of use, by IWA.")
    ] = None,
    cache: CacheOption = CACHE,
    as_json: JsonOption = False,
) -> None:
    """Compare a taxonomy with O*NET: what each misses.

    The crosswalk is the run's or the release's own where it has one of this O*NET version;
    otherwise it is made by retrieval, without a prior, which would make the two agree. With
    --json: out, page, table, facts, summary (a list of sentences).
    """
    from taxonomy.mapping import compare_with_onet
    from taxonomy.onet.compare import check_replaceable

    check_replaceable(out)
    comparison = compare_with_onet(
        path,
        _source(release, activities, None, cache),
        usage=None if usage is None else _usage(usage),
        soc=soc,
        employment=employment,
        external=external,
        say=say,
    )
    comparison.write(out)
    page, table, lines = out / "index.html", out / "comparison.csv", comparison.summary()
    record = {"out": out, "page": page, "table": table, "facts": comparison.facts, "summary": lines}
    show_result("\n".join(lines), record, as_json=as_json)
    say(f"next: open {shlex.quote(str(page))} in a browser; table: {table}")


def _source(release: Path, activities: Path | None, prior: Path | None, cache: Path) -> OnetSource:
    from taxonomy.mapping import OnetSource

    return OnetSource(_load(release, activities), cache, None if prior is None else _usage(prior))


def _usage(path: Path) -> pl.DataFrame:
    from taxonomy.economics import frames_of, read_published

    used = frames_of(read_published(path)).usage
    if used is None:
        raise OnetError(f"{path} holds no use by task; give a file such as task_pct_v2.csv.")
    return used.select("task", "share")


def _load(release: Path, activities: Path | None) -> Onet:
    from taxonomy.onet.ladder import with_activities
    from taxonomy.onet.tables import load_onet

    loaded = load_onet(release)
    if activities is not None and not loaded.activities.is_empty():
        raise OnetError(
            f"{release} is a whole release (O*NET {loaded.version}) with activities of its own; "
            "leave --activities away."
        )
    if activities is not None:
        return with_activities(loaded, load_onet(activities))
    if loaded.activities.is_empty():
        raise OnetError(
            f"{release} holds task statements alone (O*NET {loaded.version}), without activities; "
            "give a whole release, or one beside it with --activities."
        )
    return loaded


def _asking(settings: Settings, ledger: Path, budget: float | None) -> Asking:
    from taxonomy.mapping import Asking

    return Asking(settings, ledger, budget, say)


def _tasks_counts(assigned: pl.DataFrame) -> dict[str, int]:
    none = int((assigned["statement"] == "none").sum())
    unanswered = assigned["statement"].null_count()
    return {
        "conversations": assigned.height,
        "with_task": assigned.height - none - unanswered,
        "none": none,
        "unanswered": unanswered,
    }


def _tasks_line(counts: dict[str, int]) -> str:
    return (
        f"{counts['with_task']:,} of {counts['conversations']:,} conversations have a task, "
        f"{counts['none']:,} fit none, {counts['unanswered']:,} have no answer"
    )
