from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet.compare import compare
from taxonomy.tree import Taxonomy

SECTIONS = {
    "coverage",
    "remainder",
    "novelty curve",
    "novelty",
    "novel clusters",
    "blind spots",
    "representation",
    "marginals",
}


@pytest.fixture
def comparison(taxonomy, crosswalk, onet, groups, employment, usage):
    return compare(taxonomy, crosswalk, onet, groups=groups, employment=employment, usage=usage)


@pytest.fixture
def two_routes():
    """Forty conversations: who asks for code is in the cluster of code, by both routes."""
    ids = [f"c{place:02}" for place in range(40)]
    tasks = ["write code."] * 20 + ["direct budget activities."] * 20
    nodes = [["code", "mid-1", "top"]] * 20 + [["budget", "mid-1", "top"]] * 20
    placed = [
        (conversation, node, level)
        for conversation, path in zip(ids, nodes, strict=True)
        for level, node in enumerate(path)
    ]
    columns = ["conversation_id", "node_id", "level"]
    return {
        "assigned": pl.DataFrame({"conversation_id": ids, "statement": tasks}),
        "placed": pl.DataFrame(placed, schema=columns, orient="row"),
    }


def test_every_frame_names_its_base(comparison):
    for name, frame in comparison.frames.items():
        assert "base" in frame.columns, name
        assert frame["base"].null_count() == 0


def test_the_summary_says_what_the_frames_say(comparison):
    lines = comparison.summary()
    assert lines[0] == "Taxonomy of 3/2/1 nodes beside O*NET 28.2 (crosswalk: offline)"
    assert "2 of 4 tasks (50.0%)" in lines[1]
    assert any("1 cluster, 20.0%" in line and "not work 1" in line for line in lines)
    assert len(lines) <= 12


def test_the_table_holds_every_section(comparison):
    table = comparison.table()
    assert set(table["section"]) == SECTIONS
    assert table["value"].null_count() == 0
    assert table["base"].null_count() == 0


def test_objects_that_no_cluster_reaches_are_in_the_table(taxonomy, crosswalk, onet):
    budgets = (pl.col("node_id") == "budget") & (pl.col("object_id") != "none")
    table = compare(taxonomy, crosswalk.filter(~budgets), onet).table()
    blind = table.filter((pl.col("section") == "blind objects") & (pl.col("level") == "GWA"))
    assert blind.select("object", "metric", "value").row(0) == (
        "Getting Information",
        "value, by importance",
        pytest.approx(2.25 / 7.5),
    )


def test_what_is_not_given_is_left_out(taxonomy, crosswalk, onet):
    comparison = compare(taxonomy, crosswalk, onet)
    assert comparison.representation.is_empty()
    assert comparison.marginals.is_empty()
    assert set(comparison.coverage["weighting"]) == {"objects", "importance"}
    assert "needs a run whose conversations" in page(comparison)


def test_both_routes_on_the_same_conversations(taxonomy, crosswalk, onet, groups, two_routes):
    comparison = compare(taxonomy, crosswalk, onet, groups=groups, **two_routes)
    pairs = comparison.agreement
    assert pairs.height == 15
    fine = pairs.filter((pl.col("level_a") == "0") & (pl.col("level_b") == "task"))
    assert fine.select("ami", "n").row(0) == (pytest.approx(1), 40)
    assert comparison.trees["tree_b"].to_list() == ["task < DWA < IWA < GWA", "task < major"]
    assert comparison.trees["agreement"].to_list() == [1, 1]
    assert {"agreement", "trees"} <= set(comparison.table()["section"])
    assert any("by both routes" in line for line in comparison.summary())


def test_the_conversations_own_groups_are_compared_too(
    taxonomy, crosswalk, onet, groups, employment, two_routes
):
    comparison = compare(
        taxonomy, crosswalk, onet, groups=groups, employment=employment, **two_routes
    )
    routes = comparison.representation["route"].unique().sort().to_list()
    assert routes == ["clusters", "conversations"]


def page(comparison):
    from taxonomy.onet.compare.page import page_html

    return page_html(comparison.facts, comparison.frames, comparison.summary())


def test_the_page_is_whole_and_loads_nothing(comparison):
    html = page(comparison)
    assert html.startswith("<!doctype html>")
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|src=|href=", html)
    assert html.count("<svg") == 8
    for tag in ("table", "section", "details", "svg", "figure", "div", "td", "th"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), tag


