"""Clusters in, names and descriptions out, in the style of the Economic Index, without a model.

A name is put together from what the members of a cluster share and its neighbours do not: the
leading verb, and phrases that several users wrote. No word of fewer users gets into it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.embedding import Encoder
from taxonomy.naming.choose import NAMER, name_groups
from taxonomy.naming.style import description_faults, name_faults
from taxonomy.settings import NamingSettings

__all__ = ["NAMER", "description_faults", "name_clusters", "name_faults", "name_groups"]


def name_clusters(
    members: pl.DataFrame,
    centers: np.ndarray,
    settings: NamingSettings,
    *,
    encoder: Encoder | None,
) -> pl.DataFrame:
    """One row a cluster: cluster, name, description, namer; sorted by cluster, names unique.

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
    return named.rename({"group": "cluster"}).with_columns(namer=pl.lit(NAMER))
