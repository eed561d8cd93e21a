from __future__ import annotations

import importlib.util
import random
import re
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from taxonomy.hierarchy import (
    NODES,
    build_hierarchy_by_claude,
    hierarchy_prompt_version,
    level_sizes,
    tree_faults,
)
from taxonomy.hierarchy.layer import bounds
from taxonomy.naming import content_words
from taxonomy.settings import HierarchySettings, Settings


def load(name):
    path = Path(__file__).parents[1] / "naming" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"hierarchy_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


toy, scripted = load("toy"), load("scripted")
SETTINGS = Settings()
MODEL = SETTINGS.claude.hierarchy.model
FIELDS = {
    "Cook": ["soup", "pizza", "salad", "bread", "rice", "fish", "cake", "pasta"],
    "Repair": ["bicycle", "radio", "fridge", "kettle", "lamp", "drill", "clock", "fan"],
    "Translate": ["poem", "letter", "menu", "contract", "novel", "speech", "advert", "song"],
    "Program": ["robot", "website", "parser", "server", "compiler", "game", "sensor", "crawler"],
}
KINDS = ["large", "odd", "small"]


def clusters(n=32, *, hidden=()):
    """Eight clusters in each of four fields, and centres that lie by field."""
    rng = np.random.default_rng(0)
    tops = rng.normal(size=(4, 16))
    rows, centers = [], []
    for place in range(n):
        field, number = list(FIELDS)[place % 4], place // 4 % 8
        thing = FIELDS[field][number]
        name = f"{field} a {thing} with things" + (f" of kind {place // 32}" if place > 31 else "")
        about = f"Users wanted to {field.lower()} a {thing}. Most were beginners."
        size = 0 if place in hidden else 20 + place
        rows.append((place, name, about, size, MODEL, None))
        centers.append(tops[place % 4] + 0.3 * rng.normal(size=16))
    schema = {
        "cluster": pl.Int32,
        "name": pl.String,
        "description": pl.String,
        "n_conversations": pl.Int64,
        "namer": pl.String,
        "flags": pl.String,
    }
    vectors = np.stack(centers)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return pl.DataFrame(rows, schema=schema, orient="row"), vectors


def bounds_of(request):
    return tuple(map(int, re.search(r"(\d+) to (\d+)", request.task).groups()))


def text(name):
    return {"name": name, "description": f"Users asked for {name.lower()}. They were many."}


def by_field(request):
    """Level 1 by field and kind, level 2 by field; every answer good."""
    material = request.material
    if "clusters" in material:
        names = [cluster["name"] for cluster in material["clusters"]]
        fields = sorted({name.split()[0] for name in names})
        kinds = KINDS if "with things" in names[0] else ["all kinds of"]
        return {"names": [f"{field} {kind} things" for field in fields for kind in kinds]}
    if "proposals" in material:
        return {"names": material["proposals"]}
    if "child" in material:
        return {"parent": fitting_parent(material["child"]["name"], material["parents"])}
    return name_of_children(request)


def fitting_parent(child, parents):
    field, thing = child.split()[0], child.split()[2]
    own = sorted(name for name in parents if name.startswith(field))
    if len(own) < len(KINDS):
        return own[0] if own else "none of them"
    return own[FIELDS[field].index(thing) % len(KINDS)]


def name_of_children(request):
    names = [child["name"] for child in request.material["children"]]
    words = " and ".join(sorted({" ".join(name.split()[1:3]) for name in names})[:3])
    fields = sorted({name.split()[0] for name in names})
    return text(f"{fields[0]} {words}"[:80])


def build(rule, n=32, *, hidden=(), settings=SETTINGS):
    asker = scripted.Scripted(rule)
    table, centers = clusters(n, hidden=hidden)
    nodes, facts = build_hierarchy_by_claude(
        table, centers, asker, settings, encoder=toy.WordEncoder()
    )
    return nodes, facts, asker


def faults_of(nodes, n, settings=SETTINGS):
    sizes = level_sizes(n, settings.hierarchy)
    return tree_faults(nodes, {1: bounds(sizes[0]), 2: bounds(sizes[1])})


def tops(nodes):
    """Cluster -> the level-1 and level-2 nodes above it."""
    parent = dict(nodes.select("node_id", "parent_id").iter_rows())
    leaves = nodes.filter(level=0).sort("cluster")["node_id"]
    return [(parent[leaf], parent[parent[leaf]]) for leaf in leaves]


