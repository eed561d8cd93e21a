"""A run, a release or a published table, and O*NET, in; what each covers of the other out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from taxonomy.embedding import Encoder, load_encoder
from taxonomy.errors import OnetError
from taxonomy.mapping.clusters import CROSSWALK_FILE, crosswalk_of
from taxonomy.mapping.conversations import TASKS_FILE
from taxonomy.mapping.job import OnetSource, is_run
from taxonomy.measures import place_members
from taxonomy.onet.compare import Comparison, compare, read_iwa_usage
from taxonomy.onet.crosswalk import REMAINDER
from taxonomy.onet.homes import homes
from taxonomy.onet.index import open_index
from taxonomy.onet.soc import major_groups, read_employment, read_soc
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.run import read_manifest, stage_state
from taxonomy.settings import EmbeddingSettings, PrivacySettings, Settings
from taxonomy.tree import Taxonomy


def compare_with_onet(
    path: Path,
    source: OnetSource,
    *,
    usage: pl.DataFrame | None = None,
    soc: Path | None = None,
    employment: Path | None = None,
    external: Path | None = None,
    encoder: Encoder | None = None,
    say: Callable[[str], None],
) -> Comparison:
    """Everything that can be said of the taxonomy beside O*NET, from the files that are given.

    The crosswalk is the run's or release's own where it is of this version of O*NET, else it is
    made by retrieval. A run whose conversations have tasks is also compared by conversation.

    Parameters
    ----------
    usage : task, share: a published usage table to compare with; as `source.prior` it would
        agree by construction
    soc, employment, external : files as `read_soc`, `read_employment` and `read_iwa_usage` take
    encoder : by default all-MiniLM-L6-v2, or what the run was made with
    say : told which crosswalk is used

    Raises
    ------
    ReleaseError
        Nothing that can be read as a taxonomy lies at `path`.
    OnetError
        A table is missing, damaged, or does not belong to this release of O*NET.
    """
    taxonomy = Taxonomy.load(path)
    if taxonomy.level(0).is_empty():
        raise OnetError(
            f"{path} has no published cluster to compare with O*NET; lower the floors and build "
            "it again."
        )
    crosswalk = _known_crosswalk(path, source)
    has_prior = crosswalk is not None and _had_prior(path)
    if crosswalk is None:
        say("no crosswalk to this O*NET version yet: made by retrieval, without Claude")
        embedding = _embedding(path)
        index = open_index(
            source.onet, encoder or load_encoder(embedding), source.cache, usage=source.prior
        )
        crosswalk, _ = crosswalk_of(taxonomy, index, None, Settings())
    assigned, placed = _top_down(path, taxonomy, source.onet.version)
    return compare(
        taxonomy,
        crosswalk,
        source.onet,
        groups=None if soc is None else major_groups(read_soc(soc)),
        employment=None if employment is None else read_employment(employment),
        usage=usage,
        external=None if external is None else read_iwa_usage(external, source.onet),
        assigned=assigned,
        placed=placed,
        has_prior=has_prior,
        floor=_floor(path),
    )


def _known_crosswalk(path: Path, source: OnetSource) -> pl.DataFrame | None:
    """The crosswalk that lies with the taxonomy, if it is to this release of O*NET."""
    if (path / SSSOM_FILE).exists() and not is_run(path):
        crosswalk, known = read_sssom(path / SSSOM_FILE)
        return crosswalk if known == source.onet.version and _fits(crosswalk, source) else None
    if _state(path, "crosswalk") != "finished":
        return None
    made = (read_manifest(path) or {})["stages"]["crosswalk"]["inputs"]["onet"]
    same = made == source.digests["onet"]
    return pl.read_parquet(path / CROSSWALK_FILE) if same else None


def _fits(crosswalk: pl.DataFrame, source: OnetSource) -> bool:
    """Whether every object is one of the release's: activities are named anew between releases."""
    known = homes(source.onet).select("object_id").unique()
    named = crosswalk.filter(~pl.col("object_id").is_in(REMAINDER))
    return named.join(known, on="object_id", how="anti").is_empty()


def _had_prior(path: Path) -> bool:
    if is_run(path):
        return bool(_facts(path, "crosswalk")["prior"])
    # A crosswalk that was put beside a release later is not in its manifest.
    return bool((read_manifest(path) or {}).get("crosswalk", {}).get("prior"))


def _floor(path: Path) -> int:
    """What a count of conversations must reach to be told."""
    privacy = Settings.load(path / "settings.toml").privacy if is_run(path) else PrivacySettings()
    return privacy.min_cell_conversations


def _top_down(
    path: Path, taxonomy: Taxonomy, version: str
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """The tasks of a run's conversations, if they are of this version of O*NET, and the published
    nodes that hold the conversations.
    """
    if _state(path, "tasks") != "finished" or _facts(path, "tasks")["onet"] != version:
        return None, None
    published = taxonomy.table.filter(pl.col("level") == 0).select("node_id")
    nodes = pl.read_parquet(path / "nodes.parquet")
    shown = nodes.join(published, on="node_id").select("cluster")
    clusters = pl.read_parquet(path / "clusters.parquet").join(shown, on="cluster")
    return pl.read_parquet(path / TASKS_FILE), place_members(clusters, nodes)


def _state(path: Path, stage: str) -> str:
    if not is_run(path):
        return "missing"
    return stage_state(path, (read_manifest(path) or {}).get("stages", {}), stage)


def _facts(path: Path, stage: str) -> dict[str, Any]:
    return dict((read_manifest(path) or {})["stages"][stage]["facts"])


def _embedding(path: Path) -> EmbeddingSettings:
    return Settings.load(path / "settings.toml").embedding if is_run(path) else EmbeddingSettings()
