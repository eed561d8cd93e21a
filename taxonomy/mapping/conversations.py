"""A finished run and an O*NET release in, the task of each conversation out (top-down)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from taxonomy.coverage import n_unanswered, tally
from taxonomy.embedding import Encoder, load_encoder
from taxonomy.errors import OnetError, SettingsError
from taxonomy.mapping.job import (
    VERSION,
    Asking,
    OnetSource,
    check_finished,
    maker,
    open_job,
)
from taxonomy.onet.descent import assign_by_descent
from taxonomy.onet.index import open_index
from taxonomy.onet.questions import NONE
from taxonomy.onet.retrieved import assign_by_retrieval
from taxonomy.onet.shortlist import assign_by_shortlist
from taxonomy.onet.tables import Onet
from taxonomy.onet.task_tree import open_task_tree, task_tree_key
from taxonomy.onet.usage import TASK_PCT, usage_tables
from taxonomy.run import Facts, Stage, open_run, write_text
from taxonomy.settings import Settings
from taxonomy.steps import Job, make_stage

logger = logging.getLogger(__name__)

TaskRoute = Literal["offline", "shortlist", "descent"]
ROUTES: tuple[TaskRoute, ...] = get_args(TaskRoute)
TASKS_FILE = "onet_tasks.parquet"
MUCH = 0.5
"""Share of the conversations that must be told for the tables to stand for all."""


def map_conversations(
    run_folder: str | Path,
    source: OnetSource,
    route: TaskRoute = "offline",
    *,
    asking: Asking | None = None,
    encoder: Encoder | None = None,
) -> pl.DataFrame:
    """The task of each conversation with a request, as `questions.ASSIGNED`; kept in the run.

    Parameters
    ----------
    run_folder : a run that is finished up to its embeddings
    route : `offline`, retrieval; `shortlist` or `descent`, by asking Claude
    asking : needed for the routes that ask Claude
    encoder : by default the one that the run's settings name

    Raises
    ------
    RunError
        The run is not finished that far, or another process holds it.
    SettingsError
        The route asks Claude, and `asking` does not have Claude asked.
    ClaudeError, BudgetError, LedgerError
        As Claude raises them.
    """
    if route not in ROUTES:
        raise SettingsError(f"there is no route {route!r}; the routes are {', '.join(ROUTES)}.")
    with open_job(
        run_folder,
        asking,
        after="embeddings",
        needs_claude=route != "offline",
        encoder=encoder,
    ) as job:
        stage = Stage(
            "tasks",
            VERSION,
            {"route": route, **maker(job, route), **_made_with(job, source, route)},
            {name: job.run.digest(name) for name in ("facets.parquet", "embeddings.npy")}
            | source.digests,
            (TASKS_FILE,),
        )

        def write(folder: Path) -> Facts:
            assigned = _assign(job, source, route)
            assigned.write_parquet(folder / TASKS_FILE)
            return _facts_of(assigned, source.onet, route)

        make_stage(job, stage, write, say=asking.say if asking else logger.info)
        return pl.read_parquet(job.run.path(TASKS_FILE))


def write_usage(run_folder: Path, out: Path) -> tuple[dict[str, pl.DataFrame], str]:
    """The run's use by task, in the published formats and above its floors, written to `out`; and
    a sentence that says what its percentages are of.

    Raises
    ------
    RunError
        The run has no tasks yet, or they are not of its conversations as they are now.
    OnetError
        No task is above the floors, or `out` is a file.
    """
    if out.is_file():
        raise OnetError(f"{out} is a file; give the folder for the tables with --out.")
    check_finished(run_folder, "tasks", f"taxonomy onet tasks {run_folder} --onet RELEASE")
    settings = Settings.load(run_folder / "settings.toml")
    with open_run(run_folder, settings) as run:
        job = Job(run, (), settings, load_encoder(settings.embedding))
        assigned = pl.read_parquet(run.path(TASKS_FILE))
        tables = usage_tables(assigned, job.people(), settings.privacy)
    if tables[TASK_PCT].is_empty():
        floor = settings.privacy.min_cell_conversations
        raise OnetError(
            f"no task of {run_folder} has {floor} conversations, so there is nothing to publish; "
            "give more conversations, or lower floors (privacy.min_cell_conversations)."
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_text(out / name, table.write_csv())
    return tables, _base(assigned, tables[TASK_PCT])


def _base(assigned: pl.DataFrame, shown: pl.DataFrame) -> str:
    answered = assigned.drop_nulls("statement")
    told = answered.filter(pl.col("statement").is_in(shown["task_name"].implode())).height
    share = told / max(answered.height, 1)
    text = (
        f"percentages are of the {told:,} conversations on these tasks or on none, {share:.0%} of "
        f"the {answered.height:,} with an answer; the rest are on tasks under the floors"
    )
    return text + (": too few to stand for all" if share < MUCH else "")


def _made_with(job: Job, source: OnetSource, route: TaskRoute) -> dict[str, str]:
    """What the route searches or descends by: part of the stage's key."""
    made = {"encoder": job.encoder.identity}
    if route == "descent":
        made["tree"] = task_tree_key(source.onet, job.encoder, job.settings, by_claude=True)
    return made


def _assign(job: Job, source: OnetSource, route: TaskRoute) -> pl.DataFrame:
    requests = job.requests().select("conversation_id", "request")
    index = open_index(source.onet, job.encoder, source.cache, usage=source.prior)
    # Vectors of another encoder than O*NET's cannot be compared with them.
    same = job.run.facts("embeddings")["encoder"] == job.encoder.name
    vectors = job.array("embeddings") if same else None
    if route == "offline" or job.claude is None:
        return assign_by_retrieval(requests, index, vectors=vectors)
    if route == "shortlist":
        return assign_by_shortlist(requests, index, job.claude, job.settings, vectors=vectors)
    tree = open_task_tree(
        source.onet, index.vectors, job.encoder, source.cache, job.settings, claude=job.claude
    )
    return assign_by_descent(requests, tree, job.claude, job.settings)


def _facts_of(assigned: pl.DataFrame, onet: Onet, route: TaskRoute) -> dict[str, Any]:
    none = (assigned["statement"] == NONE).sum()
    return {
        "onet": onet.version,
        "route": route,
        "conversations": assigned.height,
        "with_task": assigned["statement"].count() - none,
        "none": none,
        "unanswered": n_unanswered(assigned["flags"]),
        "flags": tally(assigned["flags"].drop_nulls()),
    }