def test_good_answers_make_a_sound_tree_of_claudes_names():
    nodes, facts, _ = build(by_field)
    assert dict(nodes.schema) == NODES
    assert faults_of(nodes, 32) == [] and facts["faults"] == {}
    assert nodes["namer"].unique().to_list() == [MODEL]
    assert facts["level_1"]["wanted"] == level_sizes(32, SETTINGS.hierarchy)[0]
    assert facts["level_1"]["assigned_by_claude"] == 32


def test_children_go_where_claude_puts_them():
    nodes, _, _ = build(by_field)
    above = tops(nodes)
    for level, n_nodes in ((0, 12), (1, 4)):
        homes = [{above[place][level] for place in range(field, 32, 4)} for field in range(4)]
        assert sum(map(len, homes)) == len(set().union(*homes)) == n_nodes


def test_each_request_holds_what_it_should():
    _, _, asker = build(by_field)
    kinds = {" ".join(request.material): request for request in asker.requests}
    assert {"clusters outsiders", "child parents", "children"} <= set(kinds)
    assert {request.stage for request in asker.requests} == {"hierarchy"}
    proposal = next(r for r in asker.requests if "clusters" in r.material)
    assert proposal.material["clusters"][0] == {
        "name": "Cook a soup with things",
        "description": "Users wanted to cook a soup. Most were beginners.",
    }
    assert len(hierarchy_prompt_version()) == 16


def test_the_list_is_in_another_order_for_each_child_and_the_same_in_each_run():
    _, _, asker = build(by_field)
    orders = [tuple(r.material["parents"]) for r in asker.requests if "child" in r.material][:32]
    assert len({frozenset(order) for order in orders}) == 1
    assert len(set(orders)) > 20
    assert [request.key for request in build(by_field)[2].requests] == [
        request.key for request in asker.requests
    ]


def test_large_tables_are_proposed_for_by_neighbourhood_with_their_surroundings():
    _, facts, asker = build(by_field, 120)
    proposals = [r.material for r in asker.requests if "clusters" in r.material]
    first = [m for m in proposals if "with things" in m["clusters"][0]["name"]]
    assert facts["level_1"]["neighborhoods"] == len(first) == 3
    shown = [cluster["name"] for material in first for cluster in material["clusters"]]
    assert len(shown) == len(set(shown)) == 120
    for material in first:
        inside = {cluster["name"] for cluster in material["clusters"]}
        assert len(material["outsiders"]) == 10
        assert inside.isdisjoint(outsider["name"] for outsider in material["outsiders"])


def test_clusters_that_are_not_published_are_placed_but_shown_to_nobody():
    hidden = {3, 10, 17}
    nodes, facts, asker = build(by_field, hidden=hidden)
    table, _ = clusters()
    secret = table.filter(pl.col("cluster").is_in(hidden))["name"].to_list()
    for request in asker.requests:
        if "child" not in request.material:
            assert not any(name in str(request.material) for name in secret)
    assert nodes.filter(level=0).height == 32
    assert facts["faults"] == {}


def test_nothing_published_asks_for_nothing_but_still_makes_a_tree():
    nodes, _, asker = build(by_field, hidden=range(32))
    assert asker.requests == []
    assert nodes.filter(level=0).height == 32
    assert [fault for fault in faults_of(nodes, 32) if not fault.startswith("near")] == []


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 9])
def test_few_clusters_still_make_three_levels(n):
    nodes, facts, _ = build(by_field, n)
    assert set(nodes["level"]) == {0, 1, 2}
    assert nodes.filter(level=0)["cluster"].sort().to_list() == list(range(n))
    assert "only child" not in facts["faults"] and "placed" not in facts["faults"]


def outside_the_list(request):
    return {"parent": "Something else"} if "child" in request.material else by_field(request)


def all_to_one(request):
    if "child" in request.material:
        return {"parent": min(request.material["parents"])}
    return by_field(request)


def each_to_its_own(request):
    if "clusters" in request.material:
        return {"names": [f"Do thing number {i}" for i in range(bounds_of(request)[1])]}
    if "child" in request.material:
        digest = sum(map(ord, request.material["child"]["name"]))
        return {
            "parent": sorted(request.material["parents"])[digest % len(request.material["parents"])]
        }
    return by_field(request)


