"""The verbs on O*NET: fetch it, map a run or a taxonomy to it, compare the two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxonomy.cli_options import (
    LEDGER,
    ConfigOption,
    LedgerOption,
    LlmOption,
    SetOption,
    load_settings,
    say,
)
from taxonomy.errors import OnetError

if TYPE_CHECKING:
    import polars as pl

    from taxonomy.mapping import Asking, OnetSource
    from taxonomy.onet.tables import Onet
    from taxonomy.settings import Settings

onet = typer.Typer(
    help="O*NET: its releases, the tasks of conversations and clusters, and the comparison.",
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
) -> None:
    """Download a release of O*NET; a broken download goes on where it was."""
    from taxonomy.onet.fetch import ADDRESS, fetch_onet

    file = fetch_onet(version, to, address=address or ADDRESS, sha256=sha256, say=say)
    typer.echo(str(file))
    say(f"next: taxonomy onet compare RELEASE --onet {file} --out DIR")


@onet.command()
def tasks(
    run: Path,
    release: OnetOption,
    activities: ActivitiesOption = None,
    prior: PriorOption = None,
    route: Annotated[str, typer.Option(help="offline, or by Claude: shortlist, descent.")] = (
        "offline"
    ),
    cache: CacheOption = CACHE,
    config: ConfigOption = None,
    set_: SetOption = None,
    llm: LlmOption = None,
    budget: BudgetOption = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Say of each conversation of a run which O*NET task it is (top-down)."""
    from taxonomy.mapping import map_conversations

    settings = load_settings(config, set_, llm or ("offline" if route == "offline" else "claude"))
    assigned = map_conversations(
        run,
        _source(release, activities, prior, cache),
        route,  # type: ignore[arg-type]
        asking=_asking(settings, ledger, budget),
    )
    typer.echo(f"{run}: {_tasks_line(assigned)}")
    say(f"next: taxonomy onet usage {run} --out DIR")


@onet.command()
def usage(
    run: Path, out: Annotated[Path, typer.Option(help="The folder for the three tables.")]
) -> None:
    """Write a run's use by task in the Economic Index's published formats, above the floors."""
    from taxonomy.mapping import write_usage

    tables, base = write_usage(run, out)
    for name, table in tables.items():
        typer.echo(f"{out / name}: {table.height:,} tasks")
    typer.echo(base)
    say(f"next: taxonomy economics {out} --onet RELEASE --out DIR")


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
) -> None:
    """Say of each cluster which O*NET tasks and activities it matches, and how well (bottom-up).

    Of a run it becomes a part, which its next release publishes; of anything else it is a file.
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
    typer.echo(f"{out or path}: {mapped.count():,} of {len(mapped):,} clusters have a task")


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
) -> None:
    """Say what a taxonomy and O*NET cover of one another, and what each misses.

    The crosswalk is the run's or the release's own where it has one of this O*NET version;
    otherwise it is made by retrieval, without a prior, which would make the two agree.
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
    for line in comparison.summary():
        typer.echo(line)
    say(f"page: {out / 'index.html'}; table: {out / 'comparison.csv'}")


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


def _tasks_line(assigned: pl.DataFrame) -> str:
    none = (assigned["statement"] == "none").sum()
    unanswered = assigned["statement"].null_count()
    return (
        f"{assigned.height - none - unanswered:,} of {assigned.height:,} conversations have a "
        f"task, {none:,} fit none, {unanswered:,} have no answer"
    )
