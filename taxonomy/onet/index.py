"""Queries in, the O*NET tasks that fit each best out, with how likely each is.

Several views of a query are added up: how near its text is to a task's statement, to the names of
the task's DWAs and to the titles of the occupations that hold it; the words they share; and how
much the task is used at all, where a usage table is given. A node of a taxonomy also brings its
name and the nodes above it. `weights.toml` says what the weights were fitted on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from taxonomy.embedding import PACKAGED_ENCODER, Encoder
from taxonomy.onet.lexicon import Lexicon
from taxonomy.onet.prior import usage_prior
from taxonomy.onet.surroundings import surroundings
from taxonomy.onet.tables import Onet
from taxonomy.onet.vectors import cached_vectors, mean_vectors
from taxonomy.onet.weights import load_weights, none_probability
from taxonomy.progress import advance, progress

logger = logging.getLogger(__name__)

FITTED_ENCODER = PACKAGED_ENCODER
"""Which encoder's cosines the weights are for."""
BLOCK = 256
N_NEAR = 10
POOL = 100
DIVERSITY = 0.2
"""What a candidate's score loses for each better one of its IWA, where the list is to be diverse:
on the tuning half .02 more of the pairs have their IWA among 20, .02 fewer their task."""
NODE_TEXTS = ("name", "parent_1", "parent_2")

CANDIDATES = {
    "query": pl.String,
    "rank": pl.Int32,
    "statement": pl.String,
    "task": pl.String,
    "score": pl.Float64,
    "weight": pl.Float64,
    "none_share": pl.Float64,
}


