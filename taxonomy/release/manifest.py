"""The manifest of a run in, that of a release out: what may be known of how it was made."""

from __future__ import annotations

from typing import Any

from taxonomy.tree import Taxonomy


def manifest_of(run: dict[str, Any], taxonomy: Taxonomy, version: str) -> dict[str, Any]:
    """What a reader needs to judge and repeat a release; no key, path or address of the run.

    Parameters
    ----------
    run : the manifest of the finished run
    taxonomy : of the run, as it is published
    version : what the release is called
    """
    stages = run["stages"]
    floor = stages["measures"]["facts"]["floors"]["min_cell_conversations"]
    further = {n: stages[n]["facts"] for n in ("map", "crosswalk") if n in stages}
    return further | {
        "format": 1,
        "version": version,
        "levels": {str(level): count for level, count in taxonomy.sizes().items()},
        "counts": stages["measures"]["facts"],
        "input": stages["conversations"]["facts"],
        "facets": _without_few(stages["facets"]["facts"], floor),
        "encoder": stages["embeddings"]["facts"]["encoder"],
        "namer": stages["names"]["facts"]["namer"],
        "hierarchy": stages["hierarchy"]["facts"],
        "clustering": stages["clusters"]["facts"],
        "settings": _without_address(run["settings"]),
        "packages": run["packages"],
        "stage_keys": {n: stage["key"] for n, stage in stages.items() if n != "tasks"},
    }


def _without_few(facts: dict[str, Any], floor: int) -> dict[str, Any]:
    """The facts with the counts of each tally that are under the floor added up as `other`."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        if not isinstance(value, dict):
            kept[name] = value
            continue
        kept[name] = {key: n for key, n in value.items() if n >= floor}
        if rest := sum(n for n in value.values() if n < floor):
            kept[name]["other"] = kept[name].get("other", 0) + rest
    return kept


def _without_address(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without the address of a server, which is nobody's business."""
    claude = {k: v for k, v in settings.get("claude", {}).items() if k != "base_url"}
    return settings | ({"claude": claude} if claude else {})
