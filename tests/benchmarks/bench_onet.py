"""How well the offline retriever agrees with published and official links of O*NET.

Prints, for the reporting half of the 619 published cluster-task pairs, hits at 1, 5 and 20 and the
mean reciprocal rank, at the exact task and at its DWA, IWA, GWA and SOC major group; for O*NET's
own task-DWA rows the DWA that a task's statement finds; each beside plain cosine and plain BM25.
The pairs are one model's choices: read it as agreement, not accuracy.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from onet_pairs import index_onet, index_usage, not_asking, published_pairs

from taxonomy.embedding import load_encoder
from taxonomy.onet.homes import ONET_LEVELS, homes
from taxonomy.onet.index import open_index
from taxonomy.onet.ladder import ladder
from taxonomy.onet.lexicon import Lexicon
from taxonomy.onet.tables import Onet, load_onet
from taxonomy.onet.vectors import cached_vectors
from taxonomy.run import peak_memory_mib
from taxonomy.settings import EmbeddingSettings

DEPTHS = (1, 5, 20)
N = 100
WORDS = 0.02


def main() -> None:
    """Print the tables; an argument-free run embeds O*NET anew, so that its time is measured."""
    data = Path(os.environ["TAXONOMY_DATA"])
    onet, pairs = index_onet(data), published_pairs(data)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("TAXONOMY_ONET_CACHE", folder))
        bench_pairs(onet, pairs, data, cache)
        bench_links(load_onet(data / "onet" / "v29_1"), cache)
    print(f"peak memory {peak_memory_mib():,.0f} MiB")


def bench_pairs(onet: Onet, pairs: pl.DataFrame, data: Path, cache: Path) -> None:
    """The published pairs, by half."""
    encoder = load_encoder(EmbeddingSettings())
    started = time.perf_counter()
    plain = open_index(onet, encoder, cache)
    print(f"opened {onet.statements.height:,} statements in {time.perf_counter() - started:.1f} s")
    informed = open_index(onet, encoder, cache, usage=index_usage(data))
    statements = onet.statements["statement"]
    texts = pairs["text"].to_list()
    cosine = encoder.encode(texts) @ plain.vectors.T
    words = Lexicon(onet.statements["task"].to_list()).scores(texts)
    found = {
        "cosine of statement": _ranked(cosine, statements),
        "BM25 of statement": _ranked(words, statements),
        "ours": _candidates(plain.candidates(pairs, N)),
        "ours, usage": _candidates(informed.candidates(pairs, N)),
        "ours, usage, diverse": _candidates(informed.candidates(pairs, N, diverse=True)),
        "ours, name alone": _candidates(plain.candidates(pairs.select("query", text="name"), N)),
        "ours, name alone, usage": _candidates(
            informed.candidates(pairs.select("query", text="name"), N)
        ),
    }
    placed = homes(onet)
    for half, chosen in (("tuning", True), ("reporting", False)):
        rows = np.flatnonzero((pairs["is_tuning"] == chosen).to_numpy())
        gold = pairs["gold"].gather(rows).to_list()
        print(f"\n{half} half: {len(rows)} pairs, {len(set(gold))} tasks; hits@1/@5/@20")
        for name, ranked in found.items():
            print(f"{name:24}", _line([ranked[row] for row in rows], gold, placed))
    _bench_none(plain, pairs, data)


def _bench_none(index: object, pairs: pl.DataFrame, data: Path) -> None:
    """How often "no task fits" is said of what asks for something, and of what does not."""
    reporting = pairs.filter(~pl.col("is_tuning"))
    idle = not_asking(data).filter(~pl.col("is_tuning"))
    print("\nno task fits (none_share > 0.5), reporting halves")
    for name, texts in (("published clusters", reporting["name"]), ("small talk", idle["text"])):
        queries = pl.DataFrame({"query": [str(i) for i in range(len(texts))], "text": texts})
        said = index.candidates(queries, 1)["none_share"] > 0.5
        print(f"  {name:20} {said.mean():.3f} of {len(said):,}")


def bench_links(onet: Onet, cache: Path) -> None:
    """O*NET's own task-DWA rows: which DWA a statement finds, where it has just one."""
    encoder = load_encoder(EmbeddingSettings())
    links = ladder(onet).unique(["statement", "dwa_id"]).filter(pl.len().over("statement") == 1)
    links = links.sort("statement")
    names = onet.activities.filter(pl.col("level") == "DWA").sort("element_id")
    tasks = links.join(onet.statements, on="statement", maintain_order="left")["task"].to_list()
    dwas = cached_vectors(names["name"].to_list(), encoder, cache)
    cosine = cached_vectors(tasks, encoder, cache) @ dwas.T
    words = Lexicon(names["name"].to_list()).scores(tasks)
    place = {name: row for row, name in enumerate(names["element_id"])}
    gold = np.array([place[dwa] for dwa in links["dwa_id"]])
    print(f"\nO*NET {onet.version}: {len(gold):,} statements with a single DWA, of {len(place):,}")
    for name, scores in (
        ("cosine", cosine),
        ("BM25", words),
        ("ours: cosine + words", cosine + WORDS * words),
    ):
        rank = (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
        print(f"  {name:22}", "/".join(f"{(rank < k).mean():.3f}" for k in DEPTHS))


def _ranked(scores: np.ndarray, statements: pl.Series) -> list[list[str]]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :N]
    return [statements.gather(row).to_list() for row in order]


def _candidates(found: pl.DataFrame) -> list[list[str]]:
    return found.group_by("query", maintain_order=True).agg("statement")["statement"].to_list()


def _line(ranked: list[list[str]], gold: list[str], placed: pl.DataFrame) -> str:
    ranks = [row.index(task) if task in row else None for row, task in zip(ranked, gold)]
    mrr = np.mean([0 if rank is None else 1 / (rank + 1) for rank in ranks])
    parts = [f"MRR {mrr:.3f}"]
    for level in ONET_LEVELS:
        at = placed.filter(pl.col("level") == level).group_by("statement").agg("object_id")
        parts.append(f"{level} {_hits(ranked, gold, dict(at.iter_rows()))}")
    return "  ".join(parts)


def _hits(ranked: list[list[str]], gold: list[str], at: Mapping[str, list[str]]) -> str:
    """Of the pairs whose task has a home at the level: how many find one of its homes."""
    hits = []
    for row, task in zip(ranked, gold):
        if wanted := set(at.get(task, ())):
            first = next((i for i, t in enumerate(row) if wanted & set(at.get(t, ()))), N)
            hits.append([first < depth for depth in DEPTHS])
    return "/".join(f"{share:.3f}" for share in np.mean(hits, axis=0))


if __name__ == "__main__":
    main()
