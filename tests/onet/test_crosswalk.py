from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from taxonomy.onet.adjudicate import VOTES
from taxonomy.onet.crosswalk import (
    CROSSWALK,
    NONE,
    REMAINDER,
    UNPLACED,
    best_tasks,
    make_crosswalk,
    node_queries,
)
from taxonomy.onet.homes import ONET_LEVELS
from taxonomy.onet.index import TaskIndex, open_index
from taxonomy.onet.reading import ACTIVITIES, TASK_DWAS
from taxonomy.onet.weights import agreement
from taxonomy.privacy import PUBLISHED, SUPPRESSED
from taxonomy.tree import NODE_COLUMNS, Taxonomy

from .asking import small_onet

HOTEL = "cook soup of the hotel for kitchen diners with cook tools."
SCHOOL = "cook soup of the school for kitchen diners with cook tools."
PRISON = "cook soup of the prison for kitchen diners with cook tools."  # has no DWA
CHILD = "treat wound of the child for medical patients with treat tools."
SOUP_DWA, COOK_IWA, COOK_GWA = "4.A.1.a.1.I01.D01", "4.A.1.a.1.I01", "4.A.1.a.1"
NODE = ["query", "text", "name", "parent_1", "parent_2"]


def nodes(*names):
    rows = [(name, f"{name}. Users asked.", name, None, None) for name in names]
    return pl.DataFrame(rows, schema=dict.fromkeys(NODE, pl.String), orient="row")


class Given:
    """An index that finds what it is given: (query, statement, weight), and none_share."""

    prior = None
    kind = TaskIndex.kind

    def __init__(self, onet, *found, none=0.2):
        self.onet, self.found, self.none = onet, found, none

    def candidates(self, queries, n):
        rows = [
            (query, place, name, name, 0.0, weight, self.none)
            for query in queries["query"]
            for place, (name, weight) in enumerate(self.found, 1)
        ]
        columns = ["query", "rank", "statement", "task", "score", "weight", "none_share"]
        return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture(scope="module")
def onet():
    return small_onet()


@pytest.fixture(scope="module")
def index(onet, tmp_path_factory, hashing_encoder):
    return open_index(onet, hashing_encoder, tmp_path_factory.mktemp("index"))


@pytest.fixture
def made(onet):
    def make(*found, none=0.2, votes=None):
        index = Given(onet, *found, none=none)
        return checked(make_crosswalk(nodes("Cook"), index, votes), ["Cook"])

    return make


def checked(crosswalk, names):
    """The crosswalk, once its weights were seen to add up to 1 at every level of every node."""
    assert crosswalk.schema == CROSSWALK
    sums = crosswalk.group_by("node_id", "object_level", maintain_order=True).agg(
        pl.col("weight").sum(), remainder=pl.col("object_id").is_in(REMAINDER).sum()
    )
    places = [(name, level) for name in names for level in ONET_LEVELS]
    assert list(sums.select("node_id", "object_level").iter_rows()) == places
    assert sums["weight"].to_list() == pytest.approx([1.0] * len(places))
    assert set(sums["remainder"]) <= {2}
    assert crosswalk["weight"].is_between(0, 1).all()
    assert crosswalk["confidence"].drop_nulls().is_between(0, 1).all()
    return crosswalk


def votes(*rows, node="Cook", asked=3):
    full = [(node, name, n, asked, relation, p, None) for name, n, relation, p in rows]
    return pl.DataFrame(full, schema=VOTES, orient="row")


def at(crosswalk, level, column="weight"):
    rows = crosswalk.filter(pl.col("object_level") == level)
    return {
        name: pytest.approx(value) if isinstance(value, float) else value
        for name, value in rows.select("object_id", column).iter_rows()
    }


def test_weights_of_tasks_add_up_along_the_ladder(made):
    # Of .8: .4 and .2 on two tasks of one DWA, .2 on one that has none.
    found = made((HOTEL, 0.5), (SCHOOL, 0.25), (PRISON, 0.25))
    assert at(found, "task") == {HOTEL: 0.4, PRISON: 0.2, SCHOOL: 0.2, NONE: 0.2, UNPLACED: 0}
    for level, object_id in (("DWA", SOUP_DWA), ("IWA", COOK_IWA), ("GWA", COOK_GWA)):
        assert at(found, level) == {object_id: 0.6, NONE: 0.2, UNPLACED: 0.2}
    assert at(found, "major") == {"35": 0.8, NONE: 0.2, UNPLACED: 0}


