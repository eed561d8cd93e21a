from __future__ import annotations

import polars as pl
import pytest

from taxonomy.measures import MEASURE_BASES, MEASURES, measure, place_members

# A tree of one level-2 node over one level-1 node over two clusters.
NODES = pl.DataFrame(
    {
        "node_id": ["a", "b", "up", "top"],
        "parent_id": ["up", "up", "top", None],
        "level": [0, 0, 1, 2],
        "cluster": [0, 1, None, None],
    },
    schema={
        "node_id": pl.String,
        "parent_id": pl.String,
        "level": pl.Int8,
        "cluster": pl.Int32,
    },
)
# Four conversations in cluster 0, of users x, x, y and nobody known; one in cluster 1, of x.
CLUSTERS = pl.DataFrame(
    {"conversation_id": ["c1", "c2", "c3", "c4", "c5", "c6"], "cluster": [0, 0, 0, 0, 1, -1]},
    schema_overrides={"cluster": pl.Int32},
)
PEOPLE = pl.DataFrame(
    {
        "conversation_id": ["c1", "c2", "c3", "c4", "c5", "c6"],
        "user_id": ["x", "x", "y", None, "x", "z"],
        "collaboration": ["directive", "feedback loop", "learning", "none", "directive", "none"],
        "thinking": [True, False, None, None, None, True],
        "use_case": pl.Series([None] * 6, dtype=pl.String),
    }
)


@pytest.fixture(scope="module")
def values():
    rows = measure(place_members(CLUSTERS, NODES), PEOPLE)
    return {
        (node, name): value
        for node, name, value in rows.select("node_id", "measure", "value").iter_rows()
    }


def test_a_conversation_belongs_to_one_node_a_level():
    placed = place_members(CLUSTERS, NODES).sort("level", "conversation_id")
    assert placed["node_id"].to_list() == ["a"] * 4 + ["b"] + ["up"] * 5 + ["top"] * 5


def test_an_unassigned_conversation_belongs_to_no_node():
    assert "c6" not in place_members(CLUSTERS, NODES)["conversation_id"]


def test_a_conversation_without_a_user_id_is_its_own_user(values):
    assert (values["a", "n_conversations"], values["a", "n_users"]) == (4, 3)


def test_a_parent_counts_a_user_once(values):
    assert (values["up", "n_conversations"], values["up", "n_users"]) == (5, 3)


def test_shares_of_conversations_sum_to_one_on_a_level(values):
    assert (values["a", "conversation_share"], values["b", "conversation_share"]) == (0.8, 0.2)
    assert values["top", "conversation_share"] == 1


def test_the_two_shares_of_users_have_different_bases(values):
    # Three users in all; three are in a, one is in b: four user-node pairs.
    assert (values["a", "user_share"], values["b", "user_share"]) == (1, pytest.approx(1 / 3))
    assert (values["a", "user_incidence_share"], values["b", "user_incidence_share"]) == (
        0.75,
        0.25,
    )


def test_the_six_patterns_are_shares_of_the_labelled_conversations(values):
    assert values["a", "directive_share"] == values["a", "none_share"] == 0.25
    assert values["a", "validation_share"] == 0


def test_automation_is_a_share_of_the_five_patterns(values):
    assert values["a", "automation_share"] == pytest.approx(2 / 3)
    assert values["a", "augmentation_share"] == pytest.approx(1 / 3)


def test_thinking_is_a_share_of_where_it_is_known(values):
    assert values["a", "thinking_share"] == 0.5
    assert values["b", "thinking_share"] is None


def test_the_top_user_share_is_of_the_node(values):
    assert (values["a", "top_user_share"], values["up", "top_user_share"]) == (0.5, 0.6)


def test_a_user_id_that_looks_like_a_conversation_id_is_another_user():
    people = PEOPLE.with_columns(user_id=pl.Series(["c4", "x", "y", None, "x", "z"]))
    rows = measure(place_members(CLUSTERS, NODES), people)
    users = rows.filter((pl.col("node_id") == "a") & (pl.col("measure") == "n_users"))
    assert users["value"].to_list() == [4]


def test_every_node_has_every_measure_with_its_base():
    rows = measure(place_members(CLUSTERS, NODES), PEOPLE.with_columns(use_case=pl.lit("work")))
    assert rows.schema == pl.Schema(MEASURES)
    assert rows.height == 4 * len(MEASURE_BASES)
    assert dict(rows.select("measure", "base").unique().iter_rows()) == MEASURE_BASES


def test_a_conversation_without_a_label_is_in_no_base():
    people = PEOPLE.with_columns(collaboration=pl.Series(["directive", *[None] * 5]))
    rows = measure(place_members(CLUSTERS, NODES), people)
    share = rows.filter((pl.col("node_id") == "a") & (pl.col("measure") == "directive_share"))
    assert share["value"].to_list() == [1.0]


def test_shares_of_use_cases_are_there_where_one_is_known():
    cases = ["work", "work", "personal", None, "coursework", None]
    people = PEOPLE.with_columns(use_case=pl.Series(cases, dtype=pl.String))
    rows = measure(place_members(CLUSTERS, NODES), people)
    found = {
        (node, name): value
        for node, name, value in rows.select("node_id", "measure", "value").iter_rows()
    }
    assert found["a", "work_share"] == pytest.approx(2 / 3)
    assert found["a", "personal_share"] == pytest.approx(1 / 3)
    assert found["up", "coursework_share"] == 0.25
    without = measure(place_members(CLUSTERS, NODES), PEOPLE)
    assert not without["measure"].str.starts_with("work").any()
