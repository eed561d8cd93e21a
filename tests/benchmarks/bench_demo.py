"""The main job on the bundled corpus: time by stage, memory, and how much of the truth it finds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from taxonomy.clustering import cluster_vectors
from taxonomy.demo import truth_file
from taxonomy.run import read_log
from taxonomy.settings import ClusterSettings

N_CONVERSATIONS = 12_000
SEEDS = (0, 1, 2)


def run_demo(out: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "taxonomy", "demo", "--out", str(out)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return time.perf_counter() - started


def print_times(run: Path, wall: float) -> None:
    print("## The main job on the bundled corpus\n")
    print(f"{N_CONVERSATIONS:,} conversations, whole process {wall:.1f} s; bars: under 240 s, at")
    print("least 70% of it the encoder, peak under 2,048 MiB\n")
    print("| stage | seconds | share of wall | peak MiB so far |\n|---|---|---|---|")
    for line in read_log(run):
        seconds = line.get("seconds", 0.0)
        row = f"{seconds:.1f} | {seconds / wall:.0%} | {line.get('peak_mib', 0):,}"
        print(f"| {line['stage']} | {row} |")
    print()


def labelled(out: Path, run: Path) -> tuple[np.ndarray, np.ndarray, pl.DataFrame]:
    """Vectors of the conversations that have a true task, their labels in the run, their truth."""
    corpus = out / "demo" / f"conversations-{N_CONVERSATIONS}.jsonl"
    truth = pl.read_csv(truth_file(corpus), separator="\t", infer_schema=False)
    rows = pl.read_parquet(run / "clusters.parquet").with_row_index("row")
    known = rows.join(truth, on="conversation_id", maintain_order="left")
    known = known.filter(pl.col("task").is_not_null())
    vectors = np.load(run / "embeddings.npy")
    return vectors, known["row"].to_numpy(), known


def print_recovery(vectors: np.ndarray, rows: np.ndarray, truth: pl.DataFrame) -> None:
    k = truth["task"].n_unique()
    print(
        f"Agreement with the true tasks, n = {len(rows):,}, k = {k} (the true number), means over"
    )
    print(f"seeds {SEEDS}; the same vectors for all. The corpus is ours, so it proves little.\n")
    print("| method | AMI fine | ARI fine | AMI against the true topics |\n|---|---|---|---|")
    methods = {
        "ours": lambda seed: ours(vectors, k, seed, smoothing=True),
        "ours, smoothing off": lambda seed: ours(vectors, k, seed, smoothing=False),
        "sklearn KMeans(n_init=1)": lambda seed: KMeans(k, n_init=1, random_state=seed).fit_predict(
            vectors
        ),
    }
    for name, method in methods.items():
        scores = np.mean([score(method(seed)[rows], truth) for seed in SEEDS], axis=0)
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in scores)} |")
    scores = score(truth["cluster"].to_numpy(), truth)
    k_run = truth["cluster"].n_unique()
    print(f"| the run itself, k = {k_run} | {' | '.join(f'{value:.3f}' for value in scores)} |\n")


def ours(vectors: np.ndarray, k: int, seed: int, *, smoothing: bool) -> np.ndarray:
    settings = ClusterSettings(n_clusters=k, smoothing=smoothing)
    return cluster_vectors(vectors, settings, random_state=seed).labels


def score(labels: np.ndarray, truth: pl.DataFrame) -> tuple[float, float, float]:
    return (
        adjusted_mutual_info_score(truth["task"], labels),
        adjusted_rand_score(truth["task"], labels),
        adjusted_mutual_info_score(truth["topic"], labels),
    )


def print_levels(run: Path, truth: pl.DataFrame) -> None:
    nodes = pl.read_parquet(run / "nodes.parquet")
    parent = dict(nodes.select("node_id", "parent_id").iter_rows())
    leaf = dict(nodes.filter(pl.col("level") == 0).select("cluster", "node_id").iter_rows())
    at_0 = [leaf[cluster] for cluster in truth["cluster"]]
    at_1 = [parent[node] for node in at_0]
    at_2 = [parent[node] for node in at_1]
    print("| level | nodes | true level | true nodes | AMI |\n|---|---|---|---|---|")
    for name, labels, true in ((0, at_0, "task"), (1, at_1, "topic"), (2, at_2, "area")):
        ami = adjusted_mutual_info_score(truth[true], labels)
        print(f"| {name} | {len(set(labels))} | {true} | {truth[true].n_unique()} | {ami:.3f} |")
    print()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        wall = run_demo(out)
        run = out / "runs" / "demo"
        print_times(run, wall)
        vectors, rows, truth = labelled(out, run)
        print_recovery(vectors, rows, truth)
        print_levels(run, truth)


if __name__ == "__main__":
    main()