def test_the_label_is_the_object_s_name_verbatim(made):
    found = made((HOTEL, 1.0))
    assert at(found, "task", "object")[HOTEL].startswith("Cook soup of the hotel")
    assert at(found, "DWA", "object") == {SOUP_DWA: "Cook soup.", NONE: None, UNPLACED: None}


def test_what_is_too_light_is_unplaced_but_for_the_best(made):
    found = made((HOTEL, 0.979), (CHILD, 0.021))
    # .8 x .021 = .0168 is under .02.
    assert at(found, "task") == {HOTEL: 0.8 * 0.979, NONE: 0.2, UNPLACED: 0.8 * 0.021}
    found = made((HOTEL, 0.6), (CHILD, 0.4), none=0.99)
    assert at(found, "task") == {HOTEL: 0.006, NONE: 0.99, UNPLACED: 0.004}


def test_equal_weights_come_by_object_id(made):
    found = made((SCHOOL, 0.5), (HOTEL, 0.5))
    assert list(at(found, "task"))[:2] == [HOTEL, SCHOOL]
    assert found.equals(made((HOTEL, 0.5), (SCHOOL, 0.5)))


def test_relations_by_rule(made):
    found = made((HOTEL, 0.75), (SCHOOL, 0.125), (CHILD, 0.125))
    # Six tenths and a tenth of the cluster lie in one DWA: part and whole of "cook kitchen".
    assert at(found, "task", "relation") == {
        HOTEL: "close", SCHOOL: "narrow", CHILD: "related", NONE: None, UNPLACED: None,
    }  # fmt: skip
    assert at(found, "DWA", "relation")[SOUP_DWA] == "close"
    assert at(found, "IWA", "relation")[COOK_IWA] == "broad"
    assert at(found, "major", "relation") == {
        "35": "broad", "29": "related", NONE: None, UNPLACED: None,
    }  # fmt: skip


def test_offline_confidence_is_the_agreement_of_its_level(made):
    found = made((HOTEL, 1.0))
    for level in ("task", "GWA"):
        expected = pl.select(agreement(pl.lit(0.8), "node", level)).item()
        (confidence, *rest) = at(found, level, "confidence").values()
        assert confidence == expected
        assert rest == [None, None]
    assert set(found["route"]) == {"offline"} and found["votes"].null_count() == found.height


def test_votes_decide_weight_and_confidence_and_say_what_it_is(made):
    told = votes((HOTEL, 3, "exact", 0.6), (SCHOOL, 1, "related", 0.6))
    found = made((HOTEL, 0.1), (PRISON, 0.9), votes=told)
    # 3 x .6 and 1 x .6 share all; confidence 3 / 3 x .6 and 1 / 3 x .6; PRISON nobody named.
    assert at(found, "task") == {HOTEL: 0.75, SCHOOL: 0.25, NONE: 0, UNPLACED: 0}
    nothing = {NONE: None, UNPLACED: None}
    assert at(found, "task", "confidence") == {HOTEL: 0.6, SCHOOL: 0.2} | nothing
    assert at(found, "task", "relation") == {HOTEL: "exact", SCHOOL: "related"} | nothing
    assert at(found, "task", "votes") == {HOTEL: 3, SCHOOL: 1, NONE: 0, UNPLACED: None}
    assert set(found["route"]) == {"claude"}


def test_an_activity_is_as_sure_as_its_likeliest_task(made):
    told = votes((HOTEL, 3, "close", 0.6), (SCHOOL, 3, "close", 0.9), (CHILD, 1, "related", 0.3))
    found = made((HOTEL, 1.0), votes=told)
    # 1.8 + 2.7 of 4.8 lie in one DWA, of which SCHOOL is the likelier.
    nothing = {NONE: None, UNPLACED: None}
    assert at(found, "DWA")[SOUP_DWA] == 4.5 / 4.8
    for level, cook, treat in (
        ("DWA", SOUP_DWA, "4.A.4.a.1.I01.D01"),
        ("IWA", COOK_IWA, "4.A.4.a.1.I01"),
        ("GWA", COOK_GWA, "4.A.4.a.1"),
        ("major", "35", "29"),
    ):
        assert at(found, level, "confidence") == {cook: 0.9, treat: 0.1} | nothing
        assert found.filter(pl.col("object_level") == level)["votes"].drop_nulls().is_empty()


