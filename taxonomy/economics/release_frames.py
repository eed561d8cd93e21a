"""A published release in, the input frames of the analyses out, for one wave over the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from taxonomy.economics.frames import PATTERNS, total
from taxonomy.economics.places import GLOBAL
from taxonomy.economics.published import Published
from taxonomy.economics.schema import SHARE, identity
from taxonomy.errors import OnetError
from taxonomy.onet.tables import statement_key


@dataclass(frozen=True)
class ReleaseFrames:
    """The frames that `economics.frames` describes, null where the release has none.

    `files` names the file behind each frame; `date_start` is null where the release has no dates.
    """

    date_start: date | None
    source: str
    usage: pl.DataFrame | None = None
    patterns: pl.DataFrame | None = None
    thinking: pl.DataFrame | None = None
    collaboration: pl.DataFrame | None = None
    clusters: pl.DataFrame | None = None
    statements: pl.DataFrame | None = None
    groups: pl.DataFrame | None = None
    employment: pl.DataFrame | None = None
    wages: pl.DataFrame | None = None
    files: dict[str, str] = field(default_factory=dict)


def frames_of(
    published: Published, *, date_start: date | None = None, source: str | None = None
) -> ReleaseFrames:
    """The frames of one wave of a release, over the world.

    In waves that publish no `filtered` it is what the five patterns leave of a task, as `none`
    and `not_classified` do. Clusters come from a wide table only: later formats name no parents.

    Parameters
    ----------
    date_start : the wave; the latest with usage by task where not given
    source : claude_ai, 1p_api, or unstated (our own files); the only one there is where not
        given, else claude_ai

    Raises
    ------
    OnetError
        The release has no such wave.
    """
    there = published.table["source"].unique().to_list()
    source = source or (there[0] if len(there) == 1 else "claude_ai")
    world = published.table.filter((pl.col("geo_id") == GLOBAL) & (pl.col("source") == source))
    chosen, world = _wave(world, published, date_start, source)
    tasks = world.filter((pl.col("category") == "onet") & (pl.col("level") == 0)).with_columns(
        task=statement_key(pl.col("node"))
    )
    clusters = published.files.filter(pl.col("kind") == "clusters")["date_start"].to_list()
    frames = {
        "usage": _usage(tasks),
        "patterns": _patterns(tasks),
        "thinking": _thinking(tasks),
        "collaboration": _collaboration(world),
        "clusters": published.clusters if clusters == [chosen] else None,
        "statements": published.statements,
        "groups": published.groups,
        "employment": published.employment,
        "wages": published.wages,
    }
    files = _files(published.files, chosen, source)
    return ReleaseFrames(
        date_start=chosen,
        source=source,
        **frames,
        files={
            kind: files.get(kind, files.get("any", ""))
            for kind, frame in frames.items()
            if frame is not None
        },
    )


def _wave(
    world: pl.DataFrame, published: Published, date_start: date | None, source: str
) -> tuple[date | None, pl.DataFrame]:
    waves = world["date_start"].unique().sort().to_list()
    if not waves or (date_start is not None and date_start not in waves):
        there = published.table.select("source", "date_start").unique().sort("source", "date_start")
        listed = ", ".join(f"{name} {start or 'undated'}" for name, start in there.iter_rows())
        raise OnetError(
            f"the release has no rows over the world of {source} "
            f"{date_start or 'of any date'}; it has {listed or 'reference tables only'}."
        )
    if date_start is None:
        usage = world.filter((pl.col("category") == "onet") & (pl.col("metric") == "share"))
        date_start = (usage if usage.height else world)["date_start"].max()  # type: ignore[assignment]
    return date_start, world.filter(pl.col("date_start").eq_missing(pl.lit(date_start, pl.Date)))


def _usage(tasks: pl.DataFrame) -> pl.DataFrame | None:
    """Usage by statement: later formats hold a statement once an occupation, by its task id."""
    shares = tasks.filter(pl.col("metric") == "share")
    summed = shares.group_by("task").agg(share=total(pl.col("value"))).sort("task")
    return summed if summed.height else None


def _patterns(tasks: pl.DataFrame) -> pl.DataFrame | None:
    """The patterns of each statement; where several nodes hold it, weighted by their usage."""
    metrics = {f"collaboration_{column}": column for column in PATTERNS.values()}
    rows = tasks.with_columns(identity=identity()).filter(
        pl.col("metric").is_in([*metrics, "filtered"]) & (pl.col("unit") == SHARE)
    )
    if rows.is_empty():
        return None
    usage = tasks.filter(pl.col("metric") == "share").select(identity=identity(), usage="value")
    nodes = (
        rows.select("task", "identity")
        .unique()
        .join(usage, on="identity", how="left")
        .with_columns(weight=pl.col("usage").fill_null(1))
        .with_columns(weight=pl.col("weight") / total(pl.col("weight")).over("task"))
    )
    weighted = rows.join(nodes.select("identity", "weight"), on="identity").with_columns(
        value=pl.col("value") * pl.col("weight"), metric=pl.col("metric").replace(metrics)
    )
    wide = weighted.pivot("metric", index="task", values="value", aggregate_function="sum")
    columns = [*PATTERNS.values()]
    wide = wide.with_columns(
        (pl.col(name).fill_null(0) if name in wide.columns else pl.lit(0.0)).alias(name)
        for name in columns
    )
    # Rounded shares may add up to a little more than 1.
    rest = (1 - pl.sum_horizontal(columns)).clip(0)
    filtered = pl.col("filtered") if "filtered" in wide.columns else rest
    return wide.select("task", *columns, filtered=filtered).sort("task")


def _thinking(tasks: pl.DataFrame) -> pl.DataFrame | None:
    rows = tasks.filter(pl.col("metric") == "thinking")
    found = rows.select("task", thinking_share="value").sort("task")
    return found if found.height else None


def _collaboration(world: pl.DataFrame) -> pl.DataFrame | None:
    words = {f"collaboration_{column}": label for label, column in PATTERNS.items()} | {
        "collaboration_none": "none",
        "collaboration_not_classified": "not classified",
    }
    rows = world.filter((pl.col("category") == "overall") & pl.col("metric").is_in([*words]))
    found = rows.select(pattern=pl.col("metric").replace_strict(words), share="value")
    return found.sort("pattern") if found.height else None


def _files(files: pl.DataFrame, chosen: date | None, source: str) -> dict[str, str]:
    """The file behind each kind of frame; `any` is one that holds all kinds."""
    kept = files.filter(
        pl.col("source").is_null()
        | (
            (pl.col("source") == source)
            # A file of months starts with its first.
            & (pl.col("date_start").is_null() | (pl.col("date_start") <= pl.lit(chosen, pl.Date)))
        )
    ).sort("date_start", nulls_last=False)
    named = dict(kept.select("kind", "file").iter_rows())
    several = [named[kind] for kind in ("long", "monthly") if kind in named]
    return named | ({"any": several[0]} if several else {})
