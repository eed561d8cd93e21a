"""Small clusters written by hand, and an encoder that needs no weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

ERRORS = [
    "Debug an import error in Python",
    "Fix an import error in Python",
    "Debug import errors in Python",
    "Debug a module error in Python",
    "Fix a Python module error",
    "Debug an import error in Python",
]
DRAGONS = [
    "Write a short story about a dragon",
    "Write a fantasy story about dragons",
    "Write a story about magic and a dragon",
    "Compose a story about magic",
    "Write a bedtime story about a dragon",
    "Write stories about magic",
]
PLANTS = [
    "Explain how photosynthesis works",
    "Explain the role of photosynthesis in plants",
    "Explain what photosynthesis is",
    "Explain why plants need light for photosynthesis",
    "Explain how plants make energy",
    "Explain the steps of photosynthesis",
]
CATS = [
    "What do cats eat?",
    "Why does my cat purr?",
    "Is milk good for cats?",
    "How long does a cat live?",
    "Which vaccines does a kitten need?",
    "Are cats happy with a dog?",
]
TOPICS = (ERRORS, DRAGONS, PLANTS, CATS)
DIMENSIONS = 64


class WordEncoder:
    """Each word is a fixed direction, a text the mean of its words."""

    name = "words"
    identity = "words-1"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.stack([self._text(text) for text in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def _text(self, text: str) -> np.ndarray:
        return np.sum([self._word(word) for word in text.lower().split() or ["-"]], axis=0)

    def _word(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big")
        return np.random.default_rng(seed).normal(size=DIMENSIONS)


def members(topics: Sequence[Sequence[str]], *, languages: Sequence[str] = ()) -> pl.DataFrame:
    rows = [
        (f"c{cluster}-{i}", f"u{cluster}-{i}", request, cluster)
        for cluster, requests in enumerate(topics)
        for i, request in enumerate(requests)
    ]
    frame = pl.DataFrame(
        rows,
        schema={
            "conversation_id": pl.String,
            "user_id": pl.String,
            "request": pl.String,
            "cluster": pl.Int32,
        },
        orient="row",
    )
    language = [(languages or ["en"] * len(topics))[row[3]] for row in rows]
    return frame.with_columns(
        language=pl.Series(language, dtype=pl.String),
        similarity=pl.lit(0.9, pl.Float32),
    )


def centers(topics: Sequence[Sequence[str]]) -> np.ndarray:
    encoder = WordEncoder()
    means = np.stack([encoder.encode(requests).mean(axis=0) for requests in topics])
    return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
