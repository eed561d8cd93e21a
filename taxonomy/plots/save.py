"""A chart in, files out: SVG, PNG, a page that needs no network, and the data beside them."""

from __future__ import annotations

import html
import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import vl_convert

from taxonomy.plots.style import Chart
from taxonomy.run import full_disk_as_run_error, write_text

SCALE = 2
"""Pixels of the PNG a pixel of the chart."""
VEGA_LITE = "6.4"
"""The version that the charts are compiled by, of those that vl-convert brings along."""

# The chart's menu would offer an editor that sends the data to a server.
OPTIONS = {
    "mode": "vega-lite",
    "renderer": "svg",
    "actions": {"export": True, "source": False, "compiled": False, "editor": False},
}
# Vega makes functions of the expressions in a chart, hence 'unsafe-eval'; nothing is fetched.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:"
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>body{{margin:1rem;font-family:sans-serif;background:#fff;color:#1f1f1f}}
figure{{margin:0;overflow-x:auto}}</style>
</head>
<body>
<figure role="img" aria-label="{description}"><div id="chart"></div></figure>
<script>
{bundle}
vegaEmbed("#chart", {spec}, {options});
</script>
</body>
</html>
"""


def save_chart(chart: Chart, path: Path) -> list[Path]:
    """Write the chart as `path`.svg, `path`.png and `path`.html: the three files.

    Equal charts are equal bytes. The page holds Vega and the data, so that it opens from disk
    without a network, and its policy lets nothing be fetched.

    Parameters
    ----------
    path : without an ending; its folder is made where it is not there

    Raises
    ------
    RunError
        The disk is full.
    """
    spec = chart.to_dict()
    title, description = " ".join(spec["title"]["text"]), spec["description"]
    drawn = _named(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE), title, description)
    files = [path.with_name(f"{path.name}.{ending}") for ending in ("svg", "png", "html")]
    with full_disk_as_run_error(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(files[0], drawn)
        files[1].write_bytes(vl_convert.svg_to_png(drawn, scale=SCALE))
        write_text(files[2], _page(spec, title, description))
    return files


def save_figure(chart: Chart, frame: pl.DataFrame, folder: Path, name: str) -> list[Path]:
    """Write the chart as `save_chart` does, and the frame that it shows as `name`.csv."""
    files = save_chart(chart, folder / name)
    data = folder / f"{name}.csv"
    with full_disk_as_run_error(folder):
        frame.write_csv(data)
    return [*files, data]


def _named(svg: str, title: str, description: str) -> str:
    """The drawing with its title and description, which readers of the screen say."""
    start = svg.index(">", svg.index("<svg"))
    said = f"<title>{html.escape(title)}</title><desc>{html.escape(description)}</desc>"
    return f'{svg[:start]} role="img">{said}{svg[start + 1 :]}'


def _page(spec: dict[str, Any], title: str, description: str) -> str:
    shown = {name: value for name, value in spec.items() if name != "$schema"}
    return PAGE.format(
        policy=POLICY,
        title=html.escape(title),
        description=html.escape(description),
        bundle=_bundle(),
        spec=_as_script(shown),
        options=_as_script(OPTIONS),
    )


def _as_script(value: dict[str, Any]) -> str:
    """JSON in which no text can end the script that it stands in."""
    text = json.dumps(value, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _bundle() -> str:
    return vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    ).replace("</script", "<\\/script")