@dataclass(frozen=True)
class TaskIndex:
    """The statements of one O*NET release, ready to be searched; get one from `open_index`."""

    onet: Onet
    encoder: Encoder
    around: pl.DataFrame
    """What stands around each statement, as `surroundings` gives it."""
    vectors: np.ndarray
    """(n, d) unit vectors of the statements."""
    dwa_vectors: np.ndarray
    """(n, d) means over the names of each statement's DWAs; zeros where it has none."""
    title_vectors: np.ndarray
    """(n, d) means over the titles of the occupations that hold the statement."""
    lexicon: Lexicon
    prior: np.ndarray | None
    """(n,) log of the share of use, or None where no usage table was given."""

    @property
    def statements(self) -> pl.DataFrame:
        """The distinct statements, in the order of the rows of `vectors`."""
        return self.onet.statements

    def candidates(
        self,
        queries: pl.DataFrame,
        n: int = 50,
        *,
        diverse: bool = False,
        vectors: np.ndarray | None = None,
    ) -> pl.DataFrame:
        """The best `n` statements for each query, as `CANDIDATES`; queries in their order.

        `weight` is the probability of the task given that one of the candidates fits: it adds up
        to 1 over them. `none_share` is the probability that no task of O*NET fits, the same on all
        rows of a query.

        Parameters
        ----------
        queries : query (an id), text; and for nodes of a taxonomy name, parent_1, parent_2 (texts
            of the nodes above, null where there is none)
        n : how many candidates
        diverse : let in candidates of many IWAs rather than many of one: for a list to choose from
        vectors : (n_queries, d) unit vectors of `text`, where they are known already
        """
        weights = load_weights()[self.kind("node" if "name" in queries.columns else "request")]
        found = [pl.DataFrame(schema=CANDIDATES)]
        with progress("search O*NET", total=queries.height, unit="queries"):
            for part, texts in self._encoded(queries, vectors):
                scores = self._scores(part, texts, weights)
                none = none_probability(self._nearness(texts))
                found.append(self._best(part, scores, none, n, diverse=diverse))
                advance(part.height, "queries")
        return pl.concat(found)

    def views(self, queries: pl.DataFrame) -> dict[str, np.ndarray]:
        """Each view by itself, shape (n_queries, n): what the weights are fitted on."""
        parts = [self._views(part, texts) for part, texts in self._encoded(queries, None)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def kind(self, query: Literal["node", "request"]) -> str:
        """Which of the fitted weights a query takes here."""
        return query if self.prior is None else f"{query}_with_usage"

    def _encoded(
        self, queries: pl.DataFrame, vectors: np.ndarray | None
    ) -> Iterator[tuple[pl.DataFrame, dict[str, np.ndarray]]]:
        """Some queries at a time, with the vectors of their texts."""
        for start in range(0, queries.height, BLOCK):
            part = queries.slice(start, BLOCK)
            if vectors is None:
                texts = {"text": self.encoder.encode(part["text"].to_list())}
            else:
                texts = {"text": np.asarray(vectors[start : start + BLOCK])}
            for column in NODE_TEXTS if "name" in queries.columns else ():
                # A text that is missing is taken to say what `text` says.
                filled = part.select(pl.coalesce(column, "text")).to_series()
                texts[column] = self.encoder.encode(filled.to_list())
            yield part, texts

    def _scores(
        self, queries: pl.DataFrame, texts: dict[str, np.ndarray], weights: dict[str, float]
    ) -> np.ndarray:
        """The weighted sum of `_views`, without holding each: (n_queries, n)."""
        stated = np.sum([weights[name] * vectors for name, vectors in texts.items()], axis=0)
        around = weights["dwa"] * self.dwa_vectors + weights["title"] * self.title_vectors
        scores: np.ndarray = stated @ self.vectors.T + texts["text"] @ around.T
        scores += weights["words"] * self.lexicon.scores(queries["text"].to_list())
        if self.prior is not None:
            scores += weights["usage"] * self.prior
        return scores

    def _views(self, queries: pl.DataFrame, texts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        views = {name: vectors @ self.vectors.T for name, vectors in texts.items()}
        views["dwa"] = texts["text"] @ self.dwa_vectors.T
        views["title"] = texts["text"] @ self.title_vectors.T
        views["words"] = self.lexicon.scores(queries["text"].to_list())
        if self.prior is not None:
            views["usage"] = np.broadcast_to(self.prior, views["text"].shape)
        return views

    def _nearness(self, texts: dict[str, np.ndarray]) -> np.ndarray:
        """Mean cosine of the ten nearest statements to what is asked, in its shortest words."""
        return nearness(texts.get("name", texts["text"]), self.vectors)

    def _best(
        self,
        queries: pl.DataFrame,
        scores: np.ndarray,
        none: np.ndarray,
        n: int,
        *,
        diverse: bool,
    ) -> pl.DataFrame:
        places = _largest(scores, max(n, POOL) if diverse else n)
        best = np.take_along_axis(scores, places, axis=1)
        if diverse:
            order = self._diverse_order(places, best)[:, :n]
            places = np.take_along_axis(places, order, axis=1)
            best = np.take_along_axis(best, order, axis=1)
        weights = np.exp(best - best.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        length = places.shape[1]
        frame = self.statements[places.ravel()].with_columns(
            query=pl.Series(queries["query"]).gather(np.repeat(np.arange(len(places)), length)),
            rank=pl.Series(np.tile(np.arange(1, length + 1), len(places))),
            score=pl.Series(best.ravel()),
            weight=pl.Series(weights.ravel()),
            none_share=pl.Series(np.repeat(none, length)),
        )
        return frame.select(pl.col(name).cast(kind) for name, kind in CANDIDATES.items())

    def _diverse_order(self, places: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """The order of the candidates when each pays for the better ones of its IWA."""
        paid = scores.copy()
        iwas = self.around["iwas"]
        for row, candidates in enumerate(places):
            seen: dict[str, int] = {}
            for column, place in enumerate(candidates):
                own = iwas[int(place)]
                paid[row, column] -= DIVERSITY * max((seen.get(iwa, 0) for iwa in own), default=0)
                for iwa in own:
                    seen[iwa] = seen.get(iwa, 0) + 1
        order: np.ndarray = np.argsort(-paid, axis=1, kind="stable")
        return order


def open_index(
    onet: Onet, encoder: Encoder, cache: Path, *, usage: pl.DataFrame | None = None
) -> TaskIndex:
    """The statements of an O*NET release, embedded once and kept in `cache`.

    Parameters
    ----------
    cache : folder for the vectors; made if absent
    usage : task (a statement's key), share: a published table of how much each task is used, as a
        prior; tasks that say the same in other words share it

    Raises
    ------
    OnetError
        The usage table names no task of this release.
    EncoderError
        The encoder is missing or damaged.
    """
    if encoder.name != FITTED_ENCODER:
        logger.warning("the weights were fitted with %s, not %s", FITTED_ENCODER, encoder.name)
    cache.mkdir(parents=True, exist_ok=True)
    around = surroundings(onet)
    vectors = cached_vectors(around["task"].to_list(), encoder, cache)
    dwas = _list_vectors(around["dwas"], encoder, cache, dimension=vectors.shape[1])
    titles = _list_vectors(around["titles"], encoder, cache, dimension=vectors.shape[1])
    words = around.select(
        pl.concat_str("task", pl.col("dwas", "titles").list.join(" "), separator=" ")
    )
    prior = None if usage is None else usage_prior(usage, onet.statements, vectors)
    lexicon = Lexicon(words.to_series().to_list())
    return TaskIndex(onet, encoder, around, vectors, dwas, titles, lexicon, prior)


def nearness(queries: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The mean cosine of each query's ten nearest `vectors`, shape (n_queries,)."""
    similarity = queries @ vectors.T
    nearest = np.take_along_axis(similarity, _largest(similarity, N_NEAR), axis=1)
    means: np.ndarray = nearest.mean(axis=1)
    return means


def _list_vectors(lists: pl.Series, encoder: Encoder, cache: Path, *, dimension: int) -> np.ndarray:
    """For each list of names their mean vector."""
    names = lists.explode().drop_nulls().unique().sort().to_list()
    place = {name: row for row, name in enumerate(names)}
    vectors = np.zeros((0, dimension), dtype=np.float32)
    if names:
        vectors = cached_vectors(names, encoder, cache)
    return mean_vectors([[place[name] for name in listed] for listed in lists], vectors)


def _largest(scores: np.ndarray, n: int) -> np.ndarray:
    """The places of the `n` largest of each row, largest first, ties by place."""
    n = min(n, scores.shape[1])
    places = np.sort(np.argpartition(-scores, n - 1, axis=1)[:, :n], axis=1)
    chosen = np.take_along_axis(scores, places, axis=1)
    # Where more share the last place than there is room for, a partition takes any of them.
    crowded = (scores >= chosen.min(axis=1, keepdims=True)).sum(axis=1) > n
    first = np.argsort(-scores[crowded], axis=1, kind="stable")[:, :n]
    places[crowded] = np.sort(first, axis=1)
    order = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
    largest: np.ndarray = np.take_along_axis(places, order, axis=1)
    return largest
