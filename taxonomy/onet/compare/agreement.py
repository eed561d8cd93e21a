"""Two labellings of the same conversations in, how far they agree at every pair of levels out."""

from __future__ import annotations

import numpy as np
import polars as pl

BASE_BOTH = "conversations with a label by both routes at both levels"
# The expected mutual information takes time with the number of cells of the table.
MOST_CONVERSATIONS = 20_000
AGREEMENT = {
    "level_a": pl.String,
    "level_b": pl.String,
    "ami": pl.Float64,
    "homogeneity": pl.Float64,
    "completeness": pl.Float64,
    "v_measure": pl.Float64,
    "entropy_b_given_a": pl.Float64,
    "entropy_a_given_b": pl.Float64,
    "n_labels_a": pl.Int64,
    "n_labels_b": pl.Int64,
    "n": pl.Int64,
    "base": pl.String,
}


def agreement(
    labels_a: pl.DataFrame,
    labels_b: pl.DataFrame,
    *,
    most: int = MOST_CONVERSATIONS,
    random_state: int = 0,
) -> pl.DataFrame:
    """How far two routes agree on the same conversations, as `AGREEMENT`, a row a pair of levels.

    AMI is adjusted for chance (arithmetic mean), 1 at best and about 0 for unrelated labels.
    homogeneity = 1 - H(b|a) / H(b): each label of a holds one of b; completeness = 1 - H(a|b) /
    H(a); the V-measure is their harmonic mean (Rosenberg and Hirschberg 2007). They and the
    entropies, in bits, are not adjusted for chance: fine levels look better in them.

    Parameters
    ----------
    labels_a, labels_b : conversation_id, and a column of labels for each level
    most : conversations looked at; of more, a sample by `random_state`
    """
    both = labels_a.join(labels_b, on="conversation_id", suffix="_b").sort("conversation_id")
    if both.height > most:
        chosen = np.random.default_rng(random_state).choice(both.height, most, replace=False)
        both = both[np.sort(chosen)]
    rows = []
    for level_a in labels_a.columns[1:]:
        for level_b in labels_b.columns[1:]:
            column = level_b if level_b not in labels_a.columns else f"{level_b}_b"
            pair = both.select(a=level_a, b=column).drop_nulls()
            rows.append({"level_a": level_a, "level_b": level_b} | _measures(pair))
    return pl.DataFrame(rows, schema=AGREEMENT)


def _measures(pair: pl.DataFrame) -> dict[str, object]:
    counts = {"n": pair.height, "base": BASE_BOTH}
    if pair.is_empty():
        return counts
    from sklearn.metrics import adjusted_mutual_info_score

    a, b = (pair[side].rank("dense").to_numpy() for side in ("a", "b"))
    of_a, of_b, of_both = (
        _entropy(pair.group_by(keys).len()["len"].to_numpy()) for keys in ("a", "b", ["a", "b"])
    )
    homogeneity = 1 - (of_both - of_a) / of_b if of_b else 1.0
    completeness = 1 - (of_both - of_b) / of_a if of_a else 1.0
    total = homogeneity + completeness
    return counts | {
        "ami": float(adjusted_mutual_info_score(a, b)),
        "homogeneity": homogeneity,
        "completeness": completeness,
        "v_measure": 2 * homogeneity * completeness / total if total > 0 else 0.0,
        "entropy_b_given_a": max(0.0, of_both - of_a),
        "entropy_a_given_b": max(0.0, of_both - of_b),
        "n_labels_a": int(a.max()),
        "n_labels_b": int(b.max()),
    }


def _entropy(counts: np.ndarray) -> float:
    """Bits."""
    # Sorted, since the order of adding changes the last digits.
    part = np.sort(counts) / counts.sum()
    return float(-(part * np.log2(part)).sum())
