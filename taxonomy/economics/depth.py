"""Tasks seen and statements in, the depth of usage in each occupation out: analysis A4."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.stats import hypergeom

from taxonomy.economics.frames import NO_TASK, checked, result, within
from taxonomy.errors import SettingsError
from taxonomy.onet.tables import statement_key

CUTS = tuple(cut / 100 for cut in range(101))
FLOOR = 15
"""Conversations below which the Economic Index does not publish a task (its first two reports)."""

BASE_TASKS = "task statements of the occupation"
BASE_OCCUPATIONS = "occupations"


def task_depth(usage: pl.DataFrame, statements: pl.DataFrame) -> pl.DataFrame:
    """A4, the share of each occupation's statements that were seen: onet_soc, title, depth, n_used.

    n counts the occupation's statements. Seen means published: above the floors of the release.
    """
    seen = checked("usage", usage).select("task").filter(pl.col("task") != NO_TASK)
    rows = _statements(statements).join(
        seen.with_columns(used=pl.lit(1)), on="task", how="left", maintain_order="left"
    )
    depths = (
        rows.group_by("onet_soc", "title")
        .agg(n_used=pl.col("used").sum().cast(pl.Int64), n=pl.len())
        .with_columns(depth=pl.col("n_used") / pl.col("n"))
        .sort("onet_soc")
    )
    return result(depths, ["onet_soc", "title", "depth", "n_used"], base=BASE_TASKS, n=pl.col("n"))


def depth_curve(depths: pl.DataFrame, thresholds: Sequence[float] = CUTS) -> pl.DataFrame:
    """A4, the share of occupations of at least each depth: share, n_reached; n counts occupations.

    `threshold` holds the depth (0 to 1). It is compared by ">=": many occupations lie exactly on
    a quarter or a half, and the published 36% at 0.25 comes out only if they count (">" gives
    33.5%).

    Parameters
    ----------
    depths : as `task_depth` gives it
    """
    depth = depths["depth"].to_numpy()
    cuts = _cuts(thresholds)
    reached = (depth[None, :] >= cuts[:, None]).sum(axis=1)
    curve = pl.DataFrame({"cut": cuts, "n_reached": reached, "share": reached / len(depth)})
    return result(
        curve,
        ["share", "n_reached"],
        base=BASE_OCCUPATIONS,
        n=depths.height,
        threshold=pl.col("cut"),
    )


def mean_depth(depths: pl.DataFrame) -> pl.DataFrame:
    """A4, the mean over occupations of their depth, each counting once: depth, one row."""
    mean = depths.select(pl.col("depth").mean())
    return result(mean, ["depth"], base=BASE_TASKS, n=depths.height)


def rarefied_depth_curve(
    counts: pl.DataFrame,
    statements: pl.DataFrame,
    n_conversations: int,
    *,
    floor: int = FLOOR,
    thresholds: Sequence[float] = CUTS,
) -> pl.DataFrame:
    """A4 at a fixed number of conversations: share (expected), n_conversations.

    Depth rises with the sample, since a task is seen or not; so two releases are compared at the
    size of the smaller. A task held by k of N conversations has at least `floor` of a sample of m
    with the hypergeometric probability; an occupation's number of seen tasks is the sum of such
    events, taken as independent (Poisson-binomial).

    Parameters
    ----------
    counts : task, count, n_conversations, as `implied_counts` gives it
    n_conversations : the sample to think away to, at most that of the counts
    floor : conversations that a task needs to be published

    Raises
    ------
    SettingsError
        More conversations are asked for than there are, or a threshold is not from 0 to 1.
    """
    total = int(counts["n_conversations"][0])
    if not 0 < n_conversations <= total:
        raise SettingsError(
            f"n_conversations is {n_conversations:,}; expected 1 to {total:,}, the release's own."
        )
    tasks = counts.filter(pl.col("task") != NO_TASK)
    seen = hypergeom.sf(floor - 1, total, tasks["count"].to_numpy(), n_conversations)
    chances = tasks.select("task", chance=pl.Series(seen, dtype=pl.Float64))
    rows = _statements(statements).join(chances, on="task", how="left", maintain_order="left")
    occupations = rows.group_by("onet_soc").agg(pl.col("chance").fill_null(0)).sort("onet_soc")
    cuts = _cuts(thresholds)
    reached = [_chance_of_depth(np.array(row), cuts) for row in occupations["chance"].to_list()]
    curve = pl.DataFrame({"cut": cuts, "share": np.mean(reached, axis=0)})
    return result(
        curve.with_columns(n_conversations=pl.lit(n_conversations, pl.Int64)),
        ["share", "n_conversations"],
        base=BASE_OCCUPATIONS,
        n=occupations.height,
        threshold=pl.col("cut"),
    )


def _cuts(thresholds: Sequence[float]) -> np.ndarray:
    return np.array([within("a threshold", float(cut)) for cut in thresholds])


def _chance_of_depth(chances: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """The probability that at least each share of the tasks is seen."""
    numbers = np.ones(1)
    for chance in chances:
        numbers = np.convolve(numbers, [1 - chance, chance])
    depths = np.arange(len(numbers)) / len(chances)
    return np.array([numbers[depths >= cut].sum() for cut in cuts])


def unseen_mass(counts: pl.DataFrame, *, floor: int = FLOOR) -> pl.DataFrame:
    """The Good-Turing estimate of usage on tasks just below the floor: share, one row.

    `floor` * (tasks with exactly `floor` conversations) / conversations: the mass of tasks with
    `floor` - 1 of them. With a floor of 1 that is the classical estimate of what was never seen;
    with a higher floor it is the last step below it, and what lies further below cannot be told.
    n counts the tasks at the floor, `threshold` is the floor. Source: Good (1953).

    Parameters
    ----------
    counts : task, count, n_conversations, as `implied_counts` gives it
    """
    tasks = counts.filter(pl.col("task") != NO_TASK)
    at_floor = tasks.filter(pl.col("count") == floor).height
    share = pl.DataFrame({"share": [floor * at_floor / int(counts["n_conversations"][0])]})
    return result(share, ["share"], base="conversations", n=at_floor, threshold=float(floor))


def _statements(statements: pl.DataFrame) -> pl.DataFrame:
    return checked("statements", statements).select(
        "onet_soc", "title", task=statement_key(pl.col("task"))
    )
