"""An O*NET release in, a tree of its tasks out that can be descended: branches, groups, tasks.

The tree is made as a taxonomy of conversations is: the statements are clustered, the clusters named
and rolled up. It is kept in a folder of its own, named by all that it was made from.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from taxonomy.claude.records import Asker
from taxonomy.clustering import cluster_vectors
from taxonomy.embedding import Encoder
from taxonomy.errors import OnetError, RunError
from taxonomy.hierarchy import (
    build_hierarchy,
    build_hierarchy_by_claude,
    hierarchy_prompt_version,
)
from taxonomy.naming import name_clusters, name_clusters_by_claude, naming_prompt_version
from taxonomy.onet.tables import Onet, statement_key
from taxonomy.run import file_digest, read_manifest, write_json
from taxonomy.settings import Settings

logger = logging.getLogger(__name__)

VERSION = 1
"""Raised by hand whenever the code here would make another tree."""
# The Economic Index descended 12 branches of 474 groups of O*NET 20.1's 18,428 statements.
INDEX_STATEMENTS, INDEX_GROUPS, INDEX_BRANCHES = 18_428, 474, 12
GROUP_EXPONENT = math.log(INDEX_GROUPS) / math.log(INDEX_STATEMENTS)
BRANCH_EXPONENT = math.log(INDEX_BRANCHES) / math.log(INDEX_GROUPS)
LEAST_STATEMENTS = 8

BRANCH, GROUP = 1, 0
NODES = {
    "node_id": pl.String,
    "level": pl.Int8,
    "parent_id": pl.String,
    "name": pl.String,
    "description": pl.String,
}
FILES = ("nodes", "leaves")


@dataclass(frozen=True)
class TaskTree:
    """Branches over groups over the statements of one O*NET release.

    Attributes
    ----------
    nodes : node_id, level (1 = branch, 0 = group), parent_id (null for a branch), name,
        description; sorted by level, broadest first, and node_id
    leaves : statement (the key), task (verbatim), node_id (of its group); sorted by statement
    """

    nodes: pl.DataFrame
    leaves: pl.DataFrame

    @cached_property
    def texts(self) -> dict[str, str]:
        """node_id -> name, and statement -> the task's own text."""
        names = self.nodes.select("node_id", "name").iter_rows()
        return dict([*names, *self.leaves.select("statement", "task").iter_rows()])

    @cached_property
    def parents(self) -> dict[str, str | None]:
        """node_id -> its branch, None for a branch; and statement -> its group."""
        above = self.nodes.select("node_id", "parent_id")
        return dict([*above.iter_rows(), *self.leaves.select("statement", "node_id").iter_rows()])

    @cached_property
    def children(self) -> dict[str | None, list[str]]:
        """node_id -> the groups of a branch or the statements of a group; None -> the branches."""
        below: dict[str | None, list[str]] = {}
        for child, parent in self.parents.items():
            below.setdefault(parent, []).append(child)
        return below


def open_task_tree(
    onet: Onet,
    vectors: np.ndarray,
    encoder: Encoder,
    cache: Path,
    settings: Settings,
    *,
    claude: Asker | None = None,
) -> TaskTree:
    """The task tree of a release: read from `cache` where it was made before, else made and kept.

    The Economic Index's 18,428 statements give its 474 groups and 12 branches; other numbers follow
    by the same ratios of logarithms.

    Parameters
    ----------
    vectors : (n, d) float32 unit vectors of `onet.statements`, made by `encoder`
    cache : folder in which the tree gets one of its own
    settings : how statements are clustered, and nodes named and rolled up
    claude : names and rolls up; None: by our rules

    Raises
    ------
    OnetError
        The release has too few statements to make a tree of.
    """
    key = task_tree_key(onet, encoder, settings, by_claude=claude is not None)
    folder = cache / f"task-tree-{key[:16]}"
    kept = _read(folder, key)
    if kept is not None:
        return kept
    tree = make_task_tree(onet, vectors, encoder, settings, claude=claude)
    _write(tree, folder, {"key": key, "onet": onet.version, "encoder": encoder.identity})
    return tree


def make_task_tree(
    onet: Onet,
    vectors: np.ndarray,
    encoder: Encoder,
    settings: Settings,
    *,
    claude: Asker | None = None,
) -> TaskTree:
    """The task tree of a release; parameters and errors as for `open_task_tree`."""
    n = onet.statements.height
    if n < LEAST_STATEMENTS:
        raise OnetError(
            f"O*NET {onet.version} has {n} different task statements, expected at least "
            f"{LEAST_STATEMENTS} to make a tree of; give a whole release."
        )
    sized = _sized(settings, n)
    found = cluster_vectors(vectors, sized.cluster, random_state=settings.random_state)
    members, centers = _members(onet, found.labels), found.centers
    logger.info("%d statements in %d groups", n, len(centers))
    if claude is None:
        named = name_clusters(members, centers, sized.naming, encoder=encoder)
        hierarchy = build_hierarchy(
            _counted(named, members), members, centers, sized.hierarchy, sized.naming,
            encoder=encoder,
        )  # fmt: skip
    else:
        named = name_clusters_by_claude(
            members, centers, vectors, claude, sized, encoder=encoder, published=range(len(centers))
        )
        hierarchy, _ = build_hierarchy_by_claude(
            _counted(named, members), centers, claude, sized, encoder=encoder
        )
    return _two_levels(hierarchy, members)


