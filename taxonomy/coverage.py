"""Finished tables in, the counts that the manifest holds of them out: where conversations went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from taxonomy.facets import STATUSES
from taxonomy.privacy import PUBLISHED

UNANSWERED = ("errored", "expired")
"""Statuses of requests that got no answer, and may get one when they are asked again."""
NOT_USED = [status for status in STATUSES if status not in {"ok", "empty", "flagged"}]
"""Statuses of conversations that were asked about and have no answer to use."""


def coverage(people: pl.DataFrame, assigned: pl.DataFrame, sizes: pl.DataFrame) -> dict[str, Any]:
    """How many conversations came in, and where those went that no published cluster holds.

    Parameters
    ----------
    people : all conversations, with user_id and the status of their facets
    assigned : those with a request, with their cluster, below 0 where they have none
    sizes : the clusters, with n_conversations and status
    """
    shown = sizes.filter(pl.col("status") == PUBLISHED)
    in_clusters, in_shown = int(sizes["n_conversations"].sum()), int(shown["n_conversations"].sum())
    return {
        "conversations": people.height,
        "with_user_id": people["user_id"].count(),
        "flagged": _n_with(people, ["flagged"]),
        "without_request": _n_with(people, ["empty"]),
        "unanswered": _n_with(people, NOT_USED),
        "unassigned": int((assigned["cluster"] < 0).sum()),
        "in_suppressed_clusters": in_clusters - in_shown,
        "in_published_clusters": in_shown,
        "clusters": sizes.height,
        "published_clusters": shown.height,
    }


def window(conversations: pl.LazyFrame) -> dict[str, str | None]:
    """First and last day of the conversations, as ISO dates."""
    times = conversations.select(
        first=pl.col("created_at").min(), last=pl.col("created_at").max()
    ).collect()
    days = {name: times[name][0] for name in ("first", "last")}
    return {f"{name}_day": day and day.date().isoformat() for name, day in days.items()}


def tally(values: pl.Series) -> dict[str, int]:
    """Value -> how often it occurs, in the order of the values."""
    counts = values.cast(pl.String).fill_null("unknown").value_counts().sort(values.name)
    return dict(counts.iter_rows())


def n_unanswered(flags: pl.Series) -> int:
    """The number of nodes whose flags say that a request about them got no answer."""
    return int(flags.drop_nulls().str.contains("|".join(UNANSWERED)).sum())


def _n_with(people: pl.DataFrame, statuses: Sequence[str]) -> int:
    return people.filter(pl.col("status").is_in(statuses)).height
