"""A result frame in, the words that state its base and n out."""

from __future__ import annotations

import polars as pl

ALLOCATIONS = {
    "equal_title": "Usage of a task that several occupations hold is divided equally by title.",
    "equal_group": "Usage of a task that several occupations hold is divided equally by group.",
    "employment": "Usage of a task that several occupations hold is divided by employment.",
    "duplicate": "Usage of a task that several occupations hold counts in full for each.",
}


def base_and_n(frame: pl.DataFrame, counted: str, *, per: str | None = None) -> str:
    """What the values are shares of and how many things they rest on, as one sentence.

    Parameters
    ----------
    frame : any result, with `base` and `n`
    counted : what n counts: tasks, occupations, clusters
    per : what a row stands for where n differs by row: group, occupation
    """
    bases = [base for base in frame["base"].unique(maintain_order=True) if base is not None]
    counts = frame["n"].drop_nulls().to_list()
    if not counts:
        return f"Base: {'; '.join(bases)}."
    low, high = min(counts), max(counts)
    n = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    counted = counted.removesuffix("s") if high == 1 else counted
    each = f" {_article(per)} {per}" if per and frame.height > 1 else ""
    return f"Base: {'; '.join(bases)}. n = {n} {counted}{each}."


def allocation_words(frame: pl.DataFrame) -> str:
    """How usage was given to occupations, as a sentence; empty where it was not."""
    words = [word for word in frame["allocation"].unique(maintain_order=True) if word is not None]
    return " ".join(ALLOCATIONS[word] for word in words)


def least_usage(frame: pl.DataFrame, shown: str) -> str:
    """The least share of usage that was let in, as a sentence; empty where there was none."""
    least = frame["threshold"].drop_nulls().to_list()
    return f"Shown: {shown} with at least {min(least):.1%} of usage." if least else ""


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