def test_what_all_call_exact_is_as_sure_as_they_are(made):
    found = made((PRISON, 1.0), votes=votes((HOTEL, 3, "exact", 0.95)))
    for level in ONET_LEVELS:
        assert list(at(found, level).values()) == [1, 0, 0]
        assert list(at(found, level, "confidence").values()) == [0.95, None, None]


def test_six_tasks_that_all_name_stand_before_what_the_score_alone_finds(made):
    three = [HOTEL, HOTEL.replace("soup", "pasta"), HOTEL.replace("soup", "fish")]
    six = three + [name.replace("hotel", "school") for name in three]
    told = votes(*((name, 3, "close", 0.95) for name in six))
    found = made((CHILD, 0.9), (PRISON, 0.1), none=0.0, votes=told)
    assert at(found, "task") == dict.fromkeys(six, 1 / 6) | {NONE: 0, UNPLACED: 0}
    assert at(found, "task", "confidence") == dict.fromkeys(six, 0.95) | dict.fromkeys(REMAINDER)
    assert at(found, "major") == {"35": 1, NONE: 0, UNPLACED: 0}
    assert best_tasks(found)["onet_task"][0].startswith("Cook fish of the hotel")


def test_all_votes_for_none(made):
    found = made((HOTEL, 1.0), votes=votes((NONE, 3, None, None)))
    for level in ONET_LEVELS:
        assert at(found, level) == {NONE: 1, UNPLACED: 0}
    assert best_tasks(found).rows() == [("Cook", None)]


def test_tasks_of_probability_zero_are_none_and_not_listed(made):
    told = votes((HOTEL, 3, "related", 0.0), (CHILD, 1, "related", 0.0))
    found = made((HOTEL, 1.0), votes=told)
    for level in ONET_LEVELS:
        assert at(found, level) == {NONE: 1, UNPLACED: 0}
    assert best_tasks(found).rows() == [("Cook", None)]
    found = made((HOTEL, 1.0), votes=votes((HOTEL, 3, "close", 0.5), (CHILD, 3, "related", 0.0)))
    assert at(found, "task") == {HOTEL: 1, NONE: 0, UNPLACED: 0}
    assert at(found, "major") == {"35": 1, NONE: 0, UNPLACED: 0}


def test_a_statement_of_no_such_release_is_unplaced(made):
    found = made((HOTEL, 1.0), votes=votes(("shoe horses.", 3, "close", 0.9)))
    assert at(found, "task") == {UNPLACED: 1, NONE: 0}


def test_where_two_of_three_were_refused_the_third_decides(made):
    found = made((HOTEL, 1.0), votes=votes((SCHOOL, 1, "close", 0.6), asked=1))
    assert at(found, "task") == {SCHOOL: 1, NONE: 0, UNPLACED: 0}
    assert at(found, "task", "confidence")[SCHOOL] == 0.6
    assert at(found, "task", "votes")[SCHOOL] == 1
    assert set(found["route"]) == {"claude"}


def test_without_a_usable_answer_a_node_stays_offline(made):
    unusable = votes(REFUSED, asked=0)
    for told in (unusable, votes()):
        assert made((HOTEL, 1.0), votes=told).equals(made((HOTEL, 1.0)))


REFUSED = (None, 0, None, None)


def test_what_was_asked_in_vain_keeps_its_score_but_names_no_best_task(onet):
    index = Given(onet, (HOTEL, 1.0))
    told = pl.concat([votes(REFUSED, asked=0), votes((SCHOOL, 3, "close", 0.9), node="Bake")])
    found = checked(make_crosswalk(nodes("Cook", "Bake"), index, told), ["Cook", "Bake"])
    routes = found.select("node_id", "route").unique(maintain_order=True).rows()
    assert routes == [("Cook", "offline"), ("Bake", "claude")]
    offline = make_crosswalk(nodes("Cook", "Bake"), index)
    is_cook = pl.col("node_id") == "Cook"
    assert found.filter(is_cook).equals(offline.filter(is_cook))
    best = dict(best_tasks(found).iter_rows())
    assert best["Cook"] is None and best["Bake"].startswith("Cook soup of the school")
    # Of the score alone both would be named.
    assert best_tasks(offline)["onet_task"].null_count() == 0


