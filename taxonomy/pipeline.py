"""The main job, in reading order: files of conversations in, a finished run folder out.

    conversations -> facets -> embeddings -> clusters -> names -> hierarchy -> measures

Each stage is one function below: it reads the files of the stages above it, calls the module that
does the work, writes its own files into the folder it is given, and returns facts to record.
`build` runs those that are not current.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.clustering import cluster_vectors
from taxonomy.conversations import ingest_conversations
from taxonomy.embedding import Encoder, encode_texts, load_encoder
from taxonomy.errors import RunError, SettingsError, TooLittleDataError
from taxonomy.facets import extract_facets
from taxonomy.hierarchy import build_hierarchy
from taxonomy.measures import measure, place_members
from taxonomy.naming import name_clusters
from taxonomy.privacy import PUBLISHED, apply_cluster_floors, suppress_cells
from taxonomy.run import (
    Facts,
    open_run,
    read_log,
    read_manifest,
    stage_state,
    write_array,
)
from taxonomy.settings import Settings
from taxonomy.steps import STEPS, Job, step

# Rows of conversations held in memory at once.
BATCH_ROWS = 50_000
# Below this there is nothing to roll up into three levels.
MIN_REQUESTS = 4


def build(
    sources: Sequence[str | Path],
    run_folder: str | Path,
    settings: Settings | None = None,
    *,
    encoder: Encoder | None = None,
    until: str = "measures",
) -> Path:
    """The folder of the finished run; stages whose key and output are intact are kept.

    Parameters
    ----------
    sources : files of conversations, in any of the formats that `conversations` reads
    encoder : any `Encoder`; by default the one that the settings name
    until : the last stage to make, one of `STEPS`

    Raises
    ------
    ConversationError, TooLittleDataError
        The input cannot be read, or holds too few conversations with a request.
    RunError
        Another process holds the folder, or the disk is full.
    """
    if until not in STEPS:
        raise SettingsError(f"there is no stage {until!r}; the stages are {', '.join(STEPS)}.")
    settings = settings or Settings()
    files = tuple(Path(source) for source in sources)
    with open_run(Path(run_folder), settings) as run:
        job = Job(run, files, settings, encoder or load_encoder(settings.embedding))
        for name, declared in STEPS.items():
            run.make(declared.stage(job), partial(declared.write, job))
            if name == until:
                break
    return run.folder


def stage_states(run_folder: Path) -> list[dict[str, Any]]:
    """For each stage: its state, the seconds it last took, and the facts it recorded.

    The state is `finished`, `missing`, `damaged` (an output differs from what was recorded) or
    `stale` (a stage before it was made again since).

    Raises
    ------
    RunError
        There is no run in the folder.
    """
    manifest = read_manifest(run_folder)
    if manifest is None:
        raise RunError(f"{run_folder} holds no run (no manifest.json); start one with build.")
    seconds = {line["stage"]: line["seconds"] for line in read_log(run_folder) if line.get("made")}
    stages = manifest["stages"]
    return [
        {
            "stage": name,
            "state": stage_state(run_folder, stages, name),
            "seconds": seconds.get(name),
            "facts": stages.get(name, {}).get("facts", {}),
        }
        for name in STEPS
    ]


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
    return asdict(report) | _window(pl.scan_parquet(table))


@step(
    version=1,
    reads=("conversations.parquet",),
    writes=("facets.parquet",),
    settings=lambda job: {},
)
def facets(job: Job, folder: Path) -> Facts:
    """Say what each conversation asks for, and how the two worked together."""
    table = job.run.path("conversations.parquet")
    extracted = pl.concat([extract_facets(batch) for batch in _batches(table)])
    extracted.write_parquet(folder / "facets.parquet")
    return {"status": _tally(extracted["status"]), "language": _tally(extracted["language"])}


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
    requests = _requests(job)["request"].to_list()
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
    settings=lambda job: (
        job.settings.cluster.model_dump() | {"random_state": job.settings.random_state}
    ),
)
def clusters(job: Job, folder: Path) -> Facts:
    """Group the vectors into fine clusters."""
    found = cluster_vectors(
        job.array("embeddings"), job.settings.cluster, random_state=job.settings.random_state
    )
    write_array(folder / "centers.npy", [found.centers], found.centers.shape)
    _requests(job).select(
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
    version=1,
    reads=("conversations.parquet", "facets.parquet", "clusters.parquet", "centers.npy"),
    writes=("names.parquet",),
    settings=lambda job: job.settings.naming.model_dump() | {"encoder": job.encoder.identity},
)
def names(job: Job, folder: Path) -> Facts:
    """Name and describe each cluster, against its nearest others."""
    named = name_clusters(
        _members(job), job.array("centers"), job.settings.naming, encoder=job.encoder
    )
    named.write_parquet(folder / "names.parquet")
    return {"namer": named["namer"][0]}


@step(
    version=1,
    reads=(
        "conversations.parquet",
        "facets.parquet",
        "clusters.parquet",
        "centers.npy",
        "names.parquet",
    ),
    writes=("nodes.parquet",),
    settings=lambda job: {
        "hierarchy": job.settings.hierarchy.model_dump(),
        "naming": job.settings.naming.model_dump(),
        "privacy": job.settings.privacy.model_dump(),
        "encoder": job.encoder.identity,
    },
)
def hierarchy(job: Job, folder: Path) -> Facts:
    """Roll the clusters up into two further levels, and name those."""
    sizes = apply_cluster_floors(job.read("clusters"), _people(job), job.settings.privacy)
    shown = pl.col("status") == PUBLISHED
    # What is not published neither names a parent nor moves it up in the order of sizes.
    published = sizes.filter(shown)["cluster"]
    sizes = sizes.with_columns(n_conversations=pl.when(shown).then("n_conversations").otherwise(0))
    nodes = build_hierarchy(
        job.read("names").join(sizes, on="cluster").sort("cluster"),
        _members(job).filter(pl.col("cluster").is_in(published.implode())),
        job.array("centers"),
        job.settings.hierarchy,
        job.settings.naming,
        encoder=job.encoder,
    )
    nodes.write_parquet(folder / "nodes.parquet")
    return {"levels": _tally(nodes["level"])}


@step(
    version=1,
    reads=("conversations.parquet", "facets.parquet", "clusters.parquet", "nodes.parquet"),
    writes=("measures.parquet",),
    settings=lambda job: job.settings.privacy.model_dump(),
)
def measures(job: Job, folder: Path) -> Facts:
    """Count: prevalence and splits of every node that passes the floors."""
    assigned, people, privacy = job.read("clusters"), _people(job), job.settings.privacy
    sizes = apply_cluster_floors(assigned, people, privacy)
    shown = sizes.filter(pl.col("status") == PUBLISHED).select("cluster")
    placed = place_members(assigned.join(shown, on="cluster"), job.read("nodes"))
    suppressed = suppress_cells(measure(placed, people), privacy)
    suppressed.write_parquet(folder / "measures.parquet")
    return _coverage(people, assigned, sizes) | {
        "cells": _tally(suppressed["status"]),
        "floors": privacy.model_dump(),
    }


def _batches(table: Path) -> Iterator[pl.DataFrame]:
    rows = pl.scan_parquet(table)
    total = rows.select(pl.len()).collect().item()
    for start in range(0, max(total, 1), BATCH_ROWS):
        yield rows.slice(start, BATCH_ROWS).collect()


def _requests(job: Job) -> pl.DataFrame:
    """The conversations that get a vector, in the order of the rows of `embeddings.npy`."""
    return job.read("facets").filter(pl.col("status") == "ok")


def _members(job: Job) -> pl.DataFrame:
    users = pl.read_parquet(
        job.run.path("conversations.parquet"), columns=["conversation_id", "user_id"]
    )
    columns = ["conversation_id", "user_id", "request", "language", "cluster", "similarity"]
    requests = _requests(job).join(users, on="conversation_id", how="left", maintain_order="left")
    assigned = job.read("clusters")
    return requests.join(assigned, on="conversation_id", maintain_order="left").select(columns)


def _people(job: Job) -> pl.DataFrame:
    """Who held each conversation and how: what the measures count."""
    columns = ["conversation_id", "user_id", "thinking"]
    known = pl.read_parquet(job.run.path("conversations.parquet"), columns=columns)
    labels = job.read("facets").select("conversation_id", "collaboration", "status")
    return known.join(labels, on="conversation_id", maintain_order="left")


def _window(table: pl.LazyFrame) -> dict[str, str | None]:
    """First and last day of the conversations, as ISO dates."""
    times = table.select(
        first=pl.col("created_at").min(), last=pl.col("created_at").max()
    ).collect()
    days = {name: times[name][0] for name in ("first", "last")}
    return {f"{name}_day": day and day.date().isoformat() for name, day in days.items()}


def _coverage(people: pl.DataFrame, assigned: pl.DataFrame, sizes: pl.DataFrame) -> dict[str, Any]:
    """How many conversations came in, and where those went that no published cluster holds."""
    shown = sizes.filter(pl.col("status") == PUBLISHED)
    in_clusters, in_shown = int(sizes["n_conversations"].sum()), int(shown["n_conversations"].sum())
    return {
        "conversations": people.height,
        "with_user_id": people["user_id"].count(),
        "without_request": people.height - assigned.height,
        "unassigned": int((assigned["cluster"] < 0).sum()),
        "in_suppressed_clusters": in_clusters - in_shown,
        "in_published_clusters": in_shown,
        "clusters": sizes.height,
        "published_clusters": shown.height,
    }


def _tally(values: pl.Series) -> dict[str, int]:
    counts = values.cast(pl.String).fill_null("unknown").value_counts().sort(values.name)
    return dict(counts.iter_rows())
