"""The frames of a release in, the three headline claims of March 2025 with their sources out."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from taxonomy.economics.allocation import allocate
from taxonomy.economics.clusters import compare_routes
from taxonomy.economics.depth import depth_curve, task_depth
from taxonomy.economics.frames import RESULT
from taxonomy.economics.patterns import by_half
from taxonomy.economics.release_frames import ReleaseFrames
from taxonomy.economics.thinking import thinking_by_occupation

HEADLINES = {
    "claim": pl.String,
    "measure": pl.String,
    "value": pl.Float64,
    "published": pl.Float64,
    "wording": pl.String,
    "file": pl.String,
    "date_start": pl.Date,
    **RESULT,
}
DEPTH_CUT = 0.2
SCIENTISTS = "Computer and Information Research Scientists"


@dataclass(frozen=True)
class Claim:
    """What the report said, and the share that it stands for."""

    name: str
    wording: str
    published: float


AUGMENTATION = Claim("augmentation", "augmentation still comprising 57% of usage", 0.57)
DEPTH = Claim("depth", "about 40% of occupations see AI usage in at least 20% of their tasks", 0.40)
THINKING = Claim(
    "extended thinking", "computer and information research scientists lead with almost 10%", 0.10
)


def headlines(frames: ReleaseFrames) -> pl.DataFrame:
    """The three claims, as `HEADLINES`: one row a figure; a claim may have several routes.

    `value` is the release's share and `published` what the report of March 2025 said. Where a
    release lacks the files, the row stays with a null `value` and `measure` says what is missing.

    Parameters
    ----------
    frames : as `frames_of` gives them
    """
    rows = [*_augmentation(frames), _depth(frames), _thinking(frames)]
    table = pl.concat(rows, how="diagonal").with_columns(date_start=pl.lit(frames.date_start))
    return table.select(pl.col(name).cast(kind) for name, kind in HEADLINES.items())


def explain(table: pl.DataFrame) -> str:
    """The claims in words, a paragraph each: the report's, ours, its base and its file.

    Parameters
    ----------
    table : as `headlines` gives it
    """
    lines = []
    for row in table.iter_rows(named=True):
        if row["claim"] not in lines:
            lines += [row["claim"], f'  March 2025: "{row["wording"]}"']
        if row["value"] is None:
            lines.append(f"  here: not to be had ({row['measure']})")
            continue
        rests = f"n = {row['n']:,}" + (
            f", threshold {row['threshold']:g}" if row["threshold"] is not None else ""
        )
        lines += [
            f"  here: {row['value']:.2%} ({row['measure']})",
            f"    of {row['base']}; {rests}; {row['file']}",
        ]
    return "\n".join(lines)


def _augmentation(frames: ReleaseFrames) -> list[pl.DataFrame]:
    """By every route at hand: over all conversations, by task, by cluster."""
    by_task = frames.usage is not None and frames.patterns is not None
    if not by_task and frames.collaboration is None and frames.clusters is None:
        return [_missing(AUGMENTATION, "needs patterns by task, overall, or by cluster")]
    routes = compare_routes(frames.usage, frames.patterns, frames.collaboration, frames.clusters)
    kinds = {
        "conversation": ("collaboration",),
        "task": ("patterns", "usage"),
        "cluster": ("clusters",),
    }
    halves = by_half(routes).filter((pl.col("half") == "augmentation") & (pl.col("n") > 0))
    if halves.is_empty():
        return [_missing(AUGMENTATION, "no task has a pattern: all were filtered")]
    found = halves.with_columns(
        measure=pl.concat_str(pl.lit("augmentation by "), pl.col("route")),
        value=pl.col("share"),
        file=pl.col("route").replace_strict(
            {route: _files(frames, *kind) for route, kind in kinds.items()}
        ),
    ).sort(pl.col("route") != "conversation", maintain_order=True)
    return [_said(AUGMENTATION, found)]


def _depth(frames: ReleaseFrames) -> pl.DataFrame:
    if frames.usage is None or frames.statements is None:
        return _missing(DEPTH, "needs task_pct and onet_task_statements")
    curve = depth_curve(task_depth(frames.usage, frames.statements), [DEPTH_CUT])
    found = curve.with_columns(
        measure=pl.lit("occupations with at least 20% of their tasks used"),
        value=pl.col("share"),
        file=pl.lit(_files(frames, "usage", "statements")),
    )
    return _said(DEPTH, found)


def _thinking(frames: ReleaseFrames) -> pl.DataFrame:
    if frames.usage is None or frames.statements is None or frames.thinking is None:
        return _missing(THINKING, "needs task_thinking_fractions, task_pct, onet_task_statements")
    allocated = allocate(frames.usage, frames.statements)
    shares = thinking_by_occupation(allocated, frames.thinking)
    if shares["share"].is_null().all():
        return _missing(THINKING, "every task of an occupation shown is blank")
    found = shares.filter(pl.col("title") == SCIENTISTS)
    if found.is_empty():
        return _missing(THINKING, f"{SCIENTISTS} hold less than 0.5% of usage here")
    return _said(
        THINKING,
        found.with_columns(
            measure=pl.lit(f"extended thinking of {SCIENTISTS}"),
            value=pl.col("share"),
            file=pl.lit(_files(frames, "thinking", "usage", "statements")),
        ),
    )


def _said(claim: Claim, found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        "measure",
        "value",
        "file",
        *RESULT,
        claim=pl.lit(claim.name),
        wording=pl.lit(claim.wording),
        published=pl.lit(claim.published),
    )


def _missing(claim: Claim, reason: str) -> pl.DataFrame:
    said = {
        "claim": claim.name,
        "wording": claim.wording,
        "published": claim.published,
        "measure": reason,
    }
    return pl.DataFrame({name: [said.get(name)] for name in HEADLINES}, schema=HEADLINES)


def _files(frames: ReleaseFrames, *kinds: str) -> str:
    return ", ".join(dict.fromkeys(frames.files[kind] for kind in kinds if kind in frames.files))
