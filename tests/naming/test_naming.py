from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from taxonomy.naming import CLUSTER_NAMES, description_faults, draft_faults, name_clusters
from taxonomy.settings import NamingSettings

_SPEC = importlib.util.spec_from_file_location("naming_toy", Path(__file__).with_name("toy.py"))
toy = importlib.util.module_from_spec(_SPEC)
sys.modules["naming_toy"] = toy
_SPEC.loader.exec_module(toy)

SETTINGS = NamingSettings(min_users=3)


def name(topics, *, settings=SETTINGS, encoder=None, languages=()):
    return name_clusters(
        toy.members(topics, languages=languages), toy.centers(topics), settings, encoder=encoder
    )


def test_names_say_what_members_share():
    names = name(toy.TOPICS)["name"].to_list()
    assert names[0] == "Debug import errors in Python"
    assert names[1].startswith("Write stories about") and "dragons" in names[1]
    assert names[2].startswith("Explain") and "photosynthesis" in names[2]
    assert names[3] == "Answer questions about cats"


@pytest.mark.parametrize("encoder", [None, toy.WordEncoder()])
def test_names_and_descriptions_keep_the_style(encoder):
    named = name(toy.TOPICS, encoder=encoder)
    assert dict(named.schema) == CLUSTER_NAMES
    assert named["cluster"].to_list() == [0, 1, 2, 3]
    assert named["namer"].unique().to_list() == ["offline"]
    assert [fault for text in named["name"] for fault in draft_faults(text)] == []
    assert [fault for text in named["description"] for fault in description_faults(text)] == []


def test_like_clusters_get_different_names():
    named = name([toy.CATS, toy.CATS, toy.CATS, toy.DRAGONS])
    assert named["name"].n_unique() == 4


def test_a_word_of_too_few_users_is_never_published():
    secret = [*toy.CATS, "What does my cat Zorbax eat?", "Why is Zorbax not like other cats?"]
    named = name([secret, toy.DRAGONS])
    assert (
        "zorbax" not in " ".join(named["name"].to_list() + named["description"].to_list()).lower()
    )


def test_one_user_who_repeats_is_one_voice():
    busy = toy.members([toy.CATS, toy.DRAGONS])
    extra = pl.DataFrame(
        {
            "conversation_id": [f"x{i}" for i in range(30)],
            "user_id": ["busy"] * 30,
            "request": [f"Sell my Zorbax motor number {i}" for i in range(30)],
            "cluster": pl.Series([0] * 30, dtype=pl.Int32),
            "language": ["en"] * 30,
            "similarity": pl.Series([0.5] * 30, dtype=pl.Float32),
        }
    )
    both = pl.concat([busy, extra.select(busy.columns)])
    named = name_clusters(both, toy.centers([toy.CATS, toy.DRAGONS]), SETTINGS, encoder=None)
    assert (
        "zorbax" not in " ".join(named["name"].to_list() + named["description"].to_list()).lower()
    )


@pytest.mark.parametrize("seed", range(20))
def test_every_word_of_a_random_cluster_has_its_users_or_comes_from_our_lists(seed: int):
    rng = np.random.default_rng(seed)
    nonce = [f"{a}{b}ax" for a in ("zor", "bil", "kre", "fum", "dap") for b in ("ti", "lo", "ne")]
    topics = [
        [f"Write a {rng.choice(nonce)} about the {rng.choice(nonce)}" for _ in range(25)]
        for _ in range(3)
    ]
    named = name(topics, settings=NamingSettings(min_users=4))
    for cluster, text, description in named.select("cluster", "name", "description").iter_rows():
        said = f"{text} {description}".lower()
        for word in nonce:
            users = sum(word in request for request in topics[cluster])
            assert word not in said or users >= 4


def test_a_cluster_below_the_floor_gets_a_general_name():
    named = name([toy.CATS[:2], toy.DRAGONS])
    assert named["name"][0].startswith("Handle")
    assert "cat" not in named["description"][0]


def test_many_clusters_below_the_floor_still_get_names_of_their_own():
    named = name([[request] for request in toy.CATS + toy.DRAGONS])
    assert named["name"].n_unique() == 12
    assert [fault for text in named["name"] for fault in draft_faults(text)] == []


def test_a_cluster_in_another_language_is_named_by_the_language():
    spanish = ["Escribe un cuento sobre un perro"] * 3 + ["Dame una receta de arroz"] * 3
    named = name([spanish, toy.CATS], languages=["es", "en"])
    assert named["name"][0] == "Handle requests written in Spanish"


def test_unassigned_members_and_missing_users_are_no_obstacle():
    frame = toy.members(toy.TOPICS).with_columns(
        user_id=pl.lit(None, pl.String),
        cluster=pl.when(pl.col("conversation_id").str.ends_with("-5"))
        .then(pl.lit(-1, pl.Int32))
        .otherwise("cluster"),
    )
    named = name_clusters(frame, toy.centers(toy.TOPICS), SETTINGS, encoder=None)
    assert named.height == 4


def test_the_order_of_rows_changes_nothing():
    frame, centers = toy.members(toy.TOPICS), toy.centers(toy.TOPICS)
    first = name_clusters(frame, centers, SETTINGS, encoder=toy.WordEncoder())
    shuffled = frame.sample(fraction=1, shuffle=True, seed=3)
    again = name_clusters(shuffled, centers, SETTINGS, encoder=toy.WordEncoder())
    assert first.equals(again)
