"""A taxonomy and an O*NET release in, its crosswalk out: a stage of a run, or a file."""

from __future__ import annotations

import logging
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.claude import Claude
from taxonomy.coverage import n_unanswered, tally
from taxonomy.embedding import Encoder, load_encoder
from taxonomy.errors import ClaudeError, OnetError
from taxonomy.mapping.job import (
    VERSION,
    Asking,
    OnetSource,
    asked_claude,
    maker,
    open_job,
)
from taxonomy.onet.adjudicate import votes_by_claude
from taxonomy.onet.crosswalk import best_tasks, make_crosswalk, node_queries
from taxonomy.onet.index import TaskIndex, open_index
from taxonomy.onet.sssom import SSSOM_FILE, sssom_text
from taxonomy.run import Facts, Stage, write_text
from taxonomy.settings import Settings
from taxonomy.steps import make_stage
from taxonomy.tree import Taxonomy

logger = logging.getLogger(__name__)

CROSSWALK_FILE = "crosswalk.parquet"


def map_clusters(
    run_folder: str | Path,
    source: OnetSource,
    *,
    asking: Asking | None = None,
    encoder: Encoder | None = None,
) -> pl.DataFrame:
    """The crosswalk of the run's published clusters, as `crosswalk.CROSSWALK`; kept in the run.

    The next `release` of the run publishes it. Claude is asked where `asking` has Claude asked.

    Raises
    ------
    RunError
        The run is not finished, or another process holds it.
    ClaudeError, BudgetError, LedgerError
        As Claude raises them.
    """
    with open_job(run_folder, asking, after="measures", needs_claude=False, encoder=encoder) as job:
        stage = Stage(
            "crosswalk",
            VERSION,
            {**maker(job, "crosswalk"), "encoder": job.encoder.identity},
            {name: job.run.digest(name) for name in ("nodes.parquet", "measures.parquet")}
            | source.digests,
            (CROSSWALK_FILE, SSSOM_FILE),
        )

        def write(folder: Path) -> Facts:
            taxonomy = Taxonomy.load(job.run.folder)
            index = open_index(source.onet, job.encoder, source.cache, usage=source.prior)
            crosswalk, facts = crosswalk_of(taxonomy, index, job.claude, job.settings)
            crosswalk.write_parquet(folder / CROSSWALK_FILE)
            write_text(folder / SSSOM_FILE, sssom_text(crosswalk, taxonomy.nodes, source.onet))
            return facts

        make_stage(job, stage, write, say=asking.say if asking else logger.info)
        return pl.read_parquet(job.run.path(CROSSWALK_FILE))


def write_crosswalk(
    path: Path, source: OnetSource, out: Path, *, asking: Asking, encoder: Encoder | None = None
) -> pl.DataFrame:
    """The crosswalk of a release or a published table, written to the file `out`.

    Raises
    ------
    ReleaseError
        Nothing that can be read as a taxonomy lies at `path`.
    ClaudeError, BudgetError, LedgerError
        As Claude raises them.
    OnetError
        `out` is a folder.
    """
    if out.is_dir():
        raise OnetError(f"{out} is a folder; give the file to write with --out.")
    taxonomy = Taxonomy.load(path)
    encoder = encoder or load_encoder(asking.settings.embedding)
    claude = asked_claude(asking, run=str(path.resolve()))
    with closing(claude) if claude else nullcontext():
        index = open_index(source.onet, encoder, source.cache, usage=source.prior)
        crosswalk, _ = crosswalk_of(taxonomy, index, claude, asking.settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, sssom_text(crosswalk, taxonomy.nodes, source.onet))
    return crosswalk


def crosswalk_of(
    taxonomy: Taxonomy, index: TaskIndex, claude: Claude | None, settings: Settings
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The crosswalk of a taxonomy, and what is to be told of it.

    Parameters
    ----------
    claude : votes on the candidates; None: the index's score alone

    Raises
    ------
    ClaudeError
        Claude was asked, and no answer about any cluster can be used.
    """
    queries = node_queries(taxonomy)
    votes = None if claude is None else votes_by_claude(queries, index, claude, settings)
    if votes is not None and not (votes["asked"] > 0).any():
        raise ClaudeError(
            f"no answer about any of the {queries.height:,} clusters can be used; see `taxonomy "
            "answers failures`, or leave --llm away to map by retrieval."
        )
    crosswalk = make_crosswalk(queries, index, votes)
    mapped = best_tasks(crosswalk)["onet_task"].count()
    facts: dict[str, Any] = {
        "onet": index.onet.version,
        "maker": settings.claude.crosswalk.model if claude else "offline",
        "prior": index.prior is not None,
        "clusters": queries.height,
        "with_task": int(mapped),
    }
    if votes is not None:
        flags = votes.unique("query", maintain_order=True)["flags"].drop_nulls()
        facts["unanswered"] = n_unanswered(flags)
        facts["flags"] = tally(flags)
    return crosswalk, facts
