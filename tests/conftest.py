"""What the tests share: the public data's folder, a hashing encoder, a small finished run."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from taxonomy.settings import Settings

# No test may spend anybody's money, whatever the environment holds.
for variable in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
    del os.environ[variable]

SMALL = ["cluster.n_clusters=12", "privacy.min_conversations=5", "privacy.min_users=3"]


# Minutes each: begun first, so that processes which share the tests end at about the same time.
LONGEST_FILES = ("test_notebooks.py", "test_chaos.py", "test_code.py")


def pytest_collection_modifyitems(items):
    order = {name: place for place, name in enumerate(LONGEST_FILES)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


class HashingEncoder:
    """Words in, unit vectors out: texts that share words are near; no weights needed."""

    name = "hashing"
    identity = "hashing@1"

    def encode(self, texts):
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in [*text.lower().split(), ""]:
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                generator = np.random.default_rng(int.from_bytes(digest, "big"))
                vectors[row] += generator.standard_normal(64)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="session")
def hashing_encoder():
    return HashingEncoder()


@pytest.fixture(scope="session")
def public_data() -> Path:
    folder = os.environ.get("TAXONOMY_DATA")
    if not folder:
        pytest.skip("TAXONOMY_DATA is not set: no public data to test on")
    return Path(folder)


@pytest.fixture(scope="session")
def small_settings() -> Settings:
    return Settings.load(None, SMALL)


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory) -> Path:
    from taxonomy.demo import write_corpus

    path = tmp_path_factory.mktemp("corpus") / "conversations.jsonl"
    write_corpus(path, n_conversations=600, random_state=3)
    return path


@pytest.fixture(scope="session")
def small_run(tmp_path_factory, small_corpus, small_settings, hashing_encoder) -> Path:
    """A finished run; tests read it and never write into it."""
    from taxonomy.pipeline import build

    folder = tmp_path_factory.mktemp("runs") / "small"
    return build([small_corpus], folder, small_settings, encoder=hashing_encoder)


@pytest.fixture
def write_jsonl(tmp_path):
    def write(rows, name="rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture
def unpublished():
    """Makes a copy of a run one of which nothing passes the floors, as its manifest says too."""
    import polars as pl

    from taxonomy.run import file_digest

    def clear(run: Path) -> Path:
        file, manifest = run / "measures.parquet", run / "manifest.json"
        pl.read_parquet(file).clear().write_parquet(file)
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        facts["stages"]["measures"]["outputs"][file.name] = file_digest(file)
        manifest.write_text(json.dumps(facts), encoding="utf-8")
        return run

    return clear
