"""Everything but the encoder on a million generated conversations, facets and vectors given.

The vectors stand in for an encoder's: a direction a true task, and noise around it a request.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from taxonomy.demo import write_corpus
from taxonomy.pipeline import build
from taxonomy.release.check import check_release
from taxonomy.release.write import write_release
from taxonomy.run import peak_memory_mib, read_log
from taxonomy.settings import Settings

N_DIMENSIONS = 384


class GivenVectors:
    """Vectors that cost next to nothing: words point somewhere, a request is their sum."""

    name = "given vectors"
    identity = "given vectors@1"

    def __init__(self) -> None:
        self._words: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.stack([sum(map(self._word, text.lower().split())) for text in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def _word(self, word: str) -> np.ndarray:
        if word not in self._words:
            seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
            direction = np.random.default_rng(seed).standard_normal(N_DIMENSIONS)
            # Long words carry the subject, short ones the grammar.
            self._words[word] = direction.astype(np.float32) * min(len(word), 8) ** 2
        return self._words[word]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "conversations.jsonl"
        started = time.perf_counter()
        write_corpus(corpus, n_conversations=n, with_facets=True)
        written = time.perf_counter()
        run = build([corpus], Path(folder) / "run", Settings(), encoder=GivenVectors())
        built = time.perf_counter()
        write_release(run, Path(folder) / "release", version="scale")
        errors = [
            found for found in check_release(Path(folder) / "release") if found.kind == "error"
        ]
        done = time.perf_counter()
        print(f"## {n:,} generated conversations, facets and vectors given\n")
        print("Bars at a million: under 900 s without generating, under 8,192 MiB\n")
        print("| step | seconds | peak MiB so far |\n|---|---|---|")
        print(f"| generate (not counted) | {written - started:.1f} | |")
        for line in read_log(run):
            print(f"| {line['stage']} | {line['seconds']:.1f} | {line['peak_mib']:,} |")
        print(f"| release and check ({len(errors)} errors) | {done - built:.1f} | |")
        print(
            f"| **all but generating** | **{done - written:.1f}** | **{peak_memory_mib():,}** |\n"
        )


if __name__ == "__main__":
    main()
