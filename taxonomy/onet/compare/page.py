"""The frames of a comparison in, one self-contained page of HTML out.

All text is escaped. Nothing is loaded from outside and no script runs: a page opens from disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from string import Template
from typing import Any

import polars as pl

from taxonomy.onet.compare.blind_spots import LEAST_SHARE, LEAST_WEIGHT
from taxonomy.onet.compare.charts import curve_chart, interval_chart
from taxonomy.onet.compare.coverage import BY_SHARE, BY_WEIGHT
from taxonomy.onet.compare.novelty import LEAST_MATCH
from taxonomy.onet.compare.style import STYLE
from taxonomy.onet.homes import ONET_LEVELS

ROWS_SHOWN = 10
NOVEL_SHOWN = 60
CREDIT = (
    "Includes information from the O*NET Database by the U.S. Department of Labor, Employment and "
    "Training Administration (USDOL/ETA), used under the CC BY 4.0 license. O*NET is a trademark "
    "of USDOL/ETA."
)
PAGE = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title><style>$style</style></head>
<body><main><h1>$title</h1>$body<footer>$credit</footer></main></body></html>
"""
)
OFFLINE_MATCH = (
    "This crosswalk was made offline: its match falls with rare words more than with new work, so "
    "read the clusters before calling any of them new."
)
LEVEL_NAMES = {"task": "Tasks", "major": "SOC major groups"}


def page_html(
    facts: dict[str, Any], frames: dict[str, pl.DataFrame], summary: Sequence[str]
) -> str:
    """The comparison as a page: the summary, then a section for each question.

    Parameters
    ----------
    facts, frames : as `Comparison` holds them
    summary : lines, as `summary_lines` gives them
    """
    sections = [
        _list(summary),
        _coverage(frames["coverage"], frames["remainders"]),
        _novelty(frames, facts["crosswalk_routes"]),
        _blind_spots(frames),
        _representation(frames["representation"], facts["onet"]),
        _marginals(frames["marginals"]),
        _agreement(frames),
    ]
    return PAGE.substitute(
        title=escape(f"Taxonomy beside O*NET {facts['onet']}"),
        style=STYLE,
        body="".join(sections),
        credit=escape(CREDIT),
    )


def _coverage(frame: pl.DataFrame, remainders: pl.DataFrame) -> str:
    by_weight = frame.filter(pl.col("criterion") == BY_WEIGHT)
    charts = "".join(
        curve_chart(
            by_weight.filter(pl.col("level") == level),
            x="threshold",
            y="share",
            line="weighting",
            title=LEVEL_NAMES.get(level, f"{level}s"),
        )
        for level in ONET_LEVELS
    )
    by_share = frame.filter((pl.col("criterion") == BY_SHARE) & (pl.col("weighting") == "objects"))
    enough = by_share.with_columns(at=pl.format("{}%", pl.col("threshold") * 100)).pivot(
        "at", index="level", values="share"
    )
    left = remainders.pivot("remainder", index="level", values="conversation_share")
    order = pl.DataFrame({"level": ONET_LEVELS})
    rest = order.join(left, on="level", maintain_order="left")
    return _section(
        "What the taxonomy covers of O*NET",
        "Share of each level's objects that some cluster reaches, by the least weight of the best "
        "cluster: of the objects counted alike, and weighted by usage, importance and employment "
        "where they are known.",
        f'<div class="charts">{charts}</div>',
        _table(enough, "Share of the objects that get at least so much of the conversations"),
        _table(rest, "Conversations that no object takes, by level (share of conversations)"),
    )


def _novelty(frames: dict[str, pl.DataFrame], routes: list[str]) -> str:
    curve = curve_chart(
        frames["novelty_curve"],
        x="threshold",
        y="conversation_share",
        line="criterion",
        title="Share of conversations in clusters below the threshold",
    )
    shown = frames["novel_clusters"].select(
        "code", "name", "conversation_share", "match", "why", nearest_task="best_task"
    )
    return _section(
        "What O*NET does not have",
        f"Clusters whose match is below {LEAST_MATCH:g}. The reason is told by word lists and by "
        "how evenly the weights are spread (too coarse, or hard to place); what neither tells "
        f"counts as a new activity. {OFFLINE_MATCH if routes == ['offline'] else ''}",
        f'<div class="charts">{curve}</div>',
        _table(frames["novelty_reasons"].drop("base"), "By reason"),
        _table(shown.head(NOVEL_SHOWN), _of("The largest clusters", shown.height, NOVEL_SHOWN)),
    )


