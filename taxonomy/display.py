"""A table of nodes in, HTML for a notebook out: the tree as nested `<details>`, without a script.

All text is escaped, and nothing is loaded from outside.
"""

from __future__ import annotations

from html import escape
from string import Template
from typing import Any

import polars as pl

from taxonomy.measures import BASE_CONVERSATIONS
from taxonomy.palette import HALF_COLOURS

# No colour of text or ground is set, so that a dark page keeps its own; rows wrap on a phone.
STYLE = Template(
    """
.tx{font:14px/1.45 system-ui,sans-serif;max-width:60rem}
.tx details{margin-left:1.1rem}
.tx summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .8rem;padding:.15rem 0;
cursor:pointer;list-style:none}
.tx summary::-webkit-details-marker{display:none}
.tx summary::before{content:"\\25b8";flex:none;width:.7rem;margin:0 -.4rem 0 -1.1rem}
.tx details[open]>summary::before{content:"\\25be"}
.tx .name{flex:1 1 16rem;overflow-wrap:anywhere}
.tx .code{font-family:ui-monospace,monospace;font-size:.9em}
.tx .share{flex:none;width:5.2rem;text-align:right;font-variant-numeric:tabular-nums}
.tx .split{flex:none;width:14rem}
.tx .bar{display:inline-flex;width:6rem;height:.65rem;margin-right:.4rem;
border:1px solid;vertical-align:-.05rem}
.tx .none{border-style:dashed}
.tx .auto{background:$automation}
.tx .augm{background:$augmentation}
.tx .key{display:inline-block;width:.65rem;height:.65rem;border:1px solid}
.tx p{margin:.1rem 0 .4rem}
@media(max-width:30rem){.tx .share{width:auto}}
"""
).substitute(HALF_COLOURS)

SPLIT_WORDS = (
    'Bars: <span class="auto key"></span> automation and <span class="augm key"></span> '
    "augmentation, as shares of the node's conversations with one of the five patterns; a dashed "
    "bar: suppressed."
)


def outline_html(table: pl.DataFrame, *, deepest: int) -> str:
    """The tree down to the level `deepest` as nested lists of HTML, for a notebook.

    Every number stands as text beside its bar: a viewer that strips the styles still shows it.

    Parameters
    ----------
    table : code, level, parent_id, node_id, name, description and measures, sorted by code
    """
    below: dict[str | None, list[dict[str, Any]]] = {}
    for row in table.filter(pl.col("level") >= deepest).to_dicts():
        below.setdefault(row["parent_id"], []).append(row)
    tops = "".join(_node_html(row, below) for row in below.get(None, []))
    words = f"Shares: of {escape(share_base(table))}"
    if "automation_share" in table.columns:
        words = f"{words} {SPLIT_WORDS}"
    return f'<div class="tx"><style>{STYLE}</style><p>{words}</p>{tops}</div>'


def share_base(table: pl.DataFrame) -> str:
    """What the shares of conversations are of, and n, as the end of a sentence.

    Parameters
    ----------
    table : level, and n_conversations where it is known
    """
    top = table.filter(pl.col("level") == pl.col("level").max())
    if "n_conversations" in table.columns and not top["n_conversations"].has_nulls():
        return f"{BASE_CONVERSATIONS}, n = {int(top['n_conversations'].sum()):,}."
    level = min(table["level"].to_list(), default=0)
    n = table.filter(pl.col("level") == level).height
    return f"{BASE_CONVERSATIONS}; their number is not published, n = {n:,} nodes of level {level}."


def _node_html(row: dict[str, Any], below: dict[str | None, list[dict[str, Any]]]) -> str:
    children = "".join(_node_html(child, below) for child in below.get(row["node_id"], []))
    line = (
        f'<span class="name"><span class="code">{escape(row["code"])}</span> '
        f"{escape(row['name'])}</span> "
        f'<span class="share">{_percent(row.get("conversation_share"))}</span> {_split(row)}'
    )
    about = f"<p>{escape(row['description'] or 'No description.')}</p>"
    return f"<details><summary>{line}</summary>{about}{children}</details>"


def _percent(share: float | None) -> str:
    return "suppressed" if share is None else f"{share:.1%}"


def _split(row: dict[str, Any]) -> str:
    if "automation_share" not in row:
        return ""
    automation, augmentation = row["automation_share"], row.get("augmentation_share")
    if automation is None or augmentation is None:
        return '<span class="split"><span class="bar none"></span>suppressed</span>'
    return (
        f'<span class="split"><span class="bar" title="augmentation {augmentation:.0%}">'
        f'<span class="auto" style="width:{automation:.1%}"></span>'
        f'<span class="augm" style="width:{augmentation:.1%}"></span></span>'
        f"{automation:.0%} automation</span>"
    )
