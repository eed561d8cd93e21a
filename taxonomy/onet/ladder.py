"""An O*NET release in, its ladders out: task -> DWA -> IWA -> GWA, task -> occupation -> group."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.reading import TASK_KEY
from taxonomy.onet.soc import soc_ladder
from taxonomy.onet.tables import Onet, statement_key

if TYPE_CHECKING:
    import networkx as nx


def ladder(onet: Onet) -> pl.DataFrame:
    """What each task is part of: one row a task-DWA link.

    Returns
    -------
    task_id, onet_soc, statement (the key), dwa_id, dwa, iwa_id, iwa, gwa_id, gwa; sorted by
    onet_soc, task_id and dwa_id. A task without a DWA has no row.
    """
    rows = onet.task_dwas.join(_statements(onet), on=TASK_KEY)
    for level, below in (("dwa", None), ("iwa", "dwa"), ("gwa", "iwa")):
        own = onet.activities.filter(pl.col("level") == level.upper()).select(
            pl.col("element_id").alias(f"{level}_id"),
            pl.col("name").alias(level),
            pl.col("parent_id").alias(f"above_{level}"),
        )
        if below:
            rows = rows.rename({f"above_{below}": f"{level}_id"})
        rows = rows.join(own, on=f"{level}_id")
    names = [name for level in ("dwa", "iwa", "gwa") for name in (f"{level}_id", level)]
    return rows.select("task_id", "onet_soc", "statement", *names).sort(*TASK_KEY, "dwa_id")


def with_activities(onet: Onet, other: Onet) -> Onet:
    """`onet`, a release of statements alone, with the activities of another release.

    A task is one of the other release's where its statement is equal (it then has all DWAs that
    any occupation's row of that text has), else where its task_id is: O*NET keeps a task's id when
    it words it anew. `facts["activities"]` says from which version and files, and how many tasks
    were found by each, and by neither.

    Raises
    ------
    OnetError
        The other release has no activities.
    """
    if other.activities.is_empty():
        raise OnetError(
            f"O*NET {other.version} was read from task statements alone and has no activities; "
            "give a whole release, such as 30.1."
        )
    tasks, links = _statements(onet), _statements(other).join(other.task_dwas, on=TASK_KEY)
    by_statement = tasks.join(links.select("statement", "dwa_id").unique(), on="statement")
    rest = tasks.join(by_statement, on=TASK_KEY, how="anti")
    by_id = rest.join(links.select("task_id", "dwa_id").unique(), on="task_id")
    found = pl.concat([by_statement, by_id]).select(*TASK_KEY, "dwa_id")
    n_statement, n_id = (rows.select(TASK_KEY).n_unique() for rows in (by_statement, by_id))
    source = {
        **other.facts,
        "tasks_by_statement": n_statement,
        "tasks_by_id": n_id,
        "tasks_without": tasks.height - n_statement - n_id,
    }
    return replace(
        onet,
        activities=other.activities,
        task_dwas=found.sort(*TASK_KEY, "dwa_id"),
        facts={**onet.facts, "activities": source},
    )


def onet_graph(onet: Onet, soc: pl.DataFrame | None = None) -> nx.DiGraph:
    """The release as a graph, edges from the narrower to the broader.

    task -> DWA -> IWA -> GWA and task -> occupation, and with `soc` (as `soc.read_soc` gives it)
    on to the detailed, broad, minor and major group; straight to the major group where the code is
    of another vintage. Nodes are `task:8823` and the codes of the rest; each has `kind` (task,
    DWA, IWA, GWA, occupation, detailed, broad, minor, major) and `name`.
    """
    import networkx as nx

    graph = nx.DiGraph()
    _add_nodes(graph, "task", onet.tasks.select(_task_node(), "task"))
    _add_nodes(graph, "occupation", onet.occupations.select("onet_soc", "title"))
    for level, rows in onet.activities.group_by("level", maintain_order=True):
        _add_nodes(graph, str(level[0]), rows.select("element_id", "name"))
    graph.add_edges_from(onet.tasks.select(_task_node(), "onet_soc").iter_rows())
    graph.add_edges_from(onet.task_dwas.select(_task_node(), "dwa_id").iter_rows())
    parents = onet.activities.select("element_id", "parent_id").drop_nulls()
    graph.add_edges_from(parents.iter_rows())
    if soc is not None:
        _add_groups(graph, soc_ladder(onet.occupations, soc))
    return graph


def _statements(onet: Onet) -> pl.DataFrame:
    return onet.tasks.select(*TASK_KEY, statement=statement_key(pl.col("task")))


def _task_node() -> pl.Expr:
    return pl.concat_str(pl.lit("task:"), "task_id").alias("node")


def _add_nodes(graph: nx.DiGraph, kind: str, named: pl.DataFrame) -> None:
    graph.add_nodes_from((node, {"kind": kind, "name": name}) for node, name in named.iter_rows())


def _add_groups(graph: nx.DiGraph, rungs: pl.DataFrame) -> None:
    for kind in ("major", "minor", "broad", "detailed"):
        groups = rungs.select(kind, f"{kind}_title").drop_nulls().unique(maintain_order=True)
        _add_nodes(graph, kind, groups)
    path = ("onet_soc", "detailed", "broad", "minor", "major")
    for codes in rungs.select(path).iter_rows():
        known = [code for code in codes if code is not None]
        graph.add_edges_from(pairwise(known))