def nothing_proposed(request):
    return {"names": []} if "clusters" in request.material else by_field(request)


def nothing_deduplicated(request):
    return "invalid" if "proposals" in request.material else by_field(request)


def one_name_for_all(request):
    return text("Do all kinds of work") if "children" in request.material else by_field(request)


def one_text_but_for_a_letter(request):
    if "children" not in request.material:
        return by_field(request)
    letter = request.material["children"][0]["name"].split()[2]
    return {
        "name": f"Do all kinds of {letter}",
        "description": "Users asked for much work of all kinds at all times of day and of all "
        "people here and there. They were many and they asked for all kinds of work every day.",
    }


def bad_style(request):
    return text("things and the like.") if "children" in request.material else by_field(request)


def refused(request):
    return "refused"


def leaking(request):
    if "clusters" in request.material:
        return {"names": [f"Write to bob{i}@example.org" for i in range(bounds_of(request)[1])]}
    return by_field(request)


PATHOLOGICAL = [
    outside_the_list,
    all_to_one,
    each_to_its_own,
    nothing_proposed,
    nothing_deduplicated,
    one_name_for_all,
    one_text_but_for_a_letter,
    bad_style,
    refused,
    leaking,
]


@pytest.mark.parametrize("rule", PATHOLOGICAL)
@pytest.mark.parametrize("n", [5, 32, 70])
def test_any_answers_at_all_give_a_valid_tree(rule, n):
    nodes, facts, _ = build(rule, n)
    assert nodes.filter(level=0)["cluster"].sort().to_list() == list(range(n))
    structural = [f for f in faults_of(nodes, n) if not f.startswith("near duplicates")]
    assert structural == []
    assert set(facts["faults"]) <= {"near duplicates", "too large"}
    for level in (1, 2):
        names = nodes.filter(level=level)["name"]
        assert len({content_words(name) for name in names}) == len(names)


@pytest.mark.parametrize("seed", range(12))
def test_random_answers_give_a_valid_tree(seed):
    rng = random.Random(seed)

    def rule(request):
        if rng.random() < 0.3:
            return rng.choice(["refused", "invalid", "expired", {"names": []}, {"parent": "x"}])
        if "child" in request.material:
            return {"parent": rng.choice(request.material["parents"])}
        if "children" in request.material:
            return text(f"Do {rng.choice('abcdefgh')} work of kind {rng.randrange(9)}")
        return by_field(request)

    n = rng.choice([4, 11, 32, 64])
    nodes, facts, _ = build(rule, n, hidden=set(range(0, n, 5)) if seed % 2 else ())
    assert nodes.filter(level=0)["cluster"].sort().to_list() == list(range(n))
    assert set(facts["faults"]) <= {"near duplicates", "too large"}


def test_an_answer_outside_the_list_is_placed_by_embedding_and_flagged():
    nodes, facts, _ = build(outside_the_list)
    assert facts["level_1"]["placed_by_embedding"] == 32
    assert facts["level_1"].get("assigned_by_claude", 0) == 0
    flags = nodes.filter(level=0)["flags"]
    assert flags.str.contains("placed by embedding").all()


def test_an_answer_that_was_mended_is_not_flagged():
    def rule(request):
        if "child" in request.material:
            return [{"parent": "Something else"}, by_field(request)]
        return by_field(request)

    nodes, facts, _ = build(rule)
    assert "placed_by_embedding" not in facts["level_1"]
    assert nodes.filter(level=0)["flags"].drop_nulls().str.contains("placed").sum() == 0


def test_case_quotes_and_a_stop_are_no_other_parent():
    def rule(request):
        if "child" in request.material:
            return {"parent": f'"{by_field(request)["parent"].upper()}."'}
        return by_field(request)

    assert "placed_by_embedding" not in build(rule)[1]["level_1"]


def test_all_children_under_one_parent_are_divided_again():
    nodes, facts, _ = build(all_to_one)
    least, _ = bounds(facts["level_1"]["wanted"])
    assert facts["level_1"]["divided_as_too_large"] > 0
    assert nodes.filter(level=1).height >= least
    assert nodes.filter(level=1)["flags"].str.contains("divided").any()