def tree_sizes(n: int) -> tuple[int, int]:
    """The numbers of groups and branches over `n` statements."""
    n_groups = max(4, round(n**GROUP_EXPONENT))
    return n_groups, max(2, round(n_groups**BRANCH_EXPONENT))


def _sized(settings: Settings, n: int) -> Settings:
    """The settings with the numbers of groups and branches that `n` statements get.

    By k-means whatever they say, since every statement has to hang in the tree.
    """
    n_groups, n_branches = tree_sizes(n)
    cluster = {"method": "kmeans", "n_clusters": n_groups}
    hierarchy = {"n_level_1": None, "n_level_2": n_branches}
    return settings.model_copy(
        update={
            "cluster": settings.cluster.model_copy(update=cluster),
            "hierarchy": settings.hierarchy.model_copy(update=hierarchy),
        }
    )


def _members(onet: Onet, labels: np.ndarray) -> pl.DataFrame:
    """The statements as the conversations of `name_clusters`, their occupations as the users."""
    first = (
        onet.tasks.sort("onet_soc", "task_id")
        .group_by(statement=statement_key(pl.col("task")), maintain_order=True)
        .agg(user_id=pl.col("title").first())
    )
    return (
        onet.statements.with_row_index("row")
        .join(first, on="statement", how="left", maintain_order="left")
        .select(
            "statement",
            "task",
            "user_id",
            conversation_id=pl.format("onet:{}", "row"),
            request="task",
            language=pl.lit("en"),
            cluster=pl.Series(labels, dtype=pl.Int32),
        )
    )


def _counted(named: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    sizes = members.group_by("cluster").agg(n_conversations=pl.len().cast(pl.Int64))
    return named.join(sizes, on="cluster", maintain_order="left")


def _two_levels(hierarchy: pl.DataFrame, members: pl.DataFrame) -> TaskTree:
    """Branches and groups; the level between is left out.

    With it a descent would have one more step at which the right branch can be lost, and 40 names
    a branch are few enough to be shown at once.
    """
    above = dict(hierarchy.select("node_id", "parent_id").iter_rows())
    top = pl.col("level") == 2
    kept = hierarchy.filter(pl.col("level") != 1).select(
        "node_id",
        pl.when(top).then(BRANCH).otherwise(GROUP).alias("level"),
        pl.when(top)
        .then(None)
        .otherwise(pl.col("parent_id").replace_strict(above, default=None, return_dtype=pl.String))
        .alias("parent_id"),
        "name",
        "description",
    )
    groups = hierarchy.filter(pl.col("level") == 0).select("cluster", "node_id")
    leaves = members.join(groups, on="cluster").select("statement", "task", "node_id")
    nodes = kept.select(pl.col(name).cast(kind) for name, kind in NODES.items())
    return TaskTree(
        nodes.sort("level", "node_id", descending=[True, False]), leaves.sort("statement")
    )


def task_tree_key(onet: Onet, encoder: Encoder, settings: Settings, *, by_claude: bool) -> str:
    """Digest of everything that the tree depends on."""
    claude, maker = settings.claude, ["offline"]
    if by_claude:
        models = [claude.names.model_dump(), claude.hierarchy.model_dump()]
        maker = [json.dumps(models), naming_prompt_version(), hierarchy_prompt_version()]
    rows = onet.tasks.sort("onet_soc", "task_id").select("title", "task").rows()
    text = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    sized = _sized(settings, onet.statements.height)
    used = sized.model_dump(include={"random_state", "cluster", "naming", "hierarchy"})
    parts = [VERSION, onet.version, text, encoder.identity, used, maker]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _read(folder: Path, key: str) -> TaskTree | None:
    """The tree that lies in the folder; None where none does, or it is damaged or another."""
    paths = {name: folder / f"{name}.parquet" for name in FILES}
    found = {name: file_digest(path) for name, path in paths.items()}
    try:
        manifest = read_manifest(folder)
    except RunError:
        manifest = {}
    if manifest is None:
        return None
    if (manifest.get("key"), manifest.get("files")) != (key, found):
        logger.warning("the task tree in %s is damaged and is made again", folder)
        return None
    return TaskTree(**{name: pl.read_parquet(path) for name, path in paths.items()})


def _write(tree: TaskTree, folder: Path, facts: Mapping[str, Any]) -> None:
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    files = {}
    for name in FILES:
        path = partial / f"{name}.parquet"
        getattr(tree, name).write_parquet(path)
        files[name] = file_digest(path)
    write_json(partial / "manifest.json", {**facts, "files": files})
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
