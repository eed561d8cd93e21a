"""The data card of a release: a `README.md` written from the data."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template
from typing import Any

from taxonomy.cluster_map import MAP_FILE
from taxonomy.measures import MEASURE_BASES
from taxonomy.naming import NAMER as OFFLINE
from taxonomy.onet.sssom import SSSOM_FILE
from taxonomy.privacy import SUPPRESSED
from taxonomy.release.wide import bucket_count
from taxonomy.tree import Taxonomy

MAP_ROW = (
    f"\n| `{MAP_FILE}` | where each node lies on a plane, x and y from 0 to 1: like beside like; "
    "the axes mean nothing |"
)


def card_markdown(taxonomy: Taxonomy, manifest: dict[str, Any]) -> str:
    """The card as Markdown with a YAML head, every number taken from the release itself."""
    template = Template(files("taxonomy.release").joinpath("card.md").read_text(encoding="utf-8"))
    counts, settings = manifest["counts"], manifest["settings"]
    return template.substitute(
        version=manifest["version"],
        sizes=_sizes(taxonomy),
        n_published=f"{counts['in_published_clusters']:,}",
        window=_window(manifest["input"]),
        top_rows=_top_rows(taxonomy),
        flow_rows=_flow_rows(counts),
        users_sentence=_users_sentence(counts),
        n_rejected=f"{manifest['input']['n_rejected']:,}",
        n_duplicates=f"{manifest['input']['n_duplicates']:,}",
        encoder=manifest["encoder"],
        method=manifest["clustering"]["method"],
        n_clusters=manifest["clustering"]["n_clusters"],
        random_state=settings["random_state"],
        facets_made=_facets_made(manifest["facets"]),
        names_made=_names_made(manifest),
        levels_made=_levels_made(manifest),
        limits=_limits(manifest),
        cells_sentence=_cells_sentence(taxonomy),
        crosswalk_row=_crosswalk_row(manifest),
        map_row=MAP_ROW if "map" in manifest else "",
        onet_task=_onet_task(manifest),
        measure_rows="\n".join(
            f"| `{measure}` | {base} |"
            for measure, base in MEASURE_BASES.items()
            if measure in taxonomy.measures["measure"].unique()
        ),
        n_buckets=bucket_count(counts["published_clusters"]),
        **{
            floor: counts["floors"][floor]
            for floor in (
                "min_conversations",
                "min_users",
                "min_cell_conversations",
                "min_cell_users",
            )
        },
    )


def _sizes(taxonomy: Taxonomy) -> str:
    counts = [f"{count:,}" for count in taxonomy.sizes().values()]
    return f"{' / '.join(counts)} published nodes at levels 0 / 1 / 2"


def _window(input_facts: dict[str, Any]) -> str:
    first, last = input_facts["first_day"], input_facts["last_day"]
    return f", held from {first} to {last} (UTC)" if first else ""


def _percent(share: float | None) -> str:
    return "suppressed" if share is None else f"{share:.1%}"


def _top_rows(taxonomy: Taxonomy) -> str:
    columns = ("conversation_share", "user_share", "automation_share", "augmentation_share")
    return "\n".join(
        f"| {_cell(row['name'])} | {' | '.join(_percent(row[column]) for column in columns)} |"
        for row in taxonomy.children().to_dicts()
    )


def _cell(text: str) -> str:
    """A text that stays in its cell of a Markdown table, and is text there."""
    return re.sub(r"([|\\`\[\]<>*_])", r"\\\1", text)


def _flow_rows(counts: dict[str, Any]) -> str:
    lines = {
        "read": "conversations",
        "flagged by the input and left out": "flagged",
        "without a request that could be made out": "without_request",
        "asked about without an answer (refused, invalid, failed)": "unanswered",
        "left unassigned by the clustering": "unassigned",
        "in clusters under the floor": "in_suppressed_clusters",
        "in published clusters": "in_published_clusters",
    }
    total = counts["conversations"]
    return "\n".join(
        f"| {label} | {counts[key]:,} | {counts[key] / total:.1%} |" for label, key in lines.items()
    )


def _facets_made(facets: dict[str, Any]) -> str:
    if facets["maker"] == OFFLINE:
        return "rules, offline; what the input brought was kept"
    asked, total = facets["asked"], sum(facets["status"].values())
    if not asked:
        return "given by the input"
    statuses = ", ".join(f"{n:,} {status}" for status, n in sorted(facets["status"].items()))
    return (
        f"{facets['maker']}, asked about {asked:,} of {total:,} conversations; the others brought "
        f"their facets or needed none ({statuses})"
    )


def _names_made(manifest: dict[str, Any]) -> str:
    """Who named the clusters, and what held for it."""
    users = manifest["settings"]["naming"]["min_users"]
    by_rule = f"A word needs {users} users before a name made offline may hold it."
    namers = dict(manifest["namer"])
    if set(namers) == {OFFLINE}:
        return f"{OFFLINE}. {by_rule}"
    shares = ", ".join(f"{namer} ({n:,})" for namer, n in sorted(namers.items()))
    seen = "The model saw requests of one sentence or so, one a user, and no conversation."
    return f"{shares}. {seen}" + (f" {by_rule}" if OFFLINE in namers else "")


def _levels_made(manifest: dict[str, Any]) -> str:
    namers = dict(manifest["hierarchy"]["namer"])
    models = sorted(set(namers) - {OFFLINE})
    if manifest["settings"].get("llm", OFFLINE) == OFFLINE or not models:
        return "linkage on the clusters"
    kept = sum(
        int(level.get("assigned_by_claude", 0))
        for name, level in manifest["hierarchy"].items()
        if name.startswith("level_")
    )
    return (
        f"{', '.join(models)}: proposed by neighbourhood, made one list, {kept:,} nodes placed by "
        "the model, the rest by rule; the manifest counts every repair"
    )


def _limits(manifest: dict[str, Any]) -> str:
    if manifest["settings"].get("llm", OFFLINE) == OFFLINE or set(manifest["namer"]) == {OFFLINE}:
        return (
            "- The facets, names and levels were made by rules and statistics; read them as such. "
            "The rules'\n  measured accuracy is in the documentation of the package.\n"
            "- offline names are built from words that several users wrote; they can miss what "
            "those words mean."
        )
    return (
        "- Facets, names and levels are a language model's reading of the conversations; no person "
        "has\n  checked them. Another model, or another version of it, reads differently."
    )


def _users_sentence(counts: dict[str, Any]) -> str:
    known, total = counts["with_user_id"], counts["conversations"]
    if known == total:
        return "Every conversation names its user."
    return (
        f"User ids are known for {known:,} of {total:,} conversations; each of the others counts "
        "as a user of its own, so user counts and user floors are weaker than they look."
    )


def _crosswalk_row(manifest: dict[str, Any]) -> str:
    if "crosswalk" not in manifest:
        return ""
    facts = manifest["crosswalk"]
    made = "retrieval" if facts["maker"] == OFFLINE else f"votes of {facts['maker']}"
    return (
        f"\n| `{SSSOM_FILE}` | each cluster's matches in O*NET {facts['onet']} (USDOL/ETA, "
        f"CC BY 4.0), with weight, relation and confidence, by {made} |"
    )


def _onet_task(manifest: dict[str, Any]) -> str:
    if "crosswalk" not in manifest:
        return "blank: not mapped in this release"
    return (
        f"the heaviest task of O*NET {manifest['crosswalk']['onet']}, one of many in "
        f"`{SSSOM_FILE}`; blank: nothing fits"
    )


def _cells_sentence(taxonomy: Taxonomy) -> str:
    suppressed = (taxonomy.measures["status"] == SUPPRESSED).sum()
    return (
        f"{suppressed:,} of {taxonomy.measures.height:,} cells are suppressed: null in "
        "`measures.parquet` with a `status`, blank in `clusters_wide.tsv`."
    )
