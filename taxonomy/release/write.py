"""A finished run in, a release folder out: what is published, and nothing else.

Everything is written into a folder aside and moved into place whole, so that a release is never
half there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.errors import ReleaseError
from taxonomy.onet.crosswalk import best_tasks
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.page import page_html
from taxonomy.privacy import PUBLISHED
from taxonomy.release.card import card_markdown
from taxonomy.release.wide import WIDE_FILE, to_wide
from taxonomy.run import (
    file_digest,
    full_disk_as_run_error,
    stage_state,
    write_json,
    write_text,
)
from taxonomy.tree import Taxonomy

CHECKSUMS_FILE = "SHA256SUMS"
# Describes one person's activity, so it stays in the run folder.
PRIVATE_MEASURES = ("top_user_share",)


def write_release(run: Path, out: Path, *, version: str) -> Taxonomy:
    """The taxonomy of a finished run, published as the folder `out`.

    Raises
    ------
    ReleaseError
        The run is not finished, nothing in it passes the floors, or `out` holds something that is
        not a release.
    """
    taxonomy = published(Taxonomy.load(run))
    if not taxonomy.sizes():
        raise ReleaseError(
            "no cluster passes the floors, so there is nothing to publish; use fewer clusters "
            "(--set cluster.n_clusters=...) or lower floors (--set privacy.min_conversations=...)."
        )
    _check_replaceable(out)
    onet_tasks = _onet_tasks(run, taxonomy.facts["stages"])
    partial = out.with_name(f".{out.name}.partial")
    with full_disk_as_run_error(out.parent):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _write_files(taxonomy, partial, version, onet_tasks)
        if onet_tasks is not None:
            shutil.copyfile(run / SSSOM_FILE, partial / SSSOM_FILE)
        _write_checksums(partial)
        if out.exists():
            shutil.rmtree(out)
        partial.replace(out)
    return taxonomy


def published(taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy without what stays private: names below the floors, measures of one person.

    The id of a node is a digest of its name, which whoever guesses the name could confirm: below
    the floors it is made from the node's code instead.
    """
    shown = pl.col("status") == PUBLISHED
    hidden = taxonomy.nodes.filter(~shown).select("node_id", "code")
    ids = {node: _code_id(code) for node, code in hidden.iter_rows()}
    nodes = taxonomy.nodes.with_columns(
        pl.when(shown).then("name").alias("name"),
        pl.when(shown).then("description").alias("description"),
        pl.col("node_id", "parent_id").replace(ids),
    )
    measures = taxonomy.measures.filter(~pl.col("measure").is_in(PRIVATE_MEASURES))
    return Taxonomy(nodes, measures, taxonomy.facts)


def _code_id(code: str) -> str:
    return "s" + hashlib.blake2b(code.encode(), digest_size=6).hexdigest()


def tree_json(taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """The published nodes as nested records, broadest first; a suppressed value is null."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in taxonomy.table.drop("status").to_dicts():
        below.setdefault(row.pop("parent_id"), []).append(row)

    def nested(parent: str | None) -> list[dict[str, Any]]:
        return [row | {"children": nested(row["node_id"])} for row in below.get(parent, [])]

    return nested(None)


def _check_replaceable(out: Path) -> None:
    is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    if not is_free and not (out / CHECKSUMS_FILE).exists():
        raise ReleaseError(
            f"{out} exists and is not a release (it has no {CHECKSUMS_FILE}); give an empty or new "
            "folder with --out."
        )


def _onet_tasks(run: Path, stages: dict[str, Any]) -> pl.DataFrame | None:
    """The best task of each cluster, where the run has a crosswalk."""
    state = stage_state(run, stages, "crosswalk")
    if state == "missing":
        return None
    if state != "finished":
        raise ReleaseError(
            f"the crosswalk to O*NET in {run} is {state}: its clusters or its files were changed "
            f"since; make it again with: taxonomy onet crosswalk {run} --onet RELEASE"
        )
    # From the file that is published, whose weights are rounded: what is read must agree with it.
    return best_tasks(read_sssom(run / SSSOM_FILE)[0])


def _write_files(
    taxonomy: Taxonomy, folder: Path, version: str, onet_tasks: pl.DataFrame | None
) -> None:
    manifest = _manifest(taxonomy, version)
    wide = to_wide(taxonomy.nodes, taxonomy.measures, onet_tasks)
    taxonomy.nodes.write_parquet(folder / "nodes.parquet")
    taxonomy.measures.write_parquet(folder / "measures.parquet")
    wide.write_csv(folder / WIDE_FILE, separator="\t")
    write_text(
        folder / "tree.json", json.dumps(tree_json(taxonomy), indent=1, ensure_ascii=False) + "\n"
    )
    write_json(folder / "manifest.json", manifest)
    write_text(folder / "README.md", card_markdown(taxonomy, manifest))
    title = f"Taxonomy {version}"
    about = (
        f"{taxonomy!r}, made from {manifest['counts']['in_published_clusters']:,} conversations."
    )
    write_text(folder / "index.html", page_html(taxonomy.table, title=title, about=about))


def _manifest(taxonomy: Taxonomy, version: str) -> dict[str, Any]:
    """What a reader needs to judge and repeat the release; no key or path of the run."""
    run = taxonomy.facts
    stages = run["stages"]
    floor = stages["measures"]["facts"]["floors"]["min_cell_conversations"]
    crosswalk = {"crosswalk": stages["crosswalk"]["facts"]} if "crosswalk" in stages else {}
    return crosswalk | {
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


def _write_checksums(folder: Path) -> None:
    files = sorted(file for file in folder.iterdir() if file.name != CHECKSUMS_FILE)
    lines = [f"{file_digest(file)}  {file.name}\n" for file in files]
    write_text(folder / CHECKSUMS_FILE, "".join(lines))
