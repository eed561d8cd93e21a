from __future__ import annotations

import polars as pl
import pytest

from taxonomy.onet.compare.clusters import matches
from taxonomy.onet.compare.novelty import novel_clusters, novelty_curve, novelty_reasons
from taxonomy.onet.compare.reasons import (
    ABOUT_AI,
    NEW_ACTIVITY,
    NOT_WORK,
    TOO_COARSE,
    reason,
    subject,
)


@pytest.fixture
def matched(crosswalk, clusters):
    return matches(crosswalk, clusters)


def why(name, *, personal=None, gwas=1.0, groups=1.0):
    cluster = {
        "name": [name],
        "personal_share": [personal],
        "effective_gwas": [gwas],
        "effective_groups": [groups],
    }
    frame = pl.DataFrame(cluster, schema_overrides={"personal_share": pl.Float64})
    return frame.select(reason()).item()


def test_the_curve_adds_up_what_lies_below(matched):
    # Matches 0.9, 0.6 and 0.1 of masses 0.5, 0.3 and 0.2.
    curve = novelty_curve(matched, thresholds=[0.1, 0.5, 0.7])
    of_match = curve.filter(pl.col("criterion") == "match")
    assert of_match["n"].to_list() == [0, 1, 2]
    assert of_match["conversation_share"].to_list() == pytest.approx([0, 0.2, 0.5])
    assert of_match["cluster_share"].to_list() == pytest.approx([0, 1 / 3, 2 / 3])


def test_a_cluster_without_a_home_is_listed_with_its_reason(matched):
    novel = novel_clusters(matched)
    assert novel.select("name", "conversation_share", "why").rows() == [
        ("Tell jokes", 0.2, NOT_WORK)
    ]


def test_a_reason_without_clusters_has_a_zero(matched):
    rows = novelty_reasons(matched, novel_clusters(matched))
    assert rows.select("scope", "why", "n").rows() == [
        ("without a home", ABOUT_AI, 0),
        ("without a home", NOT_WORK, 1),
        ("without a home", TOO_COARSE, 0),
        ("without a home", NEW_ACTIVITY, 0),
        ("all clusters", ABOUT_AI, 0),
        ("all clusters", NOT_WORK, 1),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Explain your capabilities as an assistant", ABOUT_AI),
        ("Write image prompts", ABOUT_AI),
        ("Build AI chatbot systems", NEW_ACTIVITY),
        ("Role-play as a pirate", NOT_WORK),
        ("Create travel itineraries", NOT_WORK),
        ("Develop a complete video game", NEW_ACTIVITY),
        ("Negotiate petitions", NEW_ACTIVITY),
        ("Tell jokes about Claude", ABOUT_AI),
    ],
)
def test_the_words_of_the_name_tell_the_reason(name, expected):
    assert why(name) == expected


def test_a_known_personal_share_goes_before_the_words():
    assert why("Tell jokes", personal=0.2) == NEW_ACTIVITY
    assert why("Write programs", personal=0.5) == NOT_WORK


def test_too_coarse_is_spread_over_activities_and_groups_alike():
    assert why("Do things", gwas=6.0, groups=4.0) == TOO_COARSE
    assert why("Do things", gwas=6.0, groups=3.9) == NEW_ACTIVITY


def test_a_cluster_with_nothing_placed_is_a_new_activity():
    assert why("Do things", gwas=None, groups=None) == NEW_ACTIVITY


def test_the_word_lists_on_the_published_names(public_data):
    from taxonomy.onet.compare.clusters import clusters_of
    from taxonomy.tree import Taxonomy

    clusters = clusters_of(Taxonomy.load(public_data / "aei" / "cluster_level_dataset.tsv"))
    counts = dict(clusters.group_by(subject().alias("why")).len().iter_rows())
    assert counts == {ABOUT_AI: 6, NOT_WORK: 24, None: 600}
