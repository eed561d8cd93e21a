"""A table of nodes in, HTML out: the tree as nested `<details>`, readable without a script.

All text is escaped. Nothing is loaded from outside: a page opens from disk as it is.
"""

from __future__ import annotations

from html import escape
from string import Template
from typing import Any

import polars as pl

STYLE = """
.tx{font:15px/1.45 system-ui,sans-serif;max-width:60rem;color-scheme:light dark}
.tx details{margin-left:1.1rem}
.tx summary,.tx .leaf{padding:.15rem 0;cursor:default}
.tx summary{cursor:pointer}
.tx .leaf{margin-left:2.1rem}
.tx .code{font-family:ui-monospace,monospace;opacity:.75;font-size:.85em}
.tx .share{font-variant-numeric:tabular-nums;white-space:nowrap}
.tx .bar{display:inline-flex;width:6rem;height:.6rem;border:1px solid;vertical-align:middle}
.tx .auto{background:#0072b2}
.tx .augm{background:#e69f00}
.tx p{margin:.1rem 0 .4rem 1.1rem;opacity:.85}
"""

PAGE = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title><style>body{margin:1rem}$style</style></head>
<body><main class="tx"><h1>$title</h1><p>$about</p>$outline</main></body></html>
"""
)

LEGEND = (
    '<p>Share of conversations; bar: <span class="auto">&ensp;</span> automation, '
    '<span class="augm">&ensp;</span> augmentation (of the conversations with one of the five '
    "patterns; an empty bar is suppressed).</p>"
)


def page_html(table: pl.DataFrame, *, title: str, about: str) -> str:
    """One self-contained page with the whole tree.

    Parameters
    ----------
    table : code, level, parent_id, node_id, name, description and measures, sorted by code
    """
    outline = outline_html(table, deepest=0)
    return PAGE.substitute(title=escape(title), about=escape(about), outline=outline, style=STYLE)


def outline_html(table: pl.DataFrame, *, deepest: int) -> str:
    """The tree down to the level `deepest` as nested lists of HTML, for a page or a notebook."""
    rows = table.filter(pl.col("level") >= deepest).to_dicts()
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(row)
    tops = "".join(_node_html(row, below) for row in below.get(None, []))
    return f'<div class="tx"><style>{STYLE}</style>{LEGEND}{tops}</div>'


def _node_html(row: dict[str, Any], below: dict[str | None, list[dict[str, Any]]]) -> str:
    children = "".join(_node_html(child, below) for child in below.get(row["node_id"], []))
    line = (
        f'<span class="code">{escape(row["code"])}</span> {escape(row["name"])} '
        f'<span class="share">{_percent(row.get("conversation_share"))}</span> {_bar(row)}'
    )
    about = f"<p>{escape(row['description'] or '')}</p>"
    anchor = escape(row["node_id"])
    return f'<details id="{anchor}"><summary>{line}</summary>{about}{children}</details>'


def _percent(share: float | None) -> str:
    return "suppressed" if share is None else f"{share:.1%}"


def _bar(row: dict[str, Any]) -> str:
    automation, augmentation = row.get("automation_share"), row.get("augmentation_share")
    if automation is None or augmentation is None:
        return '<span class="bar" role="img" aria-label="split suppressed"></span>'
    label = f"automation {automation:.0%}, augmentation {augmentation:.0%}"
    return (
        f'<span class="bar" role="img" aria-label="{label}" title="{label}">'
        f'<span class="auto" style="width:{automation:.1%}"></span>'
        f'<span class="augm" style="width:{augmentation:.1%}"></span></span>'
    )
