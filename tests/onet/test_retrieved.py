from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taxonomy.onet import retrieved
from taxonomy.onet.index import open_index
from taxonomy.onet.questions import ASSIGNED
from taxonomy.onet.retrieved import assign_by_retrieval
from taxonomy.onet.weights import agreement

from .asking import conversations, small_onet

SOUP = "cook soup of the hotel for kitchen diners with cook tools."
CHILD = "treat cough of the child for medical patients with treat tools."
USAGE = pl.DataFrame({"task": [SOUP, CHILD], "share": [0.2, 0.1]})


@pytest.fixture(scope="module")
def index(tmp_path_factory, hashing_encoder):
    return open_index(small_onet(), hashing_encoder, tmp_path_factory.mktemp("index"))


def test_each_conversation_gets_its_best_task(index):
    found = assign_by_retrieval(conversations(SOUP, CHILD), index)
    assert found.schema == ASSIGNED
    assert found["statement"].to_list() == [SOUP, CHILD]
    assert set(found["route"]) == {"offline"} and set(found["n_asked"]) == {0}
    assert found["flags"].null_count() == 2


@pytest.mark.parametrize("usage", [None, USAGE], ids=["alone", "with usage"])
def test_confidence_is_the_agreement_at_its_weight(index, usage, tmp_path):
    index = open_index(index.onet, index.encoder, tmp_path, usage=usage)
    found = assign_by_retrieval(conversations(SOUP), index)
    best = index.candidates(pl.DataFrame({"query": ["q"], "text": [SOUP]})).head(1)
    weight = pl.col("weight") * (1 - pl.col("none_share"))
    kind = "request" if usage is None else "request_with_usage"
    expected = best.select(agreement(weight, kind, "task")).item()
    assert found["confidence"].item() == pytest.approx(expected)


def test_what_is_far_from_every_task_is_none(index):
    far = -index.vectors.mean(axis=0, keepdims=True)
    far /= np.linalg.norm(far)
    found = assign_by_retrieval(conversations("Sing."), index, vectors=far)
    assert found["statement"].to_list() == ["none"]
    assert found["confidence"].item() > 0.99


def test_an_empty_request_is_flagged_and_shifts_no_vector(index):
    requests = conversations("", SOUP, None, " \n", CHILD)
    own = index.encoder.encode([text or "" for text in requests["request"]])
    for vectors in (None, own):
        found = assign_by_retrieval(requests, index, vectors=vectors)
        assert found["conversation_id"].to_list() == ["c0", "c1", "c2", "c3", "c4"]
        assert found["statement"].to_list() == [None, SOUP, None, None, CHILD]
        assert found["flags"].to_list() == ["no request", None, "no request", "no request", None]
        assert found["confidence"].is_null().to_list() == [True, False, True, True, False]


def test_vectors_that_are_known_are_used(index):
    swapped = index.encoder.encode([CHILD, SOUP])
    found = assign_by_retrieval(conversations(SOUP, CHILD), index, vectors=swapped)
    # The words still speak for the other; the vectors weigh more.
    assert found["statement"].to_list() == [CHILD, SOUP]


@pytest.mark.parametrize("requests", [(), (None,), ("", " ")])
def test_no_request_at_all(index, requests):
    found = assign_by_retrieval(conversations(*requests), index)
    assert found.schema == ASSIGNED and found.height == len(requests)
    assert found["statement"].null_count() == len(requests)


def test_more_conversations_than_a_block_come_out_alike(index, monkeypatch):
    requests = conversations(SOUP, None, CHILD, SOUP, CHILD)
    own = index.encoder.encode([text or "" for text in requests["request"]])
    whole = assign_by_retrieval(requests, index, vectors=own)
    monkeypatch.setattr(retrieved, "BLOCK", 2)
    blocks = assign_by_retrieval(requests, index, vectors=own)
    assert blocks["statement"].to_list() == whole["statement"].to_list()
    assert blocks["confidence"].drop_nulls().to_list() == pytest.approx(
        whole["confidence"].drop_nulls().to_list(), rel=1e-4
    )
