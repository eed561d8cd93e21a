from __future__ import annotations

import numpy as np
import pytest

from taxonomy.errors import EncoderError
from taxonomy.onet import vectors
from taxonomy.onet.vectors import cached_vectors, mean_vectors


class Counting:
    """An encoder that keeps what it was asked, and breaks off at a word."""

    name = "counting"

    def __init__(self, encoder, identity="counting@1", stop_at=None):
        self.encoder, self.identity, self.stop_at = encoder, identity, stop_at
        self.asked = []

    def encode(self, texts):
        if self.stop_at in texts:
            raise KeyboardInterrupt
        self.asked += texts
        return self.encoder.encode(texts)


@pytest.fixture
def counting(hashing_encoder):
    return lambda *given, **named: Counting(hashing_encoder, *given, **named)


TEXTS = ["Write code.", "Bake bread.", "Write code."]


def test_vectors_come_in_the_order_of_the_texts(tmp_path, hashing_encoder):
    found = cached_vectors(TEXTS, hashing_encoder, tmp_path)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, hashing_encoder.encode(TEXTS))


def test_the_same_texts_are_encoded_once(tmp_path, counting):
    encoder = counting()
    first = cached_vectors(TEXTS, encoder, tmp_path)
    np.testing.assert_array_equal(cached_vectors(TEXTS, encoder, tmp_path), first)
    assert sorted(encoder.asked) == ["Bake bread.", "Write code."]


def test_nothing_but_the_vectors_stays(tmp_path, hashing_encoder):
    cached_vectors(TEXTS, hashing_encoder, tmp_path)
    (file,) = tmp_path.rglob("*")
    assert file.name.startswith("vectors-")


def test_other_texts_or_another_order_are_other_vectors(tmp_path, hashing_encoder):
    cached_vectors(TEXTS, hashing_encoder, tmp_path)
    turned = cached_vectors(TEXTS[1:], hashing_encoder, tmp_path)
    np.testing.assert_array_equal(turned, hashing_encoder.encode(TEXTS[1:]))


def test_two_encoders_share_a_folder(tmp_path, counting):
    first, second = counting("a@1"), counting("b@1")
    for encoder in (first, second, first, second):
        cached_vectors(TEXTS, encoder, tmp_path)
    assert len(first.asked) == len(second.asked) == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_broken_off_goes_on_where_it_was(tmp_path, counting, monkeypatch):
    monkeypatch.setattr(vectors, "SHARD_SIZE", 1)
    texts = ["a", "bb", "ccc"]
    with pytest.raises(KeyboardInterrupt):
        cached_vectors(texts, counting("a@1", stop_at="ccc"), tmp_path)
    # Another encoder that finishes in between clears away its own.
    cached_vectors(texts, counting("b@1"), tmp_path)
    again = counting("a@1")
    found = cached_vectors(texts, again, tmp_path)
    assert again.asked == ["ccc"]
    np.testing.assert_array_equal(found, again.encoder.encode(texts))


@pytest.mark.parametrize("keep", [0, 40, -4])
def test_a_damaged_file_is_made_again(tmp_path, hashing_encoder, keep):
    whole = cached_vectors(TEXTS, hashing_encoder, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    np.testing.assert_array_equal(cached_vectors(TEXTS, hashing_encoder, tmp_path), whole)


def test_vectors_of_other_texts_under_its_name_are_made_again(tmp_path, hashing_encoder):
    whole = cached_vectors(TEXTS, hashing_encoder, tmp_path)
    (file,) = tmp_path.iterdir()
    np.save(file, whole[:2])
    assert len(cached_vectors(TEXTS, hashing_encoder, tmp_path)) == 3


def test_no_text_is_an_error(tmp_path, hashing_encoder):
    with pytest.raises(EncoderError, match="no text"):
        cached_vectors([], hashing_encoder, tmp_path)


def test_a_mean_has_length_one_and_an_empty_list_none():
    axes = np.eye(2, dtype=np.float32)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(
        mean_vectors([[0, 1], [], [1]], axes), [[half, half], [0, 0], [0, 1]], rtol=1e-6
    )


def test_vectors_that_cancel_out_are_no_division_by_zero():
    opposite = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    np.testing.assert_array_equal(mean_vectors([[0, 1]], opposite), [[0, 0]])
