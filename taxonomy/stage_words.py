"""What a stage recorded in; what it found, in a few words, out."""

from __future__ import annotations

from typing import Any

WORDS = {
    "conversations": "{n_conversations:,} of {n_rows:,} rows, {n_rejected:,} rejected",
    "embeddings": "{n_vectors:,} vectors by {encoder}",
    "clusters": "{n_clusters:,} clusters by {method}, {n_unassigned:,} conversations in none",
    "measures": "{published_clusters:,} of {clusters:,} clusters pass the floors",
    "tasks": "{with_task:,} of {conversations:,} conversations have a task of O*NET {onet}",
    "crosswalk": "{with_task:,} of {clusters:,} clusters have a task of O*NET {onet}",
}
TALLIES = {
    "facets": ("status", "{n:,} {key}"),
    "names": ("namer", "{n:,} names ({key})"),
    "hierarchy": ("levels", "{n:,} nodes at level {key}"),
    "map": ("placed", "{n:,} nodes of level {key}"),
}


def stage_words(stage: str, facts: dict[str, Any]) -> str:
    """What a stage found, in a few words; empty where its facts do not say, as in an old run."""
    tally, words = TALLIES.get(stage, ("", WORDS.get(stage, "")))
    try:
        if tally:
            return ", ".join(words.format(key=key, n=n) for key, n in facts[tally].items())
        return words.format(**facts)
    except KeyError:
        return ""