def _blind_spots(frames: dict[str, pl.DataFrame]) -> str:
    spots = frames["blind_spots"]
    tables = []
    for (level, weighting), rows in spots.group_by("level", "weighting", maintain_order=True):
        shown = rows.select("rank", "object", "value", "best_weight", "conversation_share")
        title = f"{LEVEL_NAMES.get(str(level), f'{level}s')} by {weighting}"
        tables.append(_table(shown.head(ROWS_SHOWN), _of(title, rows.height, ROWS_SHOWN), True))
    return _section(
        "What the taxonomy does not have",
        f"Objects that no cluster reaches with weight {LEAST_WEIGHT:g} or more, and that all "
        f"clusters together bring less than {LEAST_SHARE:.1%} of the conversations. The values are "
        "shares of what is named as the base.",
        _table(frames["blind_totals"], "All blind spots together"),
        *tables,
    )


def _representation(frame: pl.DataFrame, version: str) -> str:
    if frame.is_empty():
        return ""
    parts = []
    for (route,), rows in frame.group_by("route", maintain_order=True):
        ordered = rows.sort("lq", "group", descending=[True, False], nulls_last=True)
        title = f"Location quotient by {route} (share / share of employment)"
        parts.append(interval_chart(ordered.to_dicts(), title=title))
        columns = ("title", "share", "employment_share", "lq", "lq_low", "lq_high", "represented")
        caption = f"By {route}: {rows['interval'][0]}; {rows['base'][0]}"
        parts.append(_table(ordered.select(columns), caption, True))
    return _section(
        "Over- and under-represented groups",
        "Above 1, a group holds more of the conversations than of the people employed. Tasks tell "
        "what a conversation is about, not who had it. The group is the first two digits of O*NET "
        f"{version}'s codes, which all vintages of the SOC share; military occupations are out.",
        *parts,
    )


def _marginals(frame: pl.DataFrame) -> str:
    if frame.is_empty():
        return ""
    return _section(
        "Shares by one route and by the other",
        "How far two routes agree in the shares of O*NET's objects: rank and linear correlations, "
        "total variation and Jensen-Shannon divergence (0 = equal, 1 = nothing in common).",
        _table(frame.drop("base"), str(frame["base"][0])),
    )


def _agreement(frames: dict[str, pl.DataFrame]) -> str:
    pairs, trees = frames["agreement"], frames["trees"]
    if pairs.is_empty():
        return _section(
            "The same conversations by both routes",
            "Not told: it needs a run whose conversations were also given O*NET tasks one by one.",
        )
    return _section(
        "The same conversations by both routes",
        "Entropies in bits; level a is the taxonomy's (0 = finest), level b O*NET's.",
        _table(pairs.drop("base"), str(pairs["base"][0])),
        _table(trees.drop("base"), BASE_OF_TREES),
    )


BASE_OF_TREES = "Which two of three conversations join first, in the one tree and in the other"


def _section(title: str, about: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2><p>{escape(about)}</p>{''.join(parts)}</section>"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line.strip())}</li>' for line in lines)}</ul>"


def _of(title: str, n: int, shown: int) -> str:
    return f"{title} ({n:,})" if n <= shown else f"{title} (the first {shown:,} of {n:,})"


def _table(frame: pl.DataFrame, caption: str, folded: bool = False) -> str:
    """A table of the frame; `folded` ones open at a click."""
    head = "".join(_heading(name, kind) for name, kind in frame.schema.items())
    rows = "".join(
        f"<tr>{''.join(_cell(name, row[name]) for name in frame.columns)}</tr>"
        for row in frame.iter_rows(named=True)
    )
    table = (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    if folded:
        return f"<details><summary>{escape(caption)}</summary>{table}</details>"
    return f"<h3>{escape(caption)}</h3>{table}"


def _heading(column: str, kind: pl.DataType) -> str:
    side = ' class="number"' if kind.is_numeric() else ""
    return f"<th{side}>{escape(column.replace('_', ' '))}</th>"


def _cell(column: str, value: Any) -> str:
    if value is None:
        return '<td class="number">–</td>'
    if isinstance(value, float):
        return f'<td class="number">{_number(column, value)}</td>'
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"


def _number(column: str, value: float) -> str:
    # Shares in percent, as the other pages show them.
    percent = column.endswith(("share", "%")) or column in {"value", "none", "unplaced"}
    return f"{value:.2%}" if percent else f"{value:.2f}"