def test_names_cannot_break_the_page(taxonomy, crosswalk, onet, groups, employment):
    evil = "<script>alert('&')</script>"
    nodes = taxonomy.nodes.with_columns(name=pl.lit(evil))
    titles = groups.with_columns(title=pl.col("title") + evil)
    people = employment.with_columns(title=pl.col("title") + evil)
    html = page(
        compare(
            Taxonomy(nodes, taxonomy.measures), crosswalk, onet, groups=titles, employment=people
        )
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_comparison_is_written_and_replaced(comparison, tmp_path):
    folder = tmp_path / "comparison"
    for _ in range(2):
        comparison.write(folder)
    names = {file.name for file in folder.iterdir()}
    frames = {f"{name}.parquet" for name in comparison.frames}
    assert names == {"comparison.csv", "index.html", "facts.json", *frames}
    assert [entry.name for entry in tmp_path.iterdir() if "partial" in entry.name] == []
    assert pl.read_parquet(folder / "coverage.parquet").equals(comparison.coverage)


def test_a_comparison_repeats_to_the_byte(
    comparison, taxonomy, crosswalk, onet, groups, employment, usage, tmp_path
):
    again = compare(
        taxonomy,
        crosswalk.sample(fraction=1, shuffle=True, seed=1),
        onet,
        groups=groups,
        employment=employment,
        usage=usage.reverse(),
    )
    for name, made in (("one", comparison), ("other", again)):
        made.write(tmp_path / name)
    for file in ("comparison.csv", "index.html", "facts.json"):
        contents = {(tmp_path / name / file).read_bytes() for name in ("one", "other")}
        assert len(contents) == 1, file


def test_a_table_without_a_column_is_named(taxonomy, crosswalk, onet, usage):
    with pytest.raises(OnetError, match="the usage table has no column share; it has task, pct"):
        compare(taxonomy, crosswalk, onet, usage=usage.rename({"share": "pct"}))


def test_text_for_numbers_is_named(taxonomy, crosswalk, onet, usage):
    with pytest.raises(OnetError, match="column share of the usage table is String"):
        compare(taxonomy, crosswalk, onet, usage=usage.cast(pl.String))


def test_another_folder_is_not_overwritten(comparison, tmp_path):
    (tmp_path / "thesis.txt").write_text("dear to me")
    with pytest.raises(OnetError, match="no file of a comparison"):
        comparison.write(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_the_published_clusters_beside_the_tasks_they_are_published_with(public_data):
    """A stand-in crosswalk: each cluster's published task at 0.9, "none" at 0.1 (or 1)."""
    from taxonomy.onet.compare import read_iwa_usage
    from taxonomy.onet.homes import ONET_LEVELS, homes
    from taxonomy.onet.ladder import with_activities
    from taxonomy.onet.soc import major_groups, read_employment, read_soc
    from taxonomy.onet.tables import load_onet

    aei, tables = public_data / "aei", public_data / "onet"
    statements = load_onet(aei / "onet_task_statements.csv.gz")
    onet = with_activities(statements, load_onet(tables / "v30_1"))
    taxonomy = Taxonomy.load(aei / "cluster_level_dataset.tsv")
    usage = pl.read_csv(aei / "task_pct_v2.csv")
    result = compare(
        taxonomy,
        published_crosswalk(aei / "cluster_level_dataset.tsv", taxonomy, homes(onet), ONET_LEVELS),
        onet,
        groups=major_groups(read_soc(aei / "SOC_Structure.csv")),
        employment=read_employment(aei / "bls_employment_may_2023.csv"),
        usage=usage.select(task="task_name", share=pl.col("pct") / 100),
        external=read_iwa_usage(tables / "microsoft_working_with_ai" / "iwa_metrics.csv", onet),
    )
    # 370 distinct tasks; the 11 clusters without one hold 1.64% of the conversations.
    covered = result.coverage.filter(
        (pl.col("level") == "task")
        & (pl.col("criterion") == "best_weight")
        & (pl.col("threshold") == 0.9)
        & (pl.col("weighting") == "objects")
    )
    assert covered.select("covered", "total").row(0) == (370, 18428)
    assert any("by clusters and by published usage, rank" in line for line in result.summary())
    assert result.novel_clusters.height == 11
    assert result.novel_clusters["conversation_share"].sum() == pytest.approx(0.0164, abs=5e-5)
    # Usage by group as the index published it: 40.24% computer and mathematical, of 3.4%.
    published = result.representation.filter(
        (pl.col("route") == "published usage") & (pl.col("group") == "15")
    )
    assert published["share"].item() == pytest.approx(0.4024, abs=5e-5)
    assert published["employment_share"].item() == pytest.approx(0.034, abs=5e-4)


def published_crosswalk(path, taxonomy, homes, levels):
    wide = pl.read_csv(path, separator="\t", infer_schema=False)
    tasks = wide.select(
        name=pl.col("cluster_name_0").str.strip_chars(),
        statement=pl.col("onet_task").str.to_lowercase().str.strip_chars(),
    )
    named = taxonomy.level(0).select("node_id", "name").join(tasks, on="name")
    placed = named.join(homes, on="statement").select(
        "node_id",
        object_level="level",
        object_id="object_id",
        object="object",
        weight=0.9 * pl.col("part"),
    )
    none = pl.when(pl.col("statement").is_null()).then(1.0).otherwise(0.1)
    rest = [
        named.select(
            "node_id",
            object_level=pl.lit(level),
            object_id=pl.lit("none"),
            object=pl.lit("none"),
            weight=none,
        )
        for level in levels
    ]
    return pl.concat([placed, *rest]).with_columns(confidence=pl.col("weight"))


def test_a_file_of_ones_own_beside_a_comparison_is_not_lost(comparison, tmp_path):
    folder = tmp_path / "out"
    comparison.write(folder)
    comparison.write(folder)
    (folder / "thesis.txt").write_text("dear to me")
    with pytest.raises(OnetError, match=r"thesis\.txt"):
        comparison.write(folder)
    assert (folder / "thesis.txt").read_text() == "dear to me"


def test_what_was_made_with_a_prior_says_so(comparison):
    told = replace(comparison, facts=comparison.facts | {"has_prior": True})
    assert "not independent" in "\n".join(told.summary())
    assert "not independent" not in "\n".join(comparison.summary())
