from __future__ import annotations

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from taxonomy.errors import OnetError
from taxonomy.onet import task_tree
from taxonomy.onet.task_tree import make_task_tree, open_task_tree, tree_sizes

spec = importlib.util.spec_from_file_location(
    "onet_asking_tree", Path(__file__).with_name("asking.py")
)
asking = importlib.util.module_from_spec(spec)
spec.loader.exec_module(asking)


@pytest.fixture(scope="module")
def onet():
    return asking.small_onet()


@pytest.fixture(scope="module")
def vectors(onet, hashing_encoder):
    return hashing_encoder.encode(onet.statements["task"].to_list())


@pytest.fixture
def opened(onet, vectors, hashing_encoder, tmp_path):
    def open_it(*changes, vectors=vectors, **given):
        return open_task_tree(
            onet, vectors, hashing_encoder, tmp_path, asking.settings(*changes), **given
        )

    return open_it


def test_the_statements_of_the_index_give_its_474_groups_and_12_branches():
    assert tree_sizes(18_428) == (474, 12)
    assert tree_sizes(17_536) == (459, 12)


def test_every_statement_hangs_in_one_group_and_every_group_under_one_branch(onet, opened):
    tree = opened()
    branches, groups = (tree.nodes.filter(level=level) for level in (1, 0))
    assert (branches.height, groups.height) == (2, 9)
    assert branches["parent_id"].null_count() == 2
    assert set(groups["parent_id"]) == set(branches["node_id"])
    assert tree.leaves["statement"].to_list() == onet.statements["statement"].to_list()
    assert set(tree.leaves["node_id"]) == set(groups["node_id"])
    assert tree.children[None] == branches["node_id"].to_list()
    assert tree.texts["cook soup of the hotel for kitchen diners with cook tools."].startswith("C")
    assert all(tree.texts[node] for node in tree.nodes["node_id"])


def test_tasks_of_one_field_stand_under_one_branch(opened):
    tree = opened()
    for verb in ("cook", "program", "draft", "treat"):
        own = tree.leaves.filter(pl.col("statement").str.starts_with(verb))["node_id"]
        assert len({tree.parents[group] for group in own}) == 1


def test_a_tree_that_was_made_before_is_read_and_not_made_again(opened, tmp_path):
    made = opened()
    # Without vectors none could be made.
    read = opened(vectors=None)
    assert read.nodes.equals(made.nodes) and read.leaves.equals(made.leaves)
    assert [path.name[:10] for path in tmp_path.iterdir()] == ["task-tree-"]


def test_other_settings_have_a_tree_of_their_own(opened, tmp_path):
    opened()
    opened("random_state=1")
    assert len(list(tmp_path.glob("task-tree-*"))) == 2


def test_settings_of_the_conversations_clusters_make_no_other_tree(opened):
    made = opened()
    changes = ["cluster.n_clusters=5", "cluster.method=hdbscan", "hierarchy.n_level_2=3"]
    # Without vectors none could be made.
    assert opened(*changes, vectors=None).leaves.equals(made.leaves)


@pytest.mark.parametrize("name", ["nodes.parquet", "leaves.parquet", "manifest.json"])
def test_a_damaged_tree_is_made_again(opened, tmp_path, name):
    made = opened()
    file = next(tmp_path.glob(f"task-tree-*/{name}"))
    file.write_bytes(file.read_bytes()[:-9])
    again = opened()
    assert again.nodes.equals(made.nodes) and again.leaves.equals(made.leaves)
    assert opened(vectors=None).nodes.equals(made.nodes)


def test_what_a_crash_left_aside_is_no_tree(opened, tmp_path):
    made = opened()
    folder = next(tmp_path.glob("task-tree-*"))
    folder.rename(tmp_path / f".{folder.name}.partial")
    assert opened().nodes.equals(made.nodes)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_two_statements_are_too_few_for_a_tree(onet, vectors, hashing_encoder):
    few = asking.small_onet()
    object.__setattr__(few, "tasks", few.tasks.head(2))
    with pytest.raises(OnetError, match="has 2 different task statements, expected at least 8"):
        make_task_tree(few, vectors[:2], hashing_encoder, asking.settings())


def test_claude_names_the_tree_over_http_and_it_is_another_than_ours(opened, tmp_path):
    ours = opened()
    with asking.asked_over_http(tmp_path, "direct") as claude:
        theirs = opened(claude=claude)
    assert theirs.leaves["statement"].equals(ours.leaves["statement"])
    assert theirs.nodes.filter(level=0).height == ours.nodes.filter(level=0).height
    assert len(list(tmp_path.glob("task-tree-*"))) == 2


def test_claude_is_not_asked_for_a_tree_that_is_kept(opened):
    asker = asking.Scripted(lambda request: "refused")
    opened(claude=asker)
    n = len(asker.requests)
    opened(claude=asker)
    assert n > 0 and len(asker.requests) == n


def test_prompts_belong_to_the_key_of_a_tree_by_claude_alone(opened, monkeypatch, tmp_path):
    asker = asking.Scripted(lambda request: "refused")
    opened(claude=asker)
    opened()
    monkeypatch.setattr(task_tree, "naming_prompt_version", lambda: "new")
    opened(vectors=None)
    opened(claude=asker)
    assert len(list(tmp_path.glob("task-tree-*"))) == 3
