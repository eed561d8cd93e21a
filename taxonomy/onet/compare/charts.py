"""Rows in, inline SVG out: curves of coverage, and location quotients with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log10
from typing import Any

import polars as pl

LEFT, TOP, WIDTH, HEIGHT = 44, 10, 300, 180
COLORS = ("c0", "c1", "c2", "c3")
ROW, LABEL = 26, 230
TICKS = (0.01, 0.1, 1.0, 10.0)


def curve_chart(rows: pl.DataFrame, *, x: str, y: str, line: str, title: str) -> str:
    """Lines of `y` (a share) over `x` (0 to 1), one for each value of `line`, with a legend.

    Parameters
    ----------
    rows : in the order in which the lines are named and drawn
    """
    names = rows[line].unique(maintain_order=True).to_list()
    drawn = []
    for name, color in zip(names, COLORS, strict=False):
        points = rows.filter(pl.col(line) == name).sort(x).select(x, y).iter_rows()
        path = " ".join(
            f"{LEFT + px * WIDTH:.1f},{TOP + (1 - py) * HEIGHT:.1f}" for px, py in points
        )
        drawn.append(f'<polyline class="line {color}" points="{path}"/>')
    legend = " ".join(
        f'<span class="key"><i class="{color}"></i>{escape(name)}</span>'
        for name, color in zip(names, COLORS, strict=False)
    )
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {LEFT + WIDTH + 12} '
        f'{TOP + HEIGHT + 24}" role="img" aria-label="{escape(title)}">{_grid()}{"".join(drawn)}'
        f"</svg><p>{legend}</p></figure>"
    )


def _grid() -> str:
    """Axes from 0 to 1."""
    parts = []
    for step in range(5):
        share = step / 4
        y, x = TOP + (1 - share) * HEIGHT, LEFT + share * WIDTH
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{share:.0%}</text>')
        bottom = TOP + HEIGHT + 16
        parts.append(f'<text x="{x}" y="{bottom}" text-anchor="middle">{share:g}</text>')
    return "".join(parts)


def interval_chart(rows: Sequence[dict[str, Any]], *, title: str) -> str:
    """A dot and a bar for each row's `lq`, `lq_low` and `lq_high`, on a scale of tenfold steps.

    Parameters
    ----------
    rows : title, lq, lq_low, lq_high; a row without a quotient above 0 has no dot
    """
    height = TOP + ROW * len(rows) + 24
    lines = [
        f'<line class="{"one" if tick == 1 else "grid"}" x1="{_place(tick):.1f}" '
        f'x2="{_place(tick):.1f}" y1="{TOP}" y2="{height - 24}"/>'
        f'<text x="{_place(tick):.1f}" y="{height - 8}" text-anchor="middle">{tick:g}</text>'
        for tick in TICKS
    ]
    marks = [_mark(row, TOP + ROW * (place + 0.5)) for place, row in enumerate(rows)]
    return (
        f'<figure class="wide"><figcaption>{escape(title)}</figcaption>'
        f'<div class="scroll"><svg viewBox="0 0 {LABEL + WIDTH + 20} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(lines)}{"".join(marks)}</svg></div></figure>'
    )


def _mark(row: dict[str, Any], y: float) -> str:
    name = row["title"].removesuffix(" Occupations")
    shown = name if len(name) <= 34 else f"{name[:33].rstrip()}…"
    label = (
        f'<text x="{LABEL - 8}" y="{y + 4}" text-anchor="end">{escape(shown)}'
        f"<title>{escape(name)}</title></text>"
    )
    if not row["lq"]:
        return label
    bar = ""
    if row["lq_low"] is not None:
        low, high = _place(row["lq_low"]), _place(row["lq_high"])
        bar = f'<line class="bar" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
    dot = f'<circle class="dot" cx="{_place(row["lq"]):.1f}" cy="{y}" r="4"/>'
    return label + bar + dot


def _place(value: float) -> float:
    """Where a quotient lies; those off the scale lie at its end."""
    low, high = log10(TICKS[0]), log10(TICKS[-1] * 3)
    part = (log10(max(value, TICKS[0])) - low) / (high - low)
    return LABEL + min(part, 1.0) * WIDTH
