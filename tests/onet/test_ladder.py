from __future__ import annotations

import networkx as nx
import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.ladder import ladder, onet_graph, with_activities
from taxonomy.onet.soc import read_soc
from taxonomy.onet.tables import load_onet

from .conftest import text

STATEMENTS_HEADER = ("O*NET-SOC Code", "Title", "Task ID", "Task", "Task Type")


@pytest.fixture
def onet(release):
    return load_onet(release)


@pytest.fixture
def old(tmp_path):
    """Statements alone: one worded alike, one worded otherwise with its id, one of neither."""
    rows = [
        ("11-1021.00", "Managers", "70", "DIRECT budget activities.", "Core"),
        ("15-1131.00", "Programmers", "3", "Write program code.", "Core"),
        ("15-1131.00", "Programmers", "71", "Punch cards.", "Core"),
    ]
    file = tmp_path / "statements.csv"
    file.write_text(text(STATEMENTS_HEADER, rows, ","), encoding="utf-8")
    return load_onet(file, version="20.2")


def test_a_ladder_has_a_row_a_link_up_to_the_gwa(onet):
    rows = ladder(onet)
    assert rows.height == 4
    assert rows.row(1, named=True) == {
        "task_id": 3,
        "onet_soc": "15-1252.00",
        "statement": "write code.",
        "dwa_id": "4.A.2.b.2.I14.D01",
        "dwa": "Write programs.",
        "iwa_id": "4.A.2.b.2.I14",
        "iwa": "Design software.",
        "gwa_id": "4.A.2.b.2",
        "gwa": "Thinking Creatively",
    }


def test_a_task_without_a_dwa_has_no_row(onet):
    assert set(ladder(onet)["task_id"]) == {1, 3, 4}


def test_tasks_are_found_by_statement_then_by_id(old, onet):
    joined = with_activities(old, onet)
    assert joined.version == "20.2"
    # Task 70 has the words of tasks 1 and 4, and so the DWAs of both.
    assert joined.task_dwas.rows() == [
        ("11-1021.00", 70, "4.A.1.a.1.I01.D01"),
        ("11-1021.00", 70, "4.A.2.b.2.I14.D01"),
        ("15-1131.00", 3, "4.A.2.b.2.I14.D01"),
        ("15-1131.00", 3, "4.A.2.b.2.I14.D02"),
    ]
    facts = joined.facts["activities"]
    assert facts["version"] == "28.2"
    assert [facts[f"tasks_{how}"] for how in ("by_statement", "by_id", "without")] == [1, 1, 1]
    assert ladder(joined).height == 4
    assert old.task_dwas.is_empty()


def test_activities_cannot_come_from_statements_alone(old, onet):
    with pytest.raises(OnetError, match=r"O\*NET 20.2 was read from task statements alone"):
        with_activities(onet, old)


def test_the_graph_leads_from_a_task_to_its_activities_and_its_occupation(onet):
    graph = onet_graph(onet)
    assert set(graph.successors("task:3")) == {
        "15-1252.00",
        "4.A.2.b.2.I14.D01",
        "4.A.2.b.2.I14.D02",
    }
    assert "4.A.2.b.2" in nx.descendants(graph, "task:3")
    assert graph.nodes["task:3"] == {"kind": "task", "name": "Write code."}
    assert graph.nodes["4.A.2.b.2"] == {"kind": "GWA", "name": "Thinking Creatively"}
    assert not list(graph.successors("15-1252.00"))


def test_groups_follow_the_occupation_straight_to_the_major_for_other_vintages(tmp_path, onet):
    file = tmp_path / "soc.csv"
    header = (
        "Major Group,Minor Group,Broad Occupation,Detailed Occupation,Detailed O*NET-SOC,"
        "SOC or O*NET-SOC 2019 Title"
    )
    rows = (
        "11-0000,,,,,Management",
        "15-0000,,,,,Computer",
        ",15-1200,,,,Computer Occupations",
        ",,15-1250,,,Developers",
        ",,,15-1252,,Software Developers",
    )
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    graph = onet_graph(onet, read_soc(file))
    path = nx.shortest_path(graph, "15-1252.01", "15-0000")
    assert path == ["15-1252.01", "15-1252", "15-1250", "15-1200", "15-0000"]
    assert list(graph.successors("11-1011.00")) == ["11-0000"]
    assert graph.nodes["15-1200"] == {"kind": "minor", "name": "Computer Occupations"}
    assert all({"kind", "name"} <= set(node) for _, node in graph.nodes(data=True))


def test_a_real_ladder_keeps_every_link(public_data):
    onet = load_onet(public_data / "onet" / "v30_1")
    rows = ladder(onet)
    assert rows.height == 23_850
    assert sum(rows.null_count().row(0)) == 0
    assert rows["dwa_id"].n_unique() == 2_083
    assert rows["gwa_id"].n_unique() == 37


@pytest.mark.parametrize(
    ("version", "found"), [("v29_1", (15_904, 1_229, 2_397)), ("v30_1", (16_160, 1_258, 2_112))]
)
def test_most_tasks_of_20_1_have_activities_in_later_releases(public_data, version, found):
    old = load_onet(public_data / "aei" / "onet_task_statements.csv.gz")
    joined = with_activities(old, load_onet(public_data / "onet" / version))
    facts = joined.facts["activities"]
    counts = tuple(facts[f"tasks_{how}"] for how in ("by_statement", "by_id", "without"))
    assert counts == found
    assert sum(counts) == old.tasks.height
    tasks = joined.task_dwas.select("onet_soc", "task_id").n_unique()
    assert tasks == found[0] + found[1]


def test_the_real_graph_has_no_cycle(public_data):
    onet = load_onet(public_data / "onet" / "v29_1")
    graph = onet_graph(onet, read_soc(public_data / "aei" / "SOC_Structure.csv"))
    assert nx.is_directed_acyclic_graph(graph)
    kinds = pl.Series([kind for _, kind in graph.nodes(data="kind")])
    counts = dict(kinds.value_counts().iter_rows())
    assert counts["task"] == 18_796
    assert counts["DWA"] == 2_087
    assert counts["major"] == 23
