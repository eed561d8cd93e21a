"""The finished tree: a `Taxonomy` of polars frames, read from a run, a release or a published TSV.

taxonomy = Taxonomy.load("outputs/releases/demo")
taxonomy.level(2)               # the broadest nodes, with their measures
taxonomy.children("07")         # what lies below one of them
taxonomy.find("python")         # nodes by name or description
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from taxonomy.display import outline_html
from taxonomy.errors import ReleaseError
from taxonomy.measures import BASE_COUNT, MEASURE_BASES
from taxonomy.privacy import PUBLISHED, SUPPRESSED
from taxonomy.release.wide import WIDE_FILE, from_wide, read_wide
from taxonomy.run import stage_state

if TYPE_CHECKING:
    import networkx as nx

NODE_COLUMNS = ["node_id", "code", "level", "parent_id", "name", "description", "status"]
MEASURE_COLUMNS = ["node_id", "level", "measure", "base", "value", "status"]


@dataclass(frozen=True)
class Taxonomy:
    """Nodes of three levels and their measures.

    Attributes
    ----------
    nodes : node_id, code, level (0 = finest), parent_id (null at the top), name, description,
        status; sorted by code. A suppressed node has a row, but neither name nor description.
    measures : node_id, level, measure, base, value, status; null where suppressed
    facts : what is known of the source: version, settings, counts
    """

    nodes: pl.DataFrame
    measures: pl.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path) -> Taxonomy:
        """The taxonomy of a run folder, a release folder, or a wide TSV.

        Raises
        ------
        ReleaseError
            Nothing that can be read as a taxonomy lies there, or the tables of a run are damaged
            or were not made of one another.
        """
        path = Path(path)
        if path.is_dir() and (path / "nodes.parquet").exists():
            return _load_tables(path)
        file = path / WIDE_FILE if path.is_dir() else path
        if (path / "settings.toml").exists():
            raise ReleaseError(
                f"{path} is a run that is not finished; finish it with: "
                f"taxonomy build FILES --run {path}"
            )
        if not file.exists():
            raise ReleaseError(
                f"{path} holds no taxonomy: expected a run or release folder with nodes.parquet "
                f"and measures.parquet, or a tab-separated file like {WIDE_FILE}."
            )
        return cls(*from_wide(read_wide(file)), facts={"source": file.name})

    def level(self, level: int) -> pl.DataFrame:
        """The published nodes of one level with their measures as columns, by code."""
        return self.table.filter(pl.col("level") == level)

    @cached_property
    def table(self) -> pl.DataFrame:
        """Every published node with its measures as columns, by code."""
        values = self.measures.pivot("measure", index="node_id", values="value")
        order = [measure for measure in MEASURE_BASES if measure in values.columns]
        counts = [measure for measure in order if MEASURE_BASES[measure] == BASE_COUNT]
        values = values.with_columns(pl.col(counts).cast(pl.Int64))
        published = self.nodes.filter(pl.col("status") == PUBLISHED)
        return published.join(values.select("node_id", *order), on="node_id", how="left").sort(
            "code"
        )

    def node(self, code: str) -> dict[str, Any]:
        """One node by its code or id, with its measures.

        Raises
        ------
        KeyError
            No node has this code or id.
        """
        found = self.table.filter((pl.col("code") == code) | (pl.col("node_id") == code))
        if found.is_empty():
            raise KeyError(f"no published node has the code or id {code!r}")
        return found.row(0, named=True)

    def children(self, code: str | None = None) -> pl.DataFrame:
        """The nodes right below one node, or the broadest ones; by code, with their measures."""
        if code is None:
            return self.table.filter(pl.col("parent_id").is_null())
        return self.table.filter(pl.col("parent_id") == self.node(code)["node_id"])

    def path(self, code: str) -> list[dict[str, Any]]:
        """The nodes from the broadest level down to this one."""
        steps = [self.node(code)]
        while (parent := steps[0]["parent_id"]) is not None:
            steps.insert(0, self.node(parent))
        return steps

    def find(self, text: str) -> pl.DataFrame:
        """The nodes whose name or description holds the text, whatever its case."""
        wanted = text.lower()
        found = pl.concat_str("name", "description", separator="\n", ignore_nulls=True)
        return self.table.filter(found.str.to_lowercase().str.contains(wanted, literal=True))

    def to_networkx(self) -> nx.DiGraph:
        """The tree as an arborescence: a root named "root", edges from parent to child.

        Each node carries code, level, name, description and its measures; suppressed nodes and
        values are left out, so that every attribute is a plain scalar.
        """
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_node("root", name="All conversations", level=3, code="")
        for row in self.table.iter_rows(named=True):
            parent = row.pop("parent_id") or "root"
            node = row.pop("node_id")
            graph.add_node(node, **{key: value for key, value in row.items() if value is not None})
            graph.add_edge(parent, node)
        return graph

    def sizes(self) -> dict[int, int]:
        """Level -> number of published nodes, finest level first."""
        published = self.nodes.filter(pl.col("status") == PUBLISHED)
        return dict(published.group_by("level").len().sort("level").iter_rows())

    def n_conversations(self) -> int | None:
        """Number of conversations in published clusters, or None where it was not published."""
        if "n_conversations" not in self.table.columns:
            return None
        counts = self.children()["n_conversations"]
        return None if counts.has_nulls() else int(counts.sum())

    def __repr__(self) -> str:
        if not (sizes := self.sizes()):
            return "Taxonomy(no published nodes)"
        counts = "/".join(f"{count:,}" for count in sizes.values())
        n = self.n_conversations()
        conversations = "" if n is None else f", {n:,} conversations"
        return f"Taxonomy({len(sizes)} levels, {counts} nodes{conversations})"

    def _repr_html_(self) -> str:
        return self.display_html(repr(self))

    def display_html(self, title: str) -> str:
        """The two broader levels under a title, for a notebook."""
        hidden = self.nodes.filter(pl.col("status") == SUPPRESSED).height
        words = f" {hidden:,} nodes below the floors are not shown." if hidden else ""
        head = f'<p class="tx"><strong>{escape(title)}</strong>{words}</p>'
        return head + outline_html(self.table, deepest=min(1, max(self.sizes(), default=0)))


def _load_tables(folder: Path) -> Taxonomy:
    try:
        nodes = pl.read_parquet(folder / "nodes.parquet")
        measures = pl.read_parquet(folder / "measures.parquet").select(MEASURE_COLUMNS)
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise ReleaseError(
            f"cannot read the taxonomy in {folder}: {error}; finish the run, or make the release "
            "again."
        ) from error
    _check_facts(folder, facts)
    if "status" not in nodes.columns:  # a run folder: what has no measures is under the floor
        measured = nodes["node_id"].is_in(measures["node_id"].unique().implode())
        status = pl.when(measured).then(pl.lit(PUBLISHED)).otherwise(pl.lit(SUPPRESSED))
        nodes = nodes.with_columns(status=status)
    return Taxonomy(nodes.select(NODE_COLUMNS).sort("code"), measures, facts)


def _check_facts(folder: Path, facts: Any) -> None:
    """The manifest is that of a release, or of a run whose tables belong together."""
    if not isinstance(facts, dict) or not {"stages", "version"} & facts.keys():
        raise ReleaseError(
            f"{folder}/manifest.json is neither of a run nor of a release (it names no stages and "
            "no version); finish the run, or make the release again."
        )
    for stage in ("hierarchy", "measures") if "stages" in facts else ():
        state = stage_state(folder, facts["stages"], stage)
        if state != "finished":
            raise ReleaseError(
                f"the stage {stage} of {folder} is {state}, so that names and numbers may not "
                "belong together; finish the run with its build command."
            )
