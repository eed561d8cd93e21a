from __future__ import annotations

import polars as pl

from taxonomy.onet.compare.labels import onet_labels, taxonomy_labels


def test_a_conversation_has_a_node_at_each_level():
    placed = pl.DataFrame(
        {"conversation_id": ["a", "a", "a"], "node_id": ["x", "y", "z"], "level": [0, 1, 2]}
    )
    assert taxonomy_labels(placed).rows(named=True) == [
        {"conversation_id": "a", "0": "x", "1": "y", "2": "z"}
    ]


def test_a_task_of_two_homes_takes_the_first_and_what_is_above_it(onet, homes):
    assigned = pl.DataFrame({"conversation_id": ["a"], "statement": ["direct budget activities."]})
    assert onet_labels(assigned, onet, homes).row(0) == (
        "a",
        "direct budget activities.",
        "4.A.1.a.1.I01.D01",
        "4.A.1.a.1.I01",
        "4.A.1.a.1",
        "11",
    )


def test_a_task_without_a_dwa_has_a_group_alone(onet, homes):
    assigned = pl.DataFrame({"conversation_id": ["a"], "statement": ["test code."]})
    row = onet_labels(assigned, onet, homes).row(0, named=True)
    assert (row["task"], row["DWA"], row["GWA"], row["major"]) == ("test code.", None, None, "15")


def test_conversations_without_a_task_have_no_row(onet, homes):
    assigned = pl.DataFrame({"conversation_id": ["a", "b"], "statement": ["none", None]})
    assert onet_labels(assigned, onet, homes).is_empty()
