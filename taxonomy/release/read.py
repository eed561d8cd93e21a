"""What is published, read whole: the taxonomy, its matches in O*NET, and its map.

release = Release.load("outputs/releases/demo")
release.taxonomy.level(2)       # the broadest nodes, with their measures
release.crosswalk               # each cluster's matches in O*NET, where it has any
release.places                  # where each node lies on the map, where it has one
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.cluster_map import MAP_FILE, PLACES
from taxonomy.errors import ReleaseError
from taxonomy.onet.crosswalk import best_tasks
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.privacy import PUBLISHED
from taxonomy.release.manifest import manifest_of
from taxonomy.release.wide import WIDE_FILE, read_wide, tasks_of_wide
from taxonomy.run import stage_state
from taxonomy.tree import Taxonomy

# Describes one person's activity, so it stays in the run folder.
PRIVATE_MEASURES = ("top_user_share",)
UNRELEASED = "unreleased"
Stages = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """A release, or a run or a table read as if it were one.

    Attributes
    ----------
    version : what the release is called; of a run `unreleased`, of a table its file's name
    taxonomy : the nodes and their measures; of what is under the floors, neither name nor number
    onet_tasks : node_id, onet_task: the one task that fits each cluster best, or null; None where
        the release maps nothing to O*NET
    crosswalk : each cluster's matches, as `onet.crosswalk.CROSSWALK`; None where there are none
    onet_version : of the O*NET release that the crosswalk is of
    places : node_id, level, x, y from 0 to 1: the map; None where there is none
    """

    version: str
    taxonomy: Taxonomy
    onet_tasks: pl.DataFrame | None = None
    crosswalk: pl.DataFrame | None = None
    onet_version: str | None = None
    places: pl.DataFrame | None = None

    @classmethod
    def load(cls, path: str | Path) -> Release:
        """The release in a folder; what would be released of a run's folder; or a wide TSV.

        Raises
        ------
        ReleaseError, OnetError
            Nothing that can be read as a release lies there, or a part of it is damaged or stale.
        """
        path, taxonomy = Path(path), Taxonomy.load(path)
        if not (path / "nodes.parquet").exists():
            wide = read_wide(path / WIDE_FILE if path.is_dir() else path)
            version = str(taxonomy.facts["source"])
            return cls(version, taxonomy, onet_tasks=tasks_of_wide(wide))
        stages = taxonomy.facts.get("stages")
        if stages is not None:
            taxonomy = _as_published(taxonomy)
        crosswalk, onet_version = _crosswalk(path, stages)
        return cls(
            version=str(taxonomy.facts["version"]),
            taxonomy=taxonomy,
            onet_tasks=None if crosswalk is None else best_tasks(crosswalk),
            crosswalk=crosswalk,
            onet_version=onet_version,
            places=_places(path, stages),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """How it was made, and what was counted: the manifest."""
        return self.taxonomy.facts

    def __repr__(self) -> str:
        parts = [repr(self.taxonomy)]
        if self.crosswalk is not None:
            parts.append(f"O*NET {self.onet_version}")
        return f"Release({self.version!r}, {', '.join(parts)})"

    def _repr_html_(self) -> str:
        return self.taxonomy.display_html(repr(self))


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


def _as_published(taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy of a run as a release of it would hold it, with the facts of one."""
    kept = published(taxonomy)
    return replace(kept, facts=manifest_of(taxonomy.facts, kept, UNRELEASED))


def _crosswalk(path: Path, stages: Stages | None) -> tuple[pl.DataFrame | None, str | None]:
    command = f"taxonomy onet crosswalk {path} --onet RELEASE"
    if not _is_there(path, SSSOM_FILE, stages, "crosswalk", command):
        return None, None
    # From the file that is published, whose weights are rounded: what is read must agree with it.
    return read_sssom(path / SSSOM_FILE)


def _places(path: Path, stages: Stages | None) -> pl.DataFrame | None:
    if not _is_there(path, MAP_FILE, stages, "map", "the build command of the run"):
        return None
    return read_places(path)


def read_places(folder: Path) -> pl.DataFrame:
    """The map in a folder: node_id, level, x, y.

    Raises
    ------
    ReleaseError
        The file cannot be read, or lacks a column.
    """
    try:
        return pl.read_parquet(folder / MAP_FILE).select(*PLACES)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReleaseError(
            f"cannot read the map in {folder / MAP_FILE}: {error}; make the release again."
        ) from error


def _is_there(path: Path, file: str, stages: Stages | None, stage: str, command: str) -> bool:
    """Whether a release holds the file, or a run has a current one."""
    if stages is None:
        return (path / file).exists()
    state = stage_state(path, stages, stage)
    if state not in ("missing", "finished"):
        raise ReleaseError(
            f"the {stage} in {path} is {state}: its clusters or its files were changed since; "
            f"make it again with: {command}"
        )
    return state == "finished"


def _code_id(code: str) -> str:
    return "s" + hashlib.blake2b(code.encode(), digest_size=6).hexdigest()
