"""A finished run in, a release folder out: what is published, and nothing else.

Everything is written into a folder aside and moved into place whole, so that a release is never
half there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from taxonomy.cluster_map import MAP_FILE
from taxonomy.errors import ReleaseError
from taxonomy.explorer import explorer_html
from taxonomy.onet.sssom import SSSOM_FILE
from taxonomy.release.card import card_markdown
from taxonomy.release.read import UNRELEASED, Release
from taxonomy.release.wide import WIDE_FILE, to_wide
from taxonomy.run import file_digest, full_disk_as_run_error, write_json, write_text
from taxonomy.tree import Taxonomy

CHECKSUMS_FILE = "SHA256SUMS"


def write_release(run: str | Path, out: str | Path, *, version: str) -> Release:
    """What a finished run holds above the floors, published as the folder `out`.

    Raises
    ------
    ReleaseError
        The run is not finished, nothing in it passes the floors, or `out` holds something that is
        not a release.
    """
    run, out = Path(run), Path(out).resolve()  # of a link, what it leads to is replaced
    unreleased = Release.load(run)
    _check_releasable(unreleased, run)
    _check_replaceable(out)
    facts = unreleased.facts | {"version": version}
    release = replace(
        unreleased, version=version, taxonomy=replace(unreleased.taxonomy, facts=facts)
    )
    with full_disk_as_run_error(out.parent), _in_place_of(out) as partial:
        _write_files(release, partial)
        if release.crosswalk is not None:
            shutil.copyfile(run / SSSOM_FILE, partial / SSSOM_FILE)
        _write_checksums(partial)
    return release


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """A new folder to write into, which becomes `out`; what was there goes only once it is."""
    partial, before = (out.with_name(f".{out.name}.{word}") for word in ("partial", "before"))
    _put_back(before, out)  # of a command that was killed
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        if out.exists():
            out.replace(before)
        partial.replace(out)
    finally:
        _put_back(before, out)
        shutil.rmtree(partial, ignore_errors=True)


def _put_back(before: Path, out: Path) -> None:
    if before.exists() and not out.exists():
        before.replace(out)
    shutil.rmtree(before, ignore_errors=True)


def tree_json(taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """The published nodes as nested records, broadest first; a suppressed value is null."""
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in taxonomy.table.drop("status").to_dicts():
        below.setdefault(row.pop("parent_id"), []).append(row)

    def nested(parent: str | None) -> list[dict[str, Any]]:
        return [row | {"children": nested(row["node_id"])} for row in below.get(parent, [])]

    return nested(None)


def _check_releasable(unreleased: Release, run: Path) -> None:
    if unreleased.version != UNRELEASED:
        raise ReleaseError(f"{run} is no run but a release, or a table; give a finished run.")
    if not unreleased.taxonomy.sizes():
        raise ReleaseError(
            "no cluster passes the floors, so there is nothing to publish; use fewer clusters "
            "(--set cluster.n_clusters=...) or lower floors (--set privacy.min_conversations=...)."
        )


def _check_replaceable(out: Path) -> None:
    if out == Path.cwd():
        raise ReleaseError(f"{out} is the folder you are in; give a folder within it with --out.")
    is_free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    if not is_free and not (out / CHECKSUMS_FILE).exists():
        raise ReleaseError(
            f"{out} exists and is not a release (it has no {CHECKSUMS_FILE}); give an empty or new "
            "folder with --out."
        )


def _write_files(release: Release, folder: Path) -> None:
    taxonomy, manifest = release.taxonomy, release.facts
    wide = to_wide(taxonomy.nodes, taxonomy.measures, release.onet_tasks)
    taxonomy.nodes.write_parquet(folder / "nodes.parquet")
    taxonomy.measures.write_parquet(folder / "measures.parquet")
    wide.write_csv(folder / WIDE_FILE, separator="\t")
    if release.places is not None:
        release.places.write_parquet(folder / MAP_FILE)
    write_text(
        folder / "tree.json", json.dumps(tree_json(taxonomy), indent=1, ensure_ascii=False) + "\n"
    )
    write_json(folder / "manifest.json", manifest)
    write_text(folder / "README.md", card_markdown(taxonomy, manifest))
    write_text(folder / "index.html", explorer_html(release))


def _write_checksums(folder: Path) -> None:
    files = sorted(file for file in folder.iterdir() if file.name != CHECKSUMS_FILE)
    lines = [f"{file_digest(file)}  {file.name}\n" for file in files]
    write_text(folder / CHECKSUMS_FILE, "".join(lines))
