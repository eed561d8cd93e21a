"""A release in, the sentences out that say what its page rests on."""

from __future__ import annotations

from typing import Any

from taxonomy.naming import NAMER as OFFLINE
from taxonomy.release.read import UNRELEASED, Release

CREDIT = (
    "Includes information from {onet} by the U.S. Department of Labor, Employment and "
    "Training Administration (USDOL/ETA), used under the CC BY 4.0 license. O*NET is a trademark "
    "of USDOL/ETA."
)
BLANK = "blank in the published table"


def about_lines(release: Release) -> list[str]:
    """What was counted, who named it, whose users, and what is kept back; a sentence or two each.

    Of a table without a manifest only what the table itself tells.
    """
    facts, levels = release.facts, _levels(release)
    if "counts" not in facts:
        return [
            levels,
            f"Read from {release.version}, which does not say how many conversations it is "
            "about, nor how many users. A blank of the table is shown as suppressed; values above "
            "the clusters are the clusters' means by prevalence.",
        ]
    counts = facts["counts"]
    unreleased = "Read from a run: what a release of it would hold, not yet published."
    return [
        *([unreleased] if release.version == UNRELEASED else []),
        _conversations(counts, facts["input"]),
        levels,
        _names(facts),
        _users(counts),
        _floors(counts["floors"]),
    ]


def credit(release: Release) -> str | None:
    """The line that O*NET's licence asks for, where the release holds any of it."""
    if release.onet_tasks is None:
        return None
    version = f" {release.onet_version}" if release.onet_version else ""
    return CREDIT.format(onet=f"the O*NET{version} Database")


def floor_words(floors: dict[str, Any] | None) -> str:
    """Why a node is not shown, as a clause."""
    if floors is None:
        return BLANK
    return (
        f"below the floor of {floors['min_conversations']:,} conversations and "
        f"{floors['min_users']:,} users"
    )


def cell_floor_words(floors: dict[str, Any] | None) -> str:
    """Why a number of a node that is shown is not, as a clause."""
    return BLANK if floors is None else f"rests on {_too_few(floors)}"


def _too_few(floors: dict[str, Any]) -> str:
    return (
        f"fewer than {floors['min_cell_conversations']:,} conversations or "
        f"{floors['min_cell_users']:,} users"
    )


def _levels(release: Release) -> str:
    parts = [f"{count:,} at level {level}" for level, count in release.taxonomy.sizes().items()]
    return f"Published nodes: {', '.join(parts)} (0 = finest)."


def _conversations(counts: dict[str, Any], input_facts: dict[str, Any]) -> str:
    first, last = input_facts.get("first_day"), input_facts.get("last_day")
    window = f", held from {first} to {last} (UTC)" if first else ""
    return (
        f"{counts['in_published_clusters']:,} conversations in published clusters, of "
        f"{counts['conversations']:,} read{window}."
    )


def _names(facts: dict[str, Any]) -> str:
    def who(namers: dict[str, int]) -> str:
        names = ["rules, offline" if name == OFFLINE else name for name in sorted(namers)]
        return " and ".join(names)

    facets = facts["facets"]["maker"]
    made = "rules, offline" if facets == OFFLINE else facets
    return f"Names by {who(facts['namer'])}; facets by {made}."


def _users(counts: dict[str, Any]) -> str:
    known, total = counts["with_user_id"], counts["conversations"]
    if known == total:
        return "Every conversation names its user."
    if known == 0:
        return "No user ids are known: each conversation counts as its own user."
    return (
        f"User ids are known for {known:,} of {total:,} conversations; each of the others counts "
        "as its own user."
    )


def _floors(floors: dict[str, Any]) -> str:
    return (
        f"Not shown: clusters {floor_words(floors)}, and numbers that rest on {_too_few(floors)}."
    )