def test_a_node_that_finds_no_dwa_has_a_remainder_there(made):
    found = made((PRISON, 1.0))
    assert at(found, "DWA") == {UNPLACED: 0.8, NONE: 0.2}
    assert at(found, "DWA", "relation") == {UNPLACED: None, NONE: None}


def test_of_a_real_index_the_levels_add_up(index):
    names = [
        "Cook soup for a hotel",
        "",
        "Sing",
        "Draft will of the heir",
        "Cook soup for a hotel.",
    ]
    found = checked(make_crosswalk(nodes(*names), index), names)
    assert found.equals(make_crosswalk(nodes(*names), index))
    best = best_tasks(found)
    assert best["node_id"].to_list() == names
    assert best["onet_task"][0].startswith("Cook soup of the hotel")
    assert best["onet_task"][3].startswith("Draft will of the heir")


def test_statements_alone_are_unplaced_above_tasks(onet, hashing_encoder, tmp_path):
    bare = replace(
        onet,
        activities=pl.DataFrame(schema=ACTIVITIES),
        task_dwas=pl.DataFrame(schema=TASK_DWAS),
    )
    found = checked(
        make_crosswalk(nodes("Cook"), open_index(bare, hashing_encoder, tmp_path)), ["Cook"]
    )
    assert list(at(found, "IWA")) == [UNPLACED, NONE]
    assert {"15", "23", "29", "35"} >= set(at(found, "major")) - {UNPLACED, NONE} != set()


@pytest.mark.parametrize("told", [None, "nobody's"])
def test_no_node_is_no_row(index, told):
    found = make_crosswalk(nodes(), index, None if told is None else votes())
    assert found.height == 0 and found.schema == CROSSWALK
    assert best_tasks(found).columns == ["node_id", "onet_task"]


@pytest.mark.parametrize(("none", "is_named"), [(0.49, True), (0.5, False), (1.0, False)])
def test_the_best_task_is_named_unless_none_weighs_half(made, none, is_named):
    found = made((HOTEL, 0.4), (SCHOOL, 0.6), none=none)
    verbatim = "Cook soup of the school for kitchen diners with cook tools."
    assert best_tasks(found).rows() == [("Cook", verbatim if is_named else None)]


def taxonomy(*rows):
    """Of rows (node_id, level, parent_id, name, description[, status])."""
    full = [
        (node, f"{place:02}", level, parent, name, told, (*status, PUBLISHED)[0])
        for place, (node, level, parent, name, told, *status) in enumerate(rows)
    ]
    frame = pl.DataFrame(full, schema=NODE_COLUMNS, orient="row")
    measures = frame.select(
        "node_id", "level", "status",
        measure=pl.lit("conversation_share"), base=pl.lit("all"), value=pl.lit(0.5),
    )  # fmt: skip
    return Taxonomy(frame, measures)


def test_a_query_tells_a_cluster_and_what_is_above_it():
    tree = taxonomy(
        ("top", 2, None, "Food", "All food."),
        ("mid", 1, "top", "Cook", "Users cooked."),
        ("low", 0, "mid", "Cook soup", "Users cooked soup."),
        ("bare", 0, "mid", "Bake", None),
    )
    above = ("Cook. Users cooked.", "Food. All food.")
    assert node_queries(tree).rows() == [
        ("low", "Cook soup. Users cooked soup.", "Cook soup", *above),
        ("bare", "Bake", "Bake", *above),
    ]


def test_a_cluster_without_parents_has_none(index):
    queries = node_queries(
        taxonomy(
            ("alone", 0, None, "Cook soup", None),
            ("hidden", 1, None, None, None, SUPPRESSED),
            ("orphan", 0, "hidden", "Bake", None),
            ("unseen", 0, None, None, None, SUPPRESSED),
        )
    )
    assert queries["query"].to_list() == ["alone", "orphan"]
    assert queries.select("parent_1", "parent_2").null_count().row(0) == (2, 2)
    checked(make_crosswalk(queries, index), ["alone", "orphan"])
