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
from onet_pairs import index_onet, index_usage, listed_objects, not_asking, published_pairs

from taxonomy.embedding import load_encoder
from taxonomy.onet.crosswalk import LISTED, N_CANDIDATES
from taxonomy.onet.homes import ONET_LEVELS, homes
from taxonomy.onet.index import TaskIndex, open_index
from taxonomy.onet.ladder import ladder
from taxonomy.onet.lexicon import Lexicon
from taxonomy.onet.tables import Onet, load_onet
from taxonomy.onet.vectors import cached_vectors
from taxonomy.onet.weights import agreement
from taxonomy.run import peak_memory_mib
from taxonomy.settings import EmbeddingSettings

DEPTHS = (1, 5, 20)
N = 100
DEEP = 300
# Runs a verb and says last what memory it took.
MEASURED = """
import re, sys
from taxonomy.cli import app
app(sys.argv[1:], standalone_mode=False)
# Not getrusage, which counts what the parent held before this process was its own.
kib = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(f"{int(kib) // 1024:,} MiB", file=sys.stderr)
"""


def main() -> None:
    """Print the tables; an argument-free run embeds O*NET anew, so that its time is measured."""
    print("## O*NET\n")
    if "TAXONOMY_DATA" not in os.environ:
        print("skipped, because TAXONOMY_DATA does not name the folder of public data.")
        return
    data = Path(os.environ["TAXONOMY_DATA"])
    onet, pairs = index_onet(data), published_pairs(data)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("TAXONOMY_ONET_CACHE", folder))
        bench_pairs(onet, pairs, data, cache)
        bench_links(load_onet(data / "onet" / "v29_1"), cache)
        bench_compare(data, cache)
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
    popular = np.broadcast_to(informed.prior, cosine.shape)
    found = {
        "usage alone, same for all": _ranked(popular, statements),
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
            print(f"{name:26}", _line([ranked[row] for row in rows], gold, placed))
    _bench_none(plain, pairs, data)
    for name, index in (("without", plain), ("with", informed)):
        print(f"\nconfidence in the best object, reporting half, {name} usage")
        bench_confidence(index, pairs, placed)


def _bench_none(index: TaskIndex, pairs: pl.DataFrame, data: Path) -> None:
    """How often "no task fits" is said of what asks for something, and of what does not."""
    reporting = pairs.filter(~pl.col("is_tuning"))
    idle = not_asking(data).filter(~pl.col("is_tuning"))
    print("\nno task fits (none_share > 0.5), reporting halves")
    for name, texts in (("published clusters", reporting["name"]), ("small talk", idle["text"])):
        queries = pl.DataFrame({"query": [str(i) for i in range(len(texts))], "text": texts})
        said = index.candidates(queries, 1)["none_share"] > 0.5
        print(f"  {name:20} {said.mean():.3f} of {len(said):,}")


def bench_links(onet: Onet, cache: Path) -> None:
    """O*NET's own task-DWA rows: which DWA a statement finds, where it has just one.

    Ours is the index as it is used: the statement is searched for among all others, and the DWAs of
    what is found stand in its order.
    """
    encoder = load_encoder(EmbeddingSettings())
    index = open_index(onet, encoder, cache)
    links = ladder(onet).unique(["statement", "dwa_id"]).filter(pl.len().over("statement") == 1)
    links = links.sort("statement").gather_every(2)
    names = onet.activities.filter(pl.col("level") == "DWA").sort("element_id")
    place = {name: row for row, name in enumerate(names["element_id"])}
    gold = np.array([place[dwa] for dwa in links["dwa_id"]])
    rows = onet.statements.with_row_index().join(links, on="statement", maintain_order="right")
    dwas = cached_vectors(names["name"].to_list(), encoder, cache)
    cosine = index.vectors[rows["index"].to_numpy()] @ dwas.T
    words = Lexicon(names["name"].to_list()).scores(rows["task"].to_list())
    print(f"\nO*NET {onet.version}, {len(gold):,} statements of a single DWA, hits@1/@5/@20")
    for name, scores in (("cosine of DWA names", cosine), ("BM25 of DWA names", words)):
        rank = (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
        print(f"{name:26}", _depths(rank))
    print(f"{'ours':26}", _depths(_rank_through(index, rows)))


def _rank_through(index: TaskIndex, rows: pl.DataFrame) -> np.ndarray:
    """The rank of each statement's DWA among those of the other statements that it finds."""
    found = index.candidates(rows.select("statement", query="statement", text="task"), DEEP)
    others = found.filter(pl.col("query") != pl.col("statement"))
    placed = homes(index.onet).filter(pl.col("level") == "DWA").select("statement", "object_id")
    reached = others.join(placed, on="statement").sort("query", "rank", "object_id")
    order = reached.unique(["query", "object_id"], keep="first", maintain_order=True).with_columns(
        place=pl.int_range(pl.len()).over("query")
    )
    right = rows.select("dwa_id", query="statement").join(
        order, left_on=["query", "dwa_id"], right_on=["query", "object_id"], how="left"
    )
    return right["place"].fill_null(DEEP).to_numpy()


def _depths(rank: np.ndarray) -> str:
    return "/".join(f"{(rank < depth).mean():.3f}" for depth in DEPTHS)


def bench_confidence(index: TaskIndex, pairs: pl.DataFrame, placed: pl.DataFrame) -> None:
    """How well the stated confidence agrees with the reporting half, by level of O*NET."""
    kind = index.kind("node")
    rows = pairs.filter(~pl.col("is_tuning"))
    found, gold = index.candidates(rows, N_CANDIDATES), rows.select("query", statement="gold")
    for level in ONET_LEVELS:
        at = placed.filter(pl.col("level") == level)
        listed = listed_objects(found, gold, at, LISTED[level]).with_columns(
            said=agreement(pl.col("weight"), kind, level)
        )
        best = listed.filter("is_best")
        print(
            f"  {level:6} best object: said {best['said'].mean():.3f}, agreed "
            f"{best['agrees'].mean():.3f}; all {listed.height:,} listed: said "
            f"{listed['said'].mean():.3f}, agreed {listed['agrees'].mean():.3f}, "
            f"calibration error {_calibration_error(listed):.3f}"
        )


def _calibration_error(listed: pl.DataFrame) -> float:
    """Mean distance of what was said and what agreed, in ten parts of equal count."""
    parts = listed.sort("said", "query").with_columns(part=pl.int_range(pl.len()) * 10 // pl.len())
    off = parts.group_by("part").agg(
        n=pl.len(), off=(pl.col("said").mean() - pl.col("agrees").mean()).abs()
    )
    return float((off["n"] * off["off"]).sum() / listed.height)


def bench_compare(data: Path, cache: Path) -> None:
    """The verb on the published table, O*NET's vectors being there."""
    import subprocess
    import sys

    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-c", MEASURED, "onet", "compare"]
        command += [str(data / "aei" / "cluster_level_dataset.tsv"), "--out", f"{out}/comparison"]
        command += ["--onet", str(data / "aei" / "onet_task_statements.csv.gz")]
        command += ["--activities", str(data / "onet" / "v30_1"), "--cache", str(cache)]
        command += ["--usage", str(data / "aei" / "task_pct_v2.csv")]
        command += ["--soc", str(data / "aei" / "SOC_Structure.csv")]
        command += ["--employment", str(data / "aei" / "bls_employment_may_2023.csv")]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - started
    peak = done.stderr.strip().splitlines()[-1]
    print(f"\ntaxonomy onet compare, 630 clusters: {seconds:.0f} s (bar 180), {peak} (bar 3,072)")


def _ranked(scores: np.ndarray, statements: pl.Series) -> list[list[str]]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :N]
    return [statements.gather(row).to_list() for row in order]


def _candidates(found: pl.DataFrame) -> list[list[str]]:
    return found.group_by("query", maintain_order=True).agg("statement")["statement"].to_list()


def _line(ranked: list[list[str]], gold: list[str], placed: pl.DataFrame) -> str:
    ranks = [
        row.index(task) if task in row else None for row, task in zip(ranked, gold, strict=True)
    ]
    mrr = np.mean([0 if rank is None else 1 / (rank + 1) for rank in ranks])
    parts = [f"MRR {mrr:.3f}"]
    for level in ONET_LEVELS:
        at = placed.filter(pl.col("level") == level).group_by("statement").agg("object_id")
        parts.append(f"{level} {_hits(ranked, gold, dict(at.iter_rows()))}")
    return "  ".join(parts)


def _hits(ranked: list[list[str]], gold: list[str], at: Mapping[str, list[str]]) -> str:
    """Of the pairs whose task has a home at the level: how many find one of its homes."""
    hits = []
    for row, task in zip(ranked, gold, strict=True):
        if wanted := set(at.get(task, ())):
            first = next((i for i, t in enumerate(row) if wanted & set(at.get(t, ()))), N)
            hits.append([first < depth for depth in DEPTHS])
    return "/".join(f"{share:.3f}" for share in np.mean(hits, axis=0))


if __name__ == "__main__":
    main()
