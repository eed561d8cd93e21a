"""The tree as text for a terminal."""

from __future__ import annotations

from typing import Any

from taxonomy.measures import MEASURE_BASES
from taxonomy.tree import Taxonomy

INDENT = "  "


def outline(taxonomy: Taxonomy, code: str | None = None, *, depth: int = 2) -> str:
    """The tree below one node, or the whole tree, `depth` levels deep, one node a line.

    Each line: code, name, share of conversations, automation share of the five patterns ("-" where
    suppressed). With a code, the path to the node and its description come first.

    Raises
    ------
    KeyError
        No published node has this code or id.
    """
    lines = [] if code is None else _header(taxonomy, code)
    lines += _lines(taxonomy, code, depth, indent=INDENT if code else "")
    if code is None:
        lines.insert(0, f"{taxonomy!r}; share of conversations, automation share")
    return "\n".join(lines)


def _header(taxonomy: Taxonomy, code: str) -> list[str]:
    path = taxonomy.path(code)
    node = path[-1]
    above = [f"{step['code']} {step['name']}" for step in path[:-1]]
    lines = [" > ".join(above)] if above else []
    return [*lines, _line(node), f"{INDENT}{node['description'] or ''}", *_measures(node)]


def _measures(node: dict[str, Any]) -> list[str]:
    numbers = {name: node[name] for name in MEASURE_BASES if node.get(name) is not None}
    return [
        f"{INDENT}{name:24} {number:,}"
        if isinstance(number, int)
        else f"{INDENT}{name:24} {number:.4f}"
        for name, number in numbers.items()
    ]


def _lines(taxonomy: Taxonomy, code: str | None, depth: int, *, indent: str) -> list[str]:
    if depth == 0:
        return []
    lines = []
    for row in taxonomy.children(code).to_dicts():
        lines.append(indent + _line(row))
        lines += _lines(taxonomy, row["node_id"], depth - 1, indent=indent + INDENT)
    return lines


def _line(row: dict[str, Any]) -> str:
    share, automation = row.get("conversation_share"), row.get("automation_share")
    split = "-" if automation is None else f"{automation:.0%}"
    return f"{row['code']} {row['name']}  {'-' if share is None else f'{share:.2%}'}  {split}"
