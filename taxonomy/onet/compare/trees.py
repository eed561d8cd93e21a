"""Two trees over the same conversations in, how far they join them alike out."""

from __future__ import annotations

import numpy as np
import polars as pl

from taxonomy.errors import SettingsError

N_TRIPLETS = 100_000
BASE_TRIPLETS = "sampled triplets of conversations that are in both trees"
TREES = {
    "tree_a": pl.String,
    "tree_b": pl.String,
    "n_triplets": pl.Int64,
    "resolved_a": pl.Float64,
    "resolved_b": pl.Float64,
    "resolved_both": pl.Float64,
    "agreement": pl.Float64,
    "agreement_permuted": pl.Float64,
    "cophenetic_correlation": pl.Float64,
    "n": pl.Int64,
    "base": pl.String,
}


def triplet_agreement(
    tree_a: pl.DataFrame,
    tree_b: pl.DataFrame,
    *,
    n_triplets: int = N_TRIPLETS,
    random_state: int = 0,
) -> pl.DataFrame:
    """Which two of three conversations join first, in the one tree and in the other; one row.

    Parameters
    ----------
    tree_a, tree_b : conversation_id, and a column of labels for each level, finest first; a
        conversation with a null label is left out

    Returns
    -------
    As `TREES`. resolved_a, resolved_b, resolved_both: shares of the triplets in which one pair
    joins before the other two; agreement: share, of those resolved in both, in which it is the
    same pair; agreement_permuted: the same with the conversations of tree_b shuffled (about one
    in three); cophenetic_correlation: Pearson's, over pairs, of the heights at which they join
    (0 = the finest level, the number of levels = nowhere below the root); n: conversations.
    Null where nothing is resolved, or fewer than three conversations are in both.

    Raises
    ------
    SettingsError
        n_triplets is below 1.
    """
    if n_triplets < 1:
        raise SettingsError(f"n_triplets is {n_triplets}; expected 1 or more.")
    both = (
        tree_a.drop_nulls()
        .join(tree_b.drop_nulls(), on="conversation_id", suffix="_b")
        .sort("conversation_id")
    )
    names = {"tree_a": _levels(tree_a), "tree_b": _levels(tree_b)}
    row = names | {"n_triplets": 0, "n": both.height, "base": BASE_TRIPLETS}
    if both.height >= 3:
        codes_a, codes_b = _codes(both, tree_a.width - 1, 1), _codes(both, None, tree_a.width)
        row |= _compared(codes_a, codes_b, n_triplets, random_state)
    return pl.DataFrame([row], schema=TREES)


def _levels(tree: pl.DataFrame) -> str:
    return " < ".join(tree.columns[1:])


def _codes(both: pl.DataFrame, n_levels: int | None, first: int) -> np.ndarray:
    """Labels as numbers, (n_conversations, n_levels)."""
    columns = both.columns[first:] if n_levels is None else both.columns[first : first + n_levels]
    return both.select(pl.col(name).rank("dense") for name in columns).to_numpy()


def _compared(
    codes_a: np.ndarray, codes_b: np.ndarray, n_triplets: int, random_state: int
) -> dict[str, object]:
    generator = np.random.default_rng(random_state)
    triplets = _triplets(len(codes_a), n_triplets, generator)
    heights_a, heights_b = _heights(codes_a, triplets), _heights(codes_b, triplets)
    shuffled = _heights(codes_b[generator.permutation(len(codes_b))], triplets)
    resolved_a, resolved_b = _resolved(heights_a), _resolved(heights_b)
    return {
        "n_triplets": len(triplets),
        "resolved_a": float(resolved_a.mean()),
        "resolved_b": float(resolved_b.mean()),
        "resolved_both": float((resolved_a & resolved_b).mean()),
        "agreement": _agreeing(heights_a, heights_b),
        "agreement_permuted": _agreeing(heights_a, shuffled),
        "cophenetic_correlation": _correlation(heights_a.ravel(), heights_b.ravel()),
    }


def _triplets(n: int, n_triplets: int, generator: np.random.Generator) -> np.ndarray:
    """Three different conversations each, (n_triplets, 3), drawn evenly."""
    first = generator.integers(n, size=n_triplets)
    second = (first + generator.integers(1, n, size=n_triplets)) % n
    third = generator.integers(n - 2, size=n_triplets)
    low, high = np.minimum(first, second), np.maximum(first, second)
    third += third >= low
    third += third >= high
    return np.stack([first, second, third], axis=1)


def _heights(codes: np.ndarray, triplets: np.ndarray) -> np.ndarray:
    """The height at which each pair of a triplet joins, (n_triplets, 3)."""
    pairs = ((0, 1), (0, 2), (1, 2))
    heights = np.empty((len(triplets), 3), dtype=np.int64)
    for place, (one, other) in enumerate(pairs):
        same = codes[triplets[:, one]] == codes[triplets[:, other]]
        heights[:, place] = np.where(same.any(axis=1), same.argmax(axis=1), codes.shape[1])
    return heights


def _resolved(heights: np.ndarray) -> np.ndarray:
    ordered = np.sort(heights, axis=1)
    return np.asarray(ordered[:, 0] < ordered[:, 1])


def _agreeing(heights_a: np.ndarray, heights_b: np.ndarray) -> float | None:
    both = _resolved(heights_a) & _resolved(heights_b)
    if not both.any():
        return None
    same = heights_a[both].argmin(axis=1) == heights_b[both].argmin(axis=1)
    return float(same.mean())


def _correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() and b.std() else None
