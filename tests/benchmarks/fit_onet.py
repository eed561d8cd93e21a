"""Fit taxonomy/onet/weights.toml anew on the tuning half: python tests/benchmarks/fit_onet.py DIR

DIR keeps O*NET's vectors. Prints the file; the reporting half is never looked at here. The lines of
`_agreement` rest on the weights in the package: put new ones there and run again.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
from onet_pairs import index_onet, index_usage, listed_objects, not_asking, published_pairs
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from taxonomy.embedding import load_encoder
from taxonomy.onet.crosswalk import LISTED, N_CANDIDATES
from taxonomy.onet.homes import ONET_LEVELS, homes
from taxonomy.onet.index import TaskIndex, nearness, open_index
from taxonomy.onet.weights import LEAST
from taxonomy.settings import EmbeddingSettings

PENALTY = 1e-3
NONE_SHARE = 0.0178
"""Share of the index's conversations (task_pct_v2.csv) for which no task fits."""


def fit_views(index: TaskIndex, queries: pl.DataFrame, gold: pl.Series) -> dict[str, float]:
    """Weights that make the chosen task most likely among all (multinomial logit).

    A task chosen for m clusters counts as the square root of m: they are not m independent facts.
    """
    views = index.views(queries)
    stack = np.stack([*views.values()], axis=-1).astype(np.float32)
    place = {name: row for row, name in enumerate(index.statements["statement"])}
    chosen = np.array([place[name] for name in gold])
    counts = gold.to_frame("gold").select(pl.len().over("gold")).to_series().to_numpy()
    weight = (counts**-0.5) / (counts**-0.5).sum()
    rows = np.arange(len(chosen))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = stack @ weights.astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        share = odds / odds.sum(axis=1, keepdims=True)
        value = -(weight * np.log(share[rows, chosen])).sum() + PENALTY * (weights**2).sum()
        expected = np.einsum("qn,qnf->qf", share, stack)
        slope = (weight[:, None] * (expected - stack[rows, chosen])).sum(axis=0)
        return float(value), slope.astype(np.float64) + 2 * PENALTY * weights

    found = minimize(loss, np.zeros(len(views)), jac=True, method="L-BFGS-B")
    return {name: round(float(w), 3) for name, w in zip(views, found.x, strict=True)}


def fit_agreement(index: TaskIndex, queries: pl.DataFrame, gold: pl.Series) -> dict[str, float]:
    """At each level, logistic regression of "this object is the gold one's" on log-odds of weight.

    Over all objects that a crosswalk lists, so that the confidences of a cluster's many matches
    add up to about what is right.
    """
    placed, line = homes(index.onet), {}
    found = index.candidates(queries, N_CANDIDATES)
    right = queries.select("query", statement=gold)
    for level in ONET_LEVELS:
        rows = listed_objects(found, right, placed.filter(pl.col("level") == level), LISTED[level])
        inside = rows["weight"].clip(LEAST, 1 - LEAST).to_numpy()
        model = LogisticRegression(C=10).fit(
            np.log(inside / (1 - inside))[:, None], rows["agrees"].to_numpy()
        )
        line[f"{level}_slope"] = round(float(model.coef_[0, 0]), 3)
        line[f"{level}_intercept"] = round(float(model.intercept_[0]), 3)
    return line


def fit_none(index: TaskIndex, asked: pl.Series, idle: pl.Series) -> dict[str, float]:
    """Logistic regression of "a task fits" on nearness, at the index's own share of none."""
    near = [
        nearness(index.encoder.encode(texts.to_list()), index.vectors) for texts in (asked, idle)
    ]
    fits = np.r_[np.ones(len(asked)), np.zeros(len(idle))]
    weight = np.where(fits, (1 - NONE_SHARE) / len(asked), NONE_SHARE / len(idle)) * len(fits)
    model = LogisticRegression(C=1e3)
    model.fit(np.concatenate(near)[:, None], fits, sample_weight=weight)
    return {
        "intercept": round(float(model.intercept_[0]), 3),
        "nearness": round(float(model.coef_[0, 0]), 3),
    }


def main() -> None:
    """Print the fitted tables."""
    data, cache = Path(os.environ["TAXONOMY_DATA"]), Path(sys.argv[1])
    pairs, idle = published_pairs(data).filter("is_tuning"), not_asking(data).filter("is_tuning")
    onet, encoder = index_onet(data), load_encoder(EmbeddingSettings())
    requests = pairs.select("query", text="name")
    for usage in (None, index_usage(data)):
        index = open_index(onet, encoder, cache, usage=usage)
        suffix = "" if usage is None else "_with_usage"
        for kind, queries in (("node", pairs), ("request", requests)):
            _print_table(f"{kind}{suffix}", fit_views(index, queries, pairs["gold"]))
            line = fit_agreement(index, queries, pairs["gold"])
            _print_table(f"{kind}{suffix}_agreement", line)
    _print_table("none", fit_none(index, pairs["name"], idle["text"]))


def _print_table(name: str, values: dict[str, float]) -> None:
    print(f"[{name}]")
    for key, value in values.items():
        print(f"{key} = {value}")
    print(flush=True)


if __name__ == "__main__":
    main()
