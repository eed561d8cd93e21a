"""The nodes of a page in, a nested list of HTML out: what shows where scripts do not run."""

from __future__ import annotations

from html import escape

import polars as pl


def outline_list(table: pl.DataFrame) -> str:
    """Code, name and share of every published node, nested; all text escaped.

    Parameters
    ----------
    table : as `Taxonomy.table`; a node whose parent is not in it stands at the top
    """
    known = set(table["node_id"])
    below: dict[str | None, list[tuple[str, str]]] = {}
    columns = ["node_id", "parent_id", "code", "name", "conversation_share"]
    for node, parent, code, name, share in table.select(columns).iter_rows():
        line = f"{escape(code)} <bdi>{escape(name or '')}</bdi> {_percent(share)}"
        below.setdefault(parent if parent in known else None, []).append((node, line))
    return _list(None, below)


def _list(parent: str | None, below: dict[str | None, list[tuple[str, str]]]) -> str:
    if parent not in below:
        return ""
    items = "".join(f"<li>{line}{_list(node, below)}</li>" for node, line in below[parent])
    return f"<ul>{items}</ul>"


def _percent(share: float | None) -> str:
    return "suppressed" if share is None else f"{share:.2%}"
