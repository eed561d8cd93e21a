"""The main job, in reading order: files of conversations in, a finished run folder out.

    conversations -> facets -> embeddings -> clusters -> names -> hierarchy -> map -> measures

Each stage is one function below: it reads the files of the stages above it, calls the module that
does the work, writes its own files into the folder it is given, and returns facts to record.
`build` runs those that are not current.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path

import polars as pl

from taxonomy.claude import open_claude
from taxonomy.cluster_map import MAP_FILE, place_on_map
from taxonomy.clustering import cluster_vectors
from taxonomy.conversations import ingest_conversations
from taxonomy.coverage import UNANSWERED, coverage, n_unanswered, tally, window
from taxonomy.embedding import Encoder, encode_texts, load_encoder
from taxonomy.errors import SettingsError, TooLittleDataError
from taxonomy.facets import (
    count_asked,
    extract_facets,
    extract_facets_by_claude,
    facet_prompt_version,
)
from taxonomy.hierarchy import build_hierarchy, build_hierarchy_by_claude, hierarchy_prompt_version
from taxonomy.measures import measure, place_members
from taxonomy.naming import name_clusters, name_clusters_by_claude, naming_prompt_version
from taxonomy.privacy import suppress_cells
from taxonomy.progress import progress
from taxonomy.run import Facts, open_run, write_array
from taxonomy.settings import Settings
from taxonomy.steps import STEPS, Job, make_stage, step

logger = logging.getLogger(__name__)

LEDGER = "outputs/answers.sqlite"
# What is known of the conversations once they are in clusters.
CLUSTERED = ("conversations.parquet", "facets.parquet", "clusters.parquet", "centers.npy")
# Below this there is nothing to roll up into three levels.
MIN_REQUESTS = 4


def build(
    sources: Sequence[str | Path],
    run_folder: str | Path,
    settings: Settings | None = None,
    *,
    encoder: Encoder | None = None,
    until: str = "measures",
    ledger: str | Path = LEDGER,
    budget: float | None = None,
    say: Callable[[str], None] = logger.info,
) -> Path:
    """The folder of the finished run; stages whose key and output are intact are kept.

    Parameters
    ----------
    sources : files of conversations, in any of the formats that `conversations` reads
    encoder : any `Encoder`; by default the one that the settings name
    until : the last stage to make, one of `STEPS`
    ledger : where Claude's answers are kept, if `settings.llm` has Claude asked
    budget : US dollars that this run folder may cost in all
    say : told in a line each what became of a stage, and what happens to batches at Claude

    Raises
    ------
    ConversationError, TooLittleDataError
        The input cannot be read, or holds too few conversations with a request.
    ClaudeError, BudgetError, LedgerError
        Claude cannot be asked, or could cost more than `budget`; what was answered is kept.
    RunError
        Another process holds the folder, or the disk is full.
    """
    if until not in STEPS:
        raise SettingsError(f"there is no stage {until!r}; the stages are {', '.join(STEPS)}.")
    settings = settings or Settings()
    folder = Path(run_folder)
    claude = open_claude(
        settings, Path(ledger), os.environ, budget=budget, run=str(folder.resolve()), say=say
    )
    with closing(claude) if claude else nullcontext(), open_run(folder, settings) as run:
        files = tuple(Path(source) for source in sources)
        job = Job(run, files, settings, encoder or load_encoder(settings.embedding), claude)
        for name, declared in STEPS.items():
            make_stage(job, declared.stage(job), partial(declared.write, job), say=say)
            if name == until:
                break
    return folder


@step(
    version=1,
    writes=("conversations.parquet", "rejected.jsonl"),
    settings=lambda job: job.settings.conversations.model_dump(),
)
def conversations(job: Job, folder: Path) -> Facts:
    """Read, check, deduplicate and sample the input."""
    table = folder / "conversations.parquet"
    report = ingest_conversations(
        job.sources, table, folder / "rejected.jsonl", job.settings.conversations
    )
    return asdict(report) | window(pl.scan_parquet(table))


@step(
    version=2,
    reads=("conversations.parquet",),
    writes=("facets.parquet",),
    settings=lambda job: (
        job.maker(job.settings.claude.facets)
        | job.settings.facets.model_dump()
        | {"prompt": job.claude and facet_prompt_version(job.settings)}
    ),
)
def facets(job: Job, folder: Path) -> Facts:
    """Say what each conversation asks for, and how the two worked together."""
    if job.claude is None:
        n = job.run.facts("conversations")["n_conversations"]
        with progress("facets", total=n, unit="conversations"):
            parts = [extract_facets(batch, job.settings.facets) for batch in job.batches()]
        extracted = pl.concat(parts)
    else:
        extracted = extract_facets_by_claude(job.batches, job.claude, job.settings)
    extracted.write_parquet(folder / "facets.parquet")
    flags = extracted["flags"].drop_nulls().str.split(",").explode().alias("flags")
    return {
        "maker": job.settings.claude.facets.model if job.claude else "offline",
        "asked": count_asked(job.batches()) if job.claude else 0,
        "unanswered": extracted["status"].is_in(UNANSWERED).sum(),
        "status": tally(extracted["status"]),
        "flags": tally(flags),
        "language": tally(extracted["language"]),
    }


@step(
    version=1,
    reads=("facets.parquet",),
    writes=("embeddings.npy",),
    settings=lambda job: {
        "encoder": job.encoder.identity,
        "shard_size": job.settings.embedding.shard_size,
    },
)
def embeddings(job: Job, folder: Path) -> Facts:
    """Turn each request into a unit vector."""
    requests = job.requests()["request"].to_list()
    if len(requests) < MIN_REQUESTS:
        raise TooLittleDataError(
            f"{len(requests)} conversations have a request, expected at least {MIN_REQUESTS}; "
            f"see `status` in {job.run.path('facets.parquet')} and give more conversations."
        )
    encode_texts(
        requests,
        job.encoder,
        folder / "embeddings.npy",
        shard_size=job.settings.embedding.shard_size,
        shards=folder / "shards",
    )
    return {"encoder": job.encoder.name, "n_vectors": len(requests)}


@step(
    version=1,
    reads=("facets.parquet", "embeddings.npy"),
    writes=("clusters.parquet", "centers.npy"),
    settings=lambda job: job.settings.cluster.model_dump() | job.seed,
)
def clusters(job: Job, folder: Path) -> Facts:
    """Group the vectors into fine clusters."""
    found = cluster_vectors(
        job.array("embeddings"), job.settings.cluster, random_state=job.settings.random_state
    )
    write_array(folder / "centers.npy", [found.centers], found.centers.shape)
    job.requests().select(
        "conversation_id",
        cluster=pl.Series(found.labels, dtype=pl.Int32),
        similarity=pl.Series(found.similarity, dtype=pl.Float32),
        runner_up=pl.Series(found.runner_up, dtype=pl.Int32),
        runner_up_similarity=pl.Series(found.runner_up_similarity, dtype=pl.Float32),
    ).write_parquet(folder / "clusters.parquet")
    return {
        "method": job.settings.cluster.method,
        "n_clusters": len(found.centers),
        "n_unassigned": int((found.labels < 0).sum()),
    }


@step(
    version=2,
    reads=(*CLUSTERED, "embeddings.npy"),
    writes=("names.parquet",),
    settings=lambda job: (
        job.maker(job.settings.claude.names)
        | job.settings.naming.model_dump()
        | {"encoder": job.encoder.identity}
        | job.seed
        | {"prompt": job.claude and naming_prompt_version()}
        | {"privacy": job.claude and job.settings.privacy.model_dump()}
    ),
)
def names(job: Job, folder: Path) -> Facts:
    """Name and describe each cluster, against its nearest others."""
    members, centers = job.members(), job.array("centers")
    if job.claude is None:
        named = name_clusters(members, centers, job.settings.naming, encoder=job.encoder)
    else:
        named = name_clusters_by_claude(
            members,
            centers,
            job.array("embeddings"),
            job.claude,
            job.settings,
            encoder=job.encoder,
            published=set(job.published()["cluster"]),
        )
    named.write_parquet(folder / "names.parquet")
    return {
        "namer": tally(named["namer"]),
        "unanswered": n_unanswered(named["flags"]),
        "flags": tally(named["flags"].drop_nulls()),
    }


@step(
    version=2,
    reads=(*CLUSTERED, "names.parquet"),
    writes=("nodes.parquet",),
    settings=lambda job: (
        job.maker(job.settings.claude.hierarchy)
        | {
            "hierarchy": job.settings.hierarchy.model_dump(),
            "naming": job.settings.naming.model_dump(),
            "privacy": job.settings.privacy.model_dump(),
            "encoder": job.encoder.identity,
            "prompt": job.claude and hierarchy_prompt_version(),
        }
        | job.seed
    ),
)
def hierarchy(job: Job, folder: Path) -> Facts:
    """Roll the clusters up into two further levels, and name those."""
    clusters = job.named()
    facts: Facts = {}
    if job.claude is None:
        nodes = build_hierarchy(
            clusters,
            job.members().join(job.published(), on="cluster", how="semi", maintain_order="left"),
            job.array("centers"),
            job.settings.hierarchy,
            job.settings.naming,
            encoder=job.encoder,
        )
    else:
        nodes, facts = build_hierarchy_by_claude(
            clusters, job.array("centers"), job.claude, job.settings, encoder=job.encoder
        )
    nodes.write_parquet(folder / "nodes.parquet")
    return {
        "levels": tally(nodes["level"]),
        "namer": tally(nodes["namer"]),
        "unanswered": n_unanswered(nodes.filter(pl.col("level") > 0)["flags"]),
        **facts,
    }


@step(
    version=1,
    reads=(*CLUSTERED, "nodes.parquet"),
    writes=(MAP_FILE,),
    settings=lambda job: job.settings.privacy.model_dump() | job.seed,
)
def map(job: Job, folder: Path) -> Facts:
    """Place the nodes that pass the floors on a plane, like beside like."""
    placed = place_on_map(job.array("centers"), job.read("nodes"), job.published(), **job.seed)
    placed.write_parquet(folder / MAP_FILE)
    return {"placed": tally(placed["level"])}


@step(
    version=2,
    reads=("conversations.parquet", "facets.parquet", "clusters.parquet", "nodes.parquet"),
    writes=("measures.parquet",),
    settings=lambda job: job.settings.privacy.model_dump(),
)
def measures(job: Job, folder: Path) -> Facts:
    """Count: prevalence and splits of every node that passes the floors."""
    assigned, people, privacy = job.read("clusters"), job.people(), job.settings.privacy
    shown = assigned.join(job.published().select("cluster"), on="cluster")
    placed = place_members(shown, job.read("nodes"))
    suppressed = suppress_cells(measure(placed, people), privacy)
    suppressed.write_parquet(folder / "measures.parquet")
    return coverage(people, assigned, job.sizes()) | {
        "cells": tally(suppressed["status"]),
        "floors": privacy.model_dump(),
    }


STAGES = tuple(STEPS)
"""Every stage, in order."""
