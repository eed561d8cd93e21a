from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from taxonomy.onet.homes import HOMES, ONET_LEVELS, homes
from taxonomy.onet.reading import ACTIVITIES, TASK_DWAS
from taxonomy.onet.tables import load_onet


@pytest.fixture
def onet(release):
    return load_onet(release)


def at(onet, level, statement):
    rows = homes(onet).filter(pl.col("level") == level, pl.col("statement") == statement)
    return dict(rows.select("object_id", "part").iter_rows())


def test_a_statement_is_its_own_task(onet):
    rows = homes(onet).filter(pl.col("level") == "task")
    assert rows["object_id"].to_list() == onet.statements["statement"].to_list()
    assert rows["object"].to_list() == onet.statements["task"].to_list()
    assert rows["part"].unique().to_list() == [1.0]


def test_a_statement_is_shared_by_its_dwas(onet):
    halves = {"4.A.2.b.2.I14.D01": 0.5, "4.A.2.b.2.I14.D02": 0.5}
    assert at(onet, "DWA", "write code.") == halves
    # Both DWAs are of one IWA, so their halves meet again there.
    assert at(onet, "IWA", "write code.") == {"4.A.2.b.2.I14": 1.0}
    assert at(onet, "GWA", "write code.") == {"4.A.2.b.2": 1.0}


def test_equal_statements_of_two_occupations_have_the_homes_of_both(onet):
    # Task 1 of the executives and task 4 of the developers say the same.
    budget = "direct budget activities."
    assert at(onet, "GWA", budget) == {"4.A.1.a.1": 0.5, "4.A.2.b.2": 0.5}
    assert at(onet, "major", budget) == {"11": 0.5, "15": 0.5}


def test_a_dwa_that_two_occupations_give_counts_once(onet):
    links = pl.concat([onet.task_dwas, onet.task_dwas.filter(pl.col("task_id") == 4)])
    doubled = replace(onet, task_dwas=links)
    assert homes(doubled).equals(homes(onet))


def test_titles_of_one_group_add_up(onet):
    third = onet.tasks.filter(pl.col("task_id") == 4).with_columns(
        onet_soc=pl.lit("15-9999.00"), title=pl.lit("Others")
    )
    more = replace(onet, tasks=pl.concat([onet.tasks, third]))
    parts = at(more, "major", "direct budget activities.")
    assert parts == pytest.approx({"11": 1 / 3, "15": 2 / 3})


def test_a_statement_without_a_dwa_has_a_task_and_a_group_alone(onet):
    rows = homes(onet).filter(pl.col("statement") == "test code.")
    assert rows["level"].to_list() == ["task", "major"]


def test_parts_add_up_to_one_and_rows_come_by_level(onet):
    rows = homes(onet)
    sums = rows.group_by("statement", "level").agg(pl.col("part").sum())
    assert sums["part"].to_list() == pytest.approx([1.0] * sums.height)
    assert rows.schema == HOMES
    assert tuple(rows["level"].unique(maintain_order=True)) == ONET_LEVELS
    assert homes(onet).equals(rows)


def test_statements_alone_have_no_activities(onet):
    bare = replace(
        onet,
        activities=pl.DataFrame(schema=ACTIVITIES),
        task_dwas=pl.DataFrame(schema=TASK_DWAS),
    )
    assert set(homes(bare)["level"]) == {"task", "major"}


def test_of_o_net_29_1_all_18_thousand_statements_have_a_group(public_data):
    onet = load_onet(public_data / "onet" / "v29_1")
    rows = homes(onet)
    sums = rows.group_by("level", maintain_order=True).agg(pl.col("part").sum())
    masses = dict(sums.iter_rows())
    assert masses["task"] == masses["major"] == pytest.approx(onet.statements.height)
    assert masses["DWA"] == pytest.approx(masses["IWA"]) == pytest.approx(masses["GWA"])
    n_objects = dict(rows.group_by("level").agg(pl.col("object_id").n_unique()).iter_rows())
    assert {level: n_objects[level] for level in ONET_LEVELS[1:]} == {
        "DWA": 2082, "IWA": 332, "GWA": 37, "major": 22,
    }  # fmt: skip
