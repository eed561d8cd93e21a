"""A request or a cluster and O*NET's tasks in, the ones that share words with it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taxonomy.claude.fake.fitting import bounds_of
from taxonomy.claude.fake.parents import stems
from taxonomy.claude.fake.question import Question

NONE = "none"
LEAST_MATCH = 0.3
"""Share of the smaller text's words that a task has in common with a cluster that it matches."""
CLOSE = 0.6
LIKELY = 0.9
UNSURE = 0.3


def choose_branches(question: Question) -> dict[str, Any]:
    """Those that share most words with the request, else some all the same: names say little."""
    branches: Mapping[str, str] = question.material["branches"]
    most = bounds_of(question.properties["branches"]).get("maxItems", 1)
    ranked = _by_overlap(question.material["request"], branches.items())
    shared = [place for overlap, _, place in ranked if overlap]
    chosen = (shared or [place for *_, place in ranked])[:most]
    confidence = round((LIKELY if shared else UNSURE) / len(chosen), 2)
    return {"branches": [{"branch": place, "confidence": confidence} for place in chosen]}


def choose_task(question: Question) -> dict[str, Any]:
    """The task that shares most words with the request; none where no task shares one."""
    groups = question.material["tasks"]
    tasks = [task for group in groups for task in group["tasks"].items()]
    overlap, _, place = _by_overlap(question.material["request"], tasks)[0]
    if not overlap:
        return {"task": NONE, "confidence": LIKELY}
    return {"task": place, "confidence": round(UNSURE + (LIKELY - UNSURE) * overlap, 2)}


def match_cluster(question: Question) -> dict[str, Any]:
    """The tasks that share enough words with the cluster, in the order they were shown."""
    words = stems(question.material["cluster"])
    matches = []
    for place, text in question.material["candidates"].items():
        task = stems(text)
        overlap = len(words & task) / max(1, min(len(words), len(task)))
        if overlap >= LEAST_MATCH:
            relation = "close" if overlap >= CLOSE else "related"
            match = {"task": place, "relation": relation, "probability": round(overlap, 2)}
            matches.append(match)
    return {"matches": matches}


def _by_overlap(request: str, options: Iterable[tuple[str, str]]) -> list[tuple[float, str, str]]:
    """Share of the request's words, text and number of each option; best first, then by text."""
    words = stems(request)
    scored = [
        (len(words & stems(text)) / max(1, len(words)), text, place) for place, text in options
    ]
    return sorted(scored, key=lambda option: (-option[0], option[1]))
