"""The places of the nodes and `Taxonomy.table` in, datamapplot's labelled map out: an extra."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from taxonomy.display import share_base
from taxonomy.errors import PlotsError
from taxonomy.palette import APART, INK, QUIET
from taxonomy.plots.cluster_map import NODES, dots_and_nodes, on_suppressed, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that the map looks alike everywhere."""
INCHES = (10, 9)
LARGEST_DOT = 160


def labelled_map(places: pl.DataFrame | None, table: pl.DataFrame) -> Figure:
    """As `cluster_map`, drawn by datamapplot: a figure of matplotlib.

    Needs the extra `map`. No font is fetched: the one that comes with matplotlib is used.

    Parameters
    ----------
    places : `Release.places`
    table : `Taxonomy.table` of the same release

    Raises
    ------
    PlotsError
        datamapplot is not installed.
    ReleaseError
        The release has no map.
    """
    dots, nodes = dots_and_nodes(places, table)
    try:
        import datamapplot
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if error.name not in ("datamapplot", "matplotlib"):
            raise
        raise PlotsError("datamapplot") from error
    # Not by pyplot, which would keep the figure, and show it twice in a notebook.
    figure = Figure(figsize=INCHES)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.86))
    size = dots["size"].to_numpy()
    datamapplot.create_plot(
        np.column_stack([dots["x"].to_numpy(), -dots["y"].to_numpy()]),
        dots["node"].to_numpy(),
        label_font_size=7.5,
        label_margin_factor=2.0,
        label_wrap_width=16,
        label_color_map=dict(nodes.select("node", "colour").iter_rows()),
        color_label_text=False,
        color_label_arrows=True,
        noise_color=APART,
        marker_size_array=LARGEST_DOT * size / size.max(),
        point_size=1,
        alpha=0.85,
        add_glow=False,
        font_family=FONT,
        use_system_fonts=True,
        force_matplotlib=True,
        ax=axes,
    )
    axes.set_axis_off()
    _title(figure, dots, nodes, table)
    return figure


def _title(figure: Figure, dots: pl.DataFrame, nodes: pl.DataFrame, table: pl.DataFrame) -> None:
    caption = (
        f"Size: share of {share_base(table)} Names: nodes of level {nodes['level'][0]}; coloured: "
        f"the {min(len(NODES), nodes.height)} largest. {on_suppressed(dots)} Near means alike "
        "(UMAP of the clusters' centres); the axes and long distances mean nothing."
    )
    style = {"fontfamily": FONT, "verticalalignment": "top"}
    figure.text(0.02, 0.98, title_of(dots), fontsize=15, fontweight="bold", color=INK, **style)
    lines = "\n".join(textwrap.wrap(" ".join(caption.split()), 120))
    figure.text(0.02, 0.945, lines, fontsize=9, color=QUIET, **style)
