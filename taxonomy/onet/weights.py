"""What was fitted: how much each view of a query counts, and when no task fits."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

LEAST = 1e-3
"""Weights are held this far from 0 and 1 before their odds are taken."""


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """The tables of `weights.toml`: the views by kind of query, and `none`."""
    text = files("taxonomy.onet").joinpath("weights.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def none_probability(nearness: np.ndarray) -> np.ndarray:
    """The probability that no task fits, from how near the ten nearest statements are.

    Parameters
    ----------
    nearness : (n,) mean cosine of the ten nearest
    """
    none = load_weights()["none"]
    probability: np.ndarray = 1 / (1 + np.exp(none["intercept"] + none["nearness"] * nearness))
    return probability


def agreement(weight: pl.Expr, kind: str, level: str) -> pl.Expr:
    """The probability that the Economic Index's own mapping agrees, from an object's weight.

    A logistic curve in the log-odds of the weight (Platt), by kind of query and level of O*NET,
    fitted on all objects that a crosswalk lists for the clusters of the tuning half. That of
    requests is fitted on the names of clusters: no conversation with a task was published.

    Parameters
    ----------
    weight : 0 to 1
    kind : `node` or `request`, each with or without `_with_usage`
    level : one of `homes.ONET_LEVELS`
    """
    line = load_weights()[f"{kind}_agreement"]
    slope, intercept = line[f"{level}_slope"], line[f"{level}_intercept"]
    inside = weight.clip(LEAST, 1 - LEAST)
    log_odds = (inside / (1 - inside)).log()
    return 1 / (1 + (-(intercept + slope * log_odds)).exp())
