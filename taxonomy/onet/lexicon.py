"""Documents in, how well each matches the words of a query out: BM25 on English stems."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np


class Lexicon:
    """Documents that can be searched by their words (Okapi BM25, k1 = 1.5, b = 0.75)."""

    def __init__(self, documents: Sequence[str]) -> None:
        import bm25s
        import snowballstemmer

        stem = snowballstemmer.stemmer("english").stemWords
        self._tokenize: Any = partial(
            bm25s.tokenize, stemmer=stem, return_ids=False, show_progress=False
        )
        self._index: Any = bm25s.BM25()
        self._index.index(self._tokenize(list(documents)), show_progress=False)
        self._n_documents = len(documents)

    def scores(self, queries: Sequence[str]) -> np.ndarray:
        """Shape (n_queries, n_documents), float32, 0 where no word is shared."""
        found = np.zeros((len(queries), self._n_documents), dtype=np.float32)
        for row, words in enumerate(self._tokenize(list(queries))):
            # Twice the same word says no more than once: names and descriptions repeat theirs.
            if known := sorted(set(words) & self._index.vocab_dict.keys()):
                found[row] = self._index.get_scores(known)
        return found