def test_lonely_parents_are_dissolved_and_their_children_flagged():
    def rule(request):
        # The other child of "Cook small things" goes elsewhere, so the salad is alone.
        if request.material.get("child", {}).get("name") == "Cook a fish with things":
            return {"parent": "Cook large things"}
        return by_field(request)

    nodes, facts, _ = build(rule)
    assert facts["level_1"]["dissolved_as_lonely"] == 1
    flagged = nodes.filter(pl.col("flags").is_not_null())
    assert flagged.select("name", "flags").rows() == [
        ("Cook a salad with things", "moved by embedding")
    ]


def test_a_neighbourhood_without_proposals_is_grouped_offline_and_flagged():
    nodes, facts, _ = build(nothing_proposed)
    assert facts["level_1"]["neighborhoods_grouped_offline"] == 1
    assert nodes.filter(level=1)["flags"].str.contains("grouped offline").all()
    # The centres lie by field, so linkage finds the fields.
    for start in range(4):
        own = {tops(nodes)[place][0] for place in range(start, 32, 4)}
        rest = {tops(nodes)[place][0] for place in range(32) if place % 4 != start}
        assert not own & rest


def test_proposals_that_hold_an_address_are_not_used():
    _, facts, asker = build(leaking)
    assert facts["level_1"]["neighborhoods_grouped_offline"] == 1
    assert not any("example.org" in str(request.material) for request in asker.requests)


def test_a_parent_that_claude_does_not_name_says_so():
    def rule(request):
        return "refused" if "children" in request.material else by_field(request)

    nodes, facts, _ = build(rule)
    parents = nodes.filter(pl.col("level") > 0)
    assert parents["namer"].unique().to_list() == ["offline"]
    assert parents["flags"].str.contains("name refused").all()
    assert facts["level_2"]["named_offline"] == nodes.filter(level=2).height


def test_near_duplicates_are_asked_again_with_the_rival_shown_and_then_merged():
    nodes, facts, asker = build(one_text_but_for_a_letter)
    asked = [r for r in asker.requests if "rivals" in r.material and "children" in r.material]
    assert asked and facts["level_1"]["near_duplicates_asked_again"] > 0
    assert facts["level_1"]["merged"] > 0
    assert nodes.filter(level=1)["flags"].str.contains("merged").any()


def test_a_near_duplicate_does_not_take_a_name_that_its_holder_keeps():
    abouts = {
        field: f"Users asked for {field} in all ways at all times of the day and of the year. "
        f"They were many people of all ages and each of them wanted {field} for a reason."
        for field in ("bread", "clocks")
    }
    names = {"Cook": "Bake bread", "Program": "Slice bread", "Repair": "Wind clocks"}

    def rule(request):
        if "children" not in request.material:
            return by_field(request)
        field = request.material["children"][0]["name"].split()[0]
        if "rivals" in request.material:  # the smaller of each pair
            return text("Bake bread") if field == "Repair" else "refused"
        name = names.get(field, "Sell clocks")
        return {"name": name, "description": abouts[name.split()[1]]}

    # Two of the four would hold more than a node may, so none are merged.
    wanted = Settings(hierarchy=HierarchySettings(n_level_1=4, n_level_2=4))
    nodes, _, asker = build(rule, settings=wanted)
    again = [r for r in asker.requests if "rivals" in r.material and r.draw >= 10]
    assert {r.material["children"][0]["name"].split()[0] for r in again} >= {"Cook", "Repair"}
    level_1 = nodes.filter(level=1)["name"].to_list()
    assert len({content_words(name) for name in level_1}) == len(level_1)


def test_a_parent_is_not_called_like_its_child():
    def rule(request):
        if "children" in request.material and "rivals" not in request.material:
            child = request.material["children"][0]
            return {"name": child["name"], "description": child["description"]}
        return by_field(request)

    nodes, _, _ = build(rule)
    assert nodes["name"].n_unique() == nodes.height


def test_flags_of_the_clusters_are_kept():
    table, centers = clusters(8)
    table = table.with_columns(
        flags=pl.when(pl.col("cluster") == 2).then(pl.lit("refused")),
        namer=pl.when(pl.col("cluster") == 2).then(pl.lit("offline")).otherwise("namer"),
    )
    asker = scripted.Scripted(by_field)
    nodes, _ = build_hierarchy_by_claude(table, centers, asker, SETTINGS, encoder=toy.WordEncoder())
    row = nodes.filter(cluster=2)
    assert row["flags"][0].startswith("refused") or "; refused" in row["flags"][0]
    assert row["namer"][0] == "offline"
