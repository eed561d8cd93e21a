"""The flat files of February and March 2025, and ours, in; rows of the one schema out."""

from __future__ import annotations

from datetime import date

import polars as pl

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.economics.frames import PATTERNS
from taxonomy.economics.places import GLOBAL
from taxonomy.economics.schema import ALL, OF_NODE, SHARE, UNSTATED, Window, arranged
from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_filled, check_range, check_unique, numbers
from taxonomy.onet.files import TableFile, read_table

FIRST: Window = (date(2024, 12, 16), date(2024, 12, 23))
"""Of the files called v1: stated in the paper alone (its appendix E)."""
SECOND: Window = (date(2025, 2, 24), date(2025, 3, 7))
"""Of the files called v2: the report says "the 11 days following the launch" of 24 February."""
UNDATED: Window = (None, None)

WINDOWS = {
    "task_pct_v1": FIRST,
    "onet_task_mappings": FIRST,
    "automation_vs_augmentation_v1": FIRST,
    "automation_vs_augmentation": FIRST,
    "task_pct_v2": SECOND,
    "automation_vs_augmentation_v2": SECOND,
}
"""By name of the file; what is not here is ours, or of the window of the file beside it."""

COMPLETE = ("task_pct_v1", "task_pct_v2", "onet_task_mappings")
"""Files whose percentages add up to 100; ours leave out what is below the floors."""
OF_CLUSTERS = "conversations of published clusters, in buckets"
OF_PAIRS = "user-cluster pairs of published clusters, in buckets"
_RATIO_COLUMNS = [*PATTERNS.values(), "filtered"]


def task_rows(file: TableFile, name: str, window: Window) -> pl.DataFrame:
    """task_pct: each task's share.

    Raises
    ------
    OnetError
        For this and the other readers here: a column is missing, or holds what it cannot; a task
        stands twice; what should add up to all does not.
    """
    table = _named(file, {"pct": ("pct",)})
    check_filled(table, ["pct"], file.name)
    check_range(table, "pct", 0, 100, file.name)
    total = table["pct"].sum()
    if total > 100.01 or (name in COMPLETE and total < 99.99):
        raise OnetError(
            f"{file.name}: pct adds up to {total:.4f}; expected 100. The file is truncated or "
            "altered: fetch it again."
        )
    rows = table.select(node="task", metric=pl.lit("share"), value=pl.col("pct") / 100)
    return _placed(rows, window, "onet", ALL, file.name)


def pattern_rows(file: TableFile, window: Window) -> pl.DataFrame:
    """automation_vs_augmentation: each pattern's share of all conversations."""
    columns = {"pattern": ("interaction_type",), "pct": ("pct",)}
    table = numbers(read_table(file, columns), "pct", pl.Float64, file.name)
    check_filled(table, table.columns, file.name)
    check_unique(table, ["pattern"], file.name)
    check_range(table, "pct", 0, 100, file.name)
    if (added := table["pct"].sum()) > 100.01:
        raise OnetError(
            f"{file.name}: pct adds up to {added:.4f}; expected 100 at most. The file is altered: "
            "fetch it again."
        )
    found = sorted(table["pattern"])
    if found != sorted(COLLABORATIONS):
        raise OnetError(
            f"{file.name} has the interaction types {', '.join(found)}; expected "
            f"{', '.join(sorted(COLLABORATIONS))}."
        )
    metric = pl.concat_str(pl.lit("collaboration_"), pl.col("pattern").str.replace(" ", "_"))
    rows = table.select(node=pl.lit(None, pl.String), metric=metric, value=pl.col("pct") / 100)
    return _placed(rows, window, "overall", ALL, file.name)


def task_pattern_rows(file: TableFile, window: Window) -> pl.DataFrame:
    """automation_vs_augmentation_by_task: the patterns of each task, and what was filtered."""
    table = _named(file, {column: (column,) for column in _RATIO_COLUMNS})
    check_filled(table, _RATIO_COLUMNS, file.name)
    for column in _RATIO_COLUMNS:
        check_range(table, column, 0, 1, file.name)
    off = table.filter((pl.sum_horizontal(_RATIO_COLUMNS) - 1).abs() > 0.01)
    if off.height:
        raise OnetError(
            f"{file.name}: the six ratios of {off['task'][0]!r} (and {off.height - 1:,} more) do "
            "not add up to 1; the file is altered: fetch it again."
        )
    metrics = {column: f"collaboration_{column}" for column in PATTERNS.values()}
    rows = table.rename(metrics).unpivot(index="task", variable_name="metric")
    return _placed(rows.rename({"task": "node"}), window, "onet", OF_NODE, file.name)


def thinking_rows(file: TableFile, window: Window) -> pl.DataFrame:
    """task_thinking_fractions: extended thinking in each task; a blank stays a null."""
    table = _named(file, {"thinking_fraction": ("thinking_fraction",)})
    check_range(table, "thinking_fraction", 0, 1, file.name)
    rows = table.select(node="task", metric=pl.lit("thinking"), value="thinking_fraction")
    return _placed(rows, window, "onet", OF_NODE, file.name)


def cluster_rows(clusters: pl.DataFrame, window: Window, file: str) -> pl.DataFrame:
    """The wide table: share, user_share, patterns and thinking of each level-0 cluster."""
    names = {
        f"collaboration:{label}_ratio": f"collaboration_{label.replace(' ', '_')}"
        for label in COLLABORATIONS
    }
    shares = clusters.with_columns(pl.col("percent_records", "percent_users") / 100)
    named = shares.rename(
        {
            **names,
            "percent_records": "share",
            "percent_users": "user_share",
            "has_thinking_ratio": "thinking",
            "cluster_name_0": "node",
        }
    )
    metrics = ["share", "user_share", "thinking", *names.values()]
    rows = named.unpivot(metrics, index="node", variable_name="metric")
    bases = {"share": OF_CLUSTERS, "user_share": OF_PAIRS}
    base = pl.col("metric").replace_strict(bases, default=OF_NODE)
    return _placed(rows, window, "request", base, file)


def _named(file: TableFile, columns: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """Tasks and numbers: a task is a key."""
    table = read_table(file, {"task": ("task_name",), **columns})
    check_filled(table, ["task"], file.name)
    check_unique(table, ["task"], file.name)
    for column in columns:
        table = numbers(table, column, pl.Float64, file.name)
    return table


def _placed(
    rows: pl.DataFrame, window: Window, category: str, base: str | pl.Expr, file: str
) -> pl.DataFrame:
    overall = category == "overall"
    return arranged(
        rows.with_columns(
            date_start=pl.lit(window[0], pl.Date),
            date_end=pl.lit(window[1], pl.Date),
            # What does not tell its window is ours, or a file torn from its release.
            source=pl.lit("claude_ai" if window != UNDATED else UNSTATED),
            geo_id=pl.lit(GLOBAL),
            geo_level=pl.lit("global"),
            category=pl.lit(category),
            level=pl.lit(None if overall else 0, pl.Int8),
            node_external_id=pl.lit(None, pl.String),
            unit=pl.lit(SHARE),
            base=base if isinstance(base, pl.Expr) else pl.lit(base),
        ),
        file,
    )
