"""Clusters in, names and descriptions out, as Claude writes them from summaries of requests.

Claude sees summaries only, never a transcript. A cluster that it cannot name, or whose name stays
another's after it was asked again, gets its offline name, and a flag that says why.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from taxonomy.claude.prompt import load_prompt
from taxonomy.claude.records import Asker
from taxonomy.embedding import Encoder
from taxonomy.naming.asking import Named, Naming, Subject
from taxonomy.naming.choose import NAMER, name_groups
from taxonomy.naming.samples import Sample, sample_clusters
from taxonomy.settings import Settings

logger = logging.getLogger(__name__)

PROMPT = "name_cluster"
NO_MEMBERS = "no members"
CLUSTER_NAMES = {
    "cluster": pl.Int32,
    "name": pl.String,
    "description": pl.String,
    "namer": pl.String,
    "flags": pl.String,
}


def name_clusters_by_claude(
    members: pl.DataFrame,
    centers: np.ndarray,
    vectors: np.ndarray,
    claude: Asker,
    settings: Settings,
    *,
    encoder: Encoder | None,
    published: Collection[int],
) -> pl.DataFrame:
    """One row a cluster, as `CLUSTER_NAMES`; sorted by cluster, names unique.

    `namer` is the model, or `offline` where it gave no name to use; `flags` then says why: the
    status of the answer, `duplicate`, or `no members`. Else it is null.

    Parameters
    ----------
    members : as for `name_clusters`
    centers : (k, d) float32 unit vectors, in the order of clusters
    vectors : (n, d) float32 unit vectors, row i of member i; may be memory-mapped
    claude : answers the requests; each holds what `samples` drew of one cluster
    encoder : as for `name_clusters`, for the offline names
    published : the clusters that pass the floors; no other takes a name from them
    """
    samples = sample_clusters(members, vectors, centers, random_state=settings.random_state)
    sizes = members["cluster"].value_counts()
    # What is not published comes last when several have one name.
    weights = {cluster: n if cluster in published else 0 for cluster, n in sizes.iter_rows()}
    subjects = _subjects(samples, weights)
    naming = Naming(claude, PROMPT, stage="names", model=settings.claude.names)
    named = naming.name(subjects)
    logger.info("%d of %d clusters named by Claude", len(named.texts), len(centers))
    offline = _offline_names(named, members, centers, settings, encoder=encoder)
    rows = [
        (number, *_text_of(number, named, offline, model=settings.claude.names.model))
        for number in range(len(centers))
    ]
    return pl.DataFrame(rows, schema=CLUSTER_NAMES, orient="row")


def naming_prompt_version() -> str:
    """Changes whenever a word of the prompt that names clusters does."""
    return load_prompt(PROMPT).version


def _subjects(samples: Mapping[int, Sample], sizes: Mapping[int, int]) -> dict[int, Subject]:
    return {
        cluster: Subject(
            {"members": list(sample.members), "outsiders": list(sample.outsiders)},
            size=sizes[cluster],
            conversation_ids=sample.conversation_ids,
        )
        for cluster, sample in sorted(samples.items())
    }


def _offline_names(
    named: Named,
    members: pl.DataFrame,
    centers: np.ndarray,
    settings: Settings,
    *,
    encoder: Encoder | None,
) -> dict[int, tuple[str, str]]:
    """Name and description by rule of each cluster, none of them a name that Claude gave."""
    if len(named.texts) == len(centers):
        return {}
    # All clusters are named, since a name says what a cluster has and the others have not.
    groups = name_groups(
        members.filter(pl.col("cluster") >= 0).rename({"cluster": "group"}),
        dict(enumerate(np.asarray(centers, dtype=np.float32))),
        min_users=settings.naming.min_users,
        encoder=encoder,
        taken=[text.name for text in named.texts.values()],
    )
    return {group: (name, about) for group, name, about in groups.iter_rows()}


def _text_of(
    number: int, named: Named, offline: Mapping[int, tuple[str, str]], *, model: str
) -> tuple[str, str, str, str | None]:
    if number in named.texts:
        text = named.texts[number]
        return text.name, text.description, model, None
    return *offline[number], NAMER, named.reasons.get(number, NO_MEMBERS)
