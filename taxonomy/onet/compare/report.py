"""A taxonomy, its crosswalk and an O*NET release in, the whole comparison out."""

from __future__ import annotations

from typing import Any

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.compare import representation
from taxonomy.onet.compare.agreement import AGREEMENT, agreement
from taxonomy.onet.compare.blind_spots import blind_spots, blind_totals
from taxonomy.onet.compare.clusters import (
    check_crosswalk,
    clusters_of,
    matches,
    reach,
    remainders,
)
from taxonomy.onet.compare.comparison import Comparison
from taxonomy.onet.compare.coverage import coverage
from taxonomy.onet.compare.labels import onet_labels, taxonomy_labels
from taxonomy.onet.compare.marginals import marginal_agreement
from taxonomy.onet.compare.novelty import novel_clusters, novelty_curve, novelty_reasons
from taxonomy.onet.compare.objects import onet_objects, placed_usage
from taxonomy.onet.compare.shares import object_shares
from taxonomy.onet.compare.trees import TREES, triplet_agreement
from taxonomy.onet.homes import homes as homes_of
from taxonomy.onet.tables import Onet
from taxonomy.tree import Taxonomy

# What the optional tables hold: column -> whether it is a number.
INPUTS = {
    "groups": {"group": False, "title": False},
    "employment": {"title": False, "employment": True},
    "usage": {"task": False, "share": True},
    "external": {"iwa_id": False, "share_user": True, "share_ai": True},
    "assigned": {"conversation_id": False, "statement": False},
    "placed": {"conversation_id": False, "node_id": False, "level": True},
}


def compare(
    taxonomy: Taxonomy,
    crosswalk: pl.DataFrame,
    onet: Onet,
    *,
    groups: pl.DataFrame | None = None,
    employment: pl.DataFrame | None = None,
    usage: pl.DataFrame | None = None,
    external: pl.DataFrame | None = None,
    assigned: pl.DataFrame | None = None,
    placed: pl.DataFrame | None = None,
    has_prior: bool = False,
    floor: int = 0,
    random_state: int = 0,
) -> Comparison:
    """Everything that can be said of the taxonomy beside O*NET with what is given.

    Parameters
    ----------
    crosswalk : cluster -> O*NET objects with weights, of this taxonomy and this release
    groups : group, title, as `soc.major_groups` gives them
    employment : title, employment, as `soc.read_employment` gives it: for representation
    usage : task (the key), share: a published usage table
    external : as `iwa_usage.read_iwa_usage` gives it
    assigned, placed : the two routes on the same conversations, of a run: conversation_id,
        statement (top-down); conversation_id, node_id, level (bottom-up). With both, their
        agreement is told; without, that of the shares alone
    has_prior : whether the crosswalk was made with a usage table as a prior: then it agrees with
        usage in part by its making, and every output says so
    floor : location quotients of groups of fewer conversations are withheld

    Raises
    ------
    OnetError
        A table lacks a column or holds text for numbers; the crosswalk, the usage or the
        employment does not belong to the taxonomy or release.
    """
    given = {
        "groups": groups,
        "employment": employment,
        "usage": usage,
        "external": external,
        "assigned": assigned,
        "placed": placed,
    }
    for name, frame in given.items():
        _check_columns(name, frame)
    homes = homes_of(onet)
    clusters = clusters_of(taxonomy)
    rows = check_crosswalk(crosswalk, clusters)
    objects = onet_objects(onet, homes, usage=usage, groups=groups, employment=employment)
    reached = reach(rows, clusters)
    matched = matches(rows, clusters)
    novel = novel_clusters(matched)
    spots = blind_spots(objects, reached, external=external)
    shares = object_shares(objects, reached, homes, assigned=assigned, external=external)
    pairs, trees = _same_conversations(assigned, placed, onet, homes, random_state)
    return Comparison(
        facts=_facts(taxonomy, onet, rows, clusters)
        | {"has_prior": has_prior, "placed_usage": placed_usage(objects)},
        coverage=coverage(objects, reached),
        remainders=remainders(rows, clusters),
        novelty_curve=novelty_curve(matched),
        novelty_reasons=novelty_reasons(matched, novel),
        novel_clusters=novel,
        blind_totals=blind_totals(objects, spots, external=external),
        blind_spots=spots,
        representation=_representation(
            rows,
            clusters,
            objects,
            homes,
            assigned=assigned,
            floor=floor,
            random_state=random_state,
        ),
        marginals=marginal_agreement(shares),
        agreement=pairs,
        trees=trees,
    )


def _check_columns(name: str, frame: pl.DataFrame | None) -> None:
    if frame is None:
        return
    for column, is_number in INPUTS[name].items():
        if column not in frame.columns:
            raise OnetError(
                f"the {name} table has no column {column}; it has {', '.join(frame.columns)}; "
                f"expected {', '.join(INPUTS[name])}."
            )
        kind = frame.schema[column]
        wanted = kind.is_numeric() if is_number else kind == pl.String
        if not wanted and kind != pl.Null:
            raise OnetError(
                f"column {column} of the {name} table is {kind}; expected "
                f"{'numbers' if is_number else 'text'}."
            )


def _facts(
    taxonomy: Taxonomy, onet: Onet, crosswalk: pl.DataFrame, clusters: pl.DataFrame
) -> dict[str, Any]:
    routes = crosswalk["route"].unique().sort().to_list() if "route" in crosswalk.columns else []
    return {
        "onet": onet.version,
        "levels": {str(level): n for level, n in taxonomy.sizes().items()},
        "clusters": clusters.height,
        "crosswalk_routes": routes,
    }


def _representation(
    crosswalk: pl.DataFrame,
    clusters: pl.DataFrame,
    objects: pl.DataFrame,
    homes: pl.DataFrame,
    *,
    assigned: pl.DataFrame | None,
    floor: int,
    random_state: int,
) -> pl.DataFrame:
    if objects["employment"].is_null().all():
        return pl.DataFrame(schema=representation.REPRESENTATION)
    parts = [representation.of_clusters(crosswalk, clusters, objects, random_state=random_state)]
    if assigned is not None and assigned["statement"].is_in(homes["statement"].implode()).any():
        parts.append(representation.of_conversations(assigned, homes, objects, floor=floor))
    if objects["usage_share"].is_not_null().any():
        parts.append(representation.of_usage(objects))
    return pl.concat(parts)


def _same_conversations(
    assigned: pl.DataFrame | None,
    placed: pl.DataFrame | None,
    onet: Onet,
    homes: pl.DataFrame,
    random_state: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The agreement of labels and of trees; without rows where a route is not known."""
    if assigned is None or placed is None:
        return pl.DataFrame(schema=AGREEMENT), pl.DataFrame(schema=TREES)
    bottom_up, top_down = taxonomy_labels(placed), onet_labels(assigned, onet, homes)
    pairs = agreement(bottom_up, top_down, random_state=random_state)
    # The groups are no level of the activities: task < group is a tree of its own.
    sides = (["task", "DWA", "IWA", "GWA"], ["task", "major"])
    trees = [
        triplet_agreement(
            bottom_up, top_down.select("conversation_id", *levels), random_state=random_state
        )
        for levels in sides
    ]
    return pairs, pl.concat(trees)
