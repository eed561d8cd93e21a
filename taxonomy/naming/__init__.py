"""Clusters in, names and descriptions out in the Economic Index's style, by rule or by Claude.

By rule, a name is put together from what the members of a cluster share and its neighbours do not:
the leading verb, and phrases that several users wrote. No word of fewer users gets into it.
`name_clusters_by_claude` asks for names instead, and falls back on the rules.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.naming.by_claude import (
    CLUSTER_NAMES,
    name_clusters_by_claude,
    naming_prompt_version,
)
from taxonomy.naming.choose import NAMER, content_words, name_groups
from taxonomy.naming.style import description_faults, draft_faults, name_faults
from taxonomy.settings import NamingSettings

__all__ = [
    "CLUSTER_NAMES",
    "NAMER",
    "content_words",
    "description_faults",
    "draft_faults",
    "name_clusters",
    "name_clusters_by_claude",
    "name_faults",
    "name_groups",
    "naming_prompt_version",
]


def name_clusters(
    members: pl.DataFrame,
    centers: np.ndarray,
    settings: NamingSettings,
    *,
    encoder: Encoder | None,
) -> pl.DataFrame:
    """One row a cluster, as `CLUSTER_NAMES`; sorted by cluster, names unique.

    Parameters
    ----------
    members : conversation_id, user_id (null: the conversation is its own user), request,
        language, cluster (-1: in none)
    centers : (k, d) float32 unit vectors, in the order of clusters
    settings : the users that must share a word before a name may hold it
    encoder : ranks phrases by their closeness to the centre; None: by term statistics alone

    A cluster whose users share too little gets an honest broad name; where nothing at all may be
    said of it, one of a fixed list.
    """
    named = name_groups(
        members.filter(pl.col("cluster") >= 0).rename({"cluster": "group"}),
        dict(enumerate(np.asarray(centers, dtype=np.float32))),
        min_users=settings.min_users,
        encoder=encoder,
    )
    return named.rename({"group": "cluster"}).with_columns(
        namer=pl.lit(NAMER), flags=pl.lit(None, pl.String)
    )
