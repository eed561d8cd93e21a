from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.errors import ReleaseError
from taxonomy.release.wide import WIDE_COLUMNS, bucket_count, bucket_means, from_wide, read_wide
from taxonomy.tree import Taxonomy

HEADER = (
    "cluster_name_0\tcluster_description_0\tcluster_name_1\tcluster_description_1\t"
    "cluster_name_2\tcluster_description_2\tpercent_records\tpercent_users\tonet_task\t"
    "collaboration:directive_ratio\tcollaboration:feedback loop_ratio\t"
    "collaboration:learning_ratio\tcollaboration:none_ratio\t"
    "collaboration:task iteration_ratio\tcollaboration:validation_ratio\thas_thinking_ratio"
)


def line(names, percent, ratios, thinking="0.1", onet=""):
    texts = [part for name in names for part in (name, f" About {name}.")]
    return "\t".join([*texts, str(percent), str(percent), onet, *ratios, thinking])


@pytest.fixture
def published(tmp_path):
    """A table in the published shape: two clusters under one node, a third under another."""
    rows = [
        line(("Fix code", "Code", "Software"), 50, ["0.4", "0.2", "0.2", "", "0.1", "0.1"]),
        line(("Write code", "Code", "Software"), 25, ["0.8", "0.1", "0.1", "0", "0", "0"]),
        line(("Bake bread", "Bake", "Home"), 25, ["", "", "1.0", "", "", ""], thinking=""),
    ]
    path = tmp_path / "published.tsv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_columns_are_those_of_march_2025():
    assert "\t".join(WIDE_COLUMNS) == HEADER


def test_a_published_table_becomes_a_tree(published):
    taxonomy = Taxonomy.load(published)
    assert taxonomy.sizes() == {0: 3, 1: 2, 2: 2}
    assert taxonomy.level(2)["name"].to_list() == ["Software", "Home"]
    assert taxonomy.children("01.01")["name"].to_list() == ["Fix code", "Write code"]


def test_percent_becomes_a_share_and_parents_are_sums(published):
    taxonomy = Taxonomy.load(published)
    assert taxonomy.node("01.01.01")["conversation_share"] == 0.5
    assert taxonomy.node("01")["conversation_share"] == 0.75


def test_a_blank_is_suppressed_not_zero(published):
    taxonomy = Taxonomy.load(published)
    assert taxonomy.node("01.01.01")["none_share"] is None
    assert taxonomy.node("01.01.02")["none_share"] == 0


def test_parents_are_means_weighted_by_prevalence_with_blanks_as_zero(published):
    node = Taxonomy.load(published).node("01")
    assert node["directive_share"] == pytest.approx((50 * 0.4 + 25 * 0.8) / 75)


def test_automation_is_of_the_five_patterns(published):
    assert Taxonomy.load(published).node("01.01.01")["automation_share"] == pytest.approx(0.6)


def test_stray_spaces_of_the_published_file_are_taken_off(published):
    assert Taxonomy.load(published).node("02")["description"] == "About Home."


def test_ids_depend_on_the_names_alone(published):
    wide = read_wide(published)
    ids = [set(from_wide(rows)[0]["node_id"]) for rows in (wide, wide.reverse())]
    assert ids[0] == ids[1]


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "narrow.tsv"
    path.write_text("cluster_name_0\tpercent_records\nA\t100\n")
    with pytest.raises(ReleaseError, match="has no column cluster_description_0, "):
        read_wide(path)


def test_text_in_a_numeric_column_is_named(published):
    published.write_text(published.read_text().replace("\t25\t", "\tmany\t", 1))
    with pytest.raises(ReleaseError, match="a numeric column holds text"):
        read_wide(published)


def test_buckets_of_equal_count_get_their_mean():
    # Four values, two buckets: (1, 2) and (3, 6).
    np.testing.assert_allclose(bucket_means(np.array([6.0, 1, 3, 2])), [4.5, 1.5, 4.5, 1.5])


def test_630_clusters_fall_into_100_buckets_of_six_or_seven():
    means = bucket_means(np.random.default_rng(0).random(630))
    counts = np.unique(means, return_counts=True)[1]
    assert len(counts) == 100
    assert (np.sort(counts) == [6] * 70 + [7] * 30).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=300))
def test_buckets_keep_the_sum_and_the_order(values):
    shares = np.array(values)
    means = bucket_means(shares)
    assert means.sum() == pytest.approx(shares.sum())
    assert (np.diff(means[np.argsort(shares, kind="stable")]) >= -1e-9).all()
    assert len(np.unique(means)) <= bucket_count(len(shares))


def test_the_published_release_loads_as_630_145_30(public_data):
    taxonomy = Taxonomy.load(public_data / "aei" / "cluster_level_dataset.tsv")
    assert taxonomy.sizes() == {0: 630, 1: 145, 2: 30}
    level_2 = taxonomy.level(2).sort("conversation_share")
    assert level_2["conversation_share"][-1] == pytest.approx(0.07269, abs=1e-5)
    assert taxonomy.level(0)["conversation_share"].sum() == pytest.approx(1)


def test_the_published_split_comes_out_as_57_to_43(public_data):
    values = Taxonomy.load(public_data / "aei" / "cluster_level_dataset.tsv").table
    top = values.filter(pl.col("level") == 2)
    five = ["directive", "feedback_loop", "task_iteration", "learning", "validation"]
    mass = {name: (top[f"{name}_share"] * top["conversation_share"]).sum() for name in five}
    augmentation = mass["task_iteration"] + mass["learning"] + mass["validation"]
    assert augmentation / sum(mass.values()) == pytest.approx(0.5699, abs=1e-4)
