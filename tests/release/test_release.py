from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from taxonomy.errors import ReleaseError
from taxonomy.pipeline import build
from taxonomy.release.check import check_release
from taxonomy.release.wide import read_wide
from taxonomy.release.write import write_release
from taxonomy.settings import Settings
from taxonomy.tree import Taxonomy

FILES = {
    "README.md",
    "SHA256SUMS",
    "clusters_wide.tsv",
    "index.html",
    "manifest.json",
    "map.parquet",
    "measures.parquet",
    "nodes.parquet",
    "tree.json",
}


@pytest.fixture(scope="module")
def release(small_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("releases") / "v1"
    write_release(small_run, out, version="v1")
    return out


@pytest.fixture
def copy(release, tmp_path):
    return shutil.copytree(release, tmp_path / "copy")


def errors(path):
    return [finding.text for finding in check_release(path) if finding.kind == "error"]


def test_a_release_passes_its_own_check(release):
    assert {file.name for file in release.iterdir()} == FILES
    assert errors(release) == []


def test_the_same_run_gives_the_same_bytes(small_run, release, tmp_path):
    write_release(small_run, tmp_path / "again", version="v1")
    for file in FILES:
        assert (tmp_path / "again" / file).read_bytes() == (release / file).read_bytes(), file


def test_a_release_loads_as_the_run_did(small_run, release):
    run, published = Taxonomy.load(small_run), Taxonomy.load(release)
    columns = ["code", "name", "n_conversations", "conversation_share", "automation_share"]
    assert published.table.select(columns).equals(run.table.select(columns))


def test_the_wide_table_alone_gives_the_same_ids(release):
    from_table = Taxonomy.load(release / "clusters_wide.tsv")
    shown = Taxonomy.load(release).table
    assert set(from_table.nodes["node_id"]) == set(shown["node_id"])


def test_suppressed_clusters_are_marked_and_nameless(tmp_path, small_corpus, hashing_encoder):
    settings = Settings.load(None, ["cluster.n_clusters=30"])
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    write_release(run, tmp_path / "out", version="v")
    nodes = pl.read_parquet(tmp_path / "out" / "nodes.parquet")
    hidden = nodes.filter(pl.col("status") == "suppressed")
    assert hidden.height > 0
    assert hidden["name"].null_count() == hidden["description"].null_count() == hidden.height
    names = set(pl.read_parquet(run / "nodes.parquet")["name"]) - set(nodes["name"].drop_nulls())
    text = "".join(
        (tmp_path / "out" / name).read_text(encoding="utf-8")
        for name in ("tree.json", "clusters_wide.tsv", "index.html", "README.md")
    )
    assert names
    # A name of a published node may begin with the words of one that is not.
    assert not [name for name in names if re.search(rf"{re.escape(name)}(?![\w ,])", text)]
    assert errors(tmp_path / "out") == []


def test_measures_of_one_person_stay_in_the_run(small_run, release):
    private = pl.read_parquet(small_run / "measures.parquet")["measure"].unique()
    published = pl.read_parquet(release / "measures.parquet")
    assert "top_user_share" in private
    assert "top_user_share" not in published["measure"].unique()
    assert not {"cell_conversations", "cell_users"} & set(published.columns)


def test_no_user_or_conversation_id_is_published(small_run, release):
    ids = pl.read_parquet(
        small_run / "conversations.parquet", columns=["conversation_id", "user_id"]
    )
    text = b"".join(file.read_bytes() for file in release.iterdir())
    assert not [
        row for row in ids.head(100).iter_rows() if any(name.encode() in text for name in row)
    ]


def test_the_card_gives_the_floors_and_where_the_conversations_went(small_run, release):
    n = pl.read_parquet(small_run / "conversations.parquet", columns=["user_id"]).height
    card = (release / "README.md").read_text(encoding="utf-8")
    assert "a cluster needs 5 conversations and 3 users" in card
    assert f"| read | {n} | 100.0% |" in card
    assert "$" not in card
    assert "held from 2026-03-02 to 2026-03-12" in card


def test_the_map_places_each_published_node_and_no_other(release, copy):
    places = pl.read_parquet(release / "map.parquet")
    assert set(places["node_id"]) == set(Taxonomy.load(release).table["node_id"])
    places.head(places.height - 1).write_parquet(copy / "map.parquet")
    assert any("does not place each published node once" in text for text in errors(copy))
    places.with_columns(x=pl.col("x") + 1).write_parquet(copy / "map.parquet")
    assert any("are outside 0 to 1" in text for text in errors(copy))


def test_percents_sum_to_100(release):
    wide = read_wide(release / "clusters_wide.tsv")
    assert wide["percent_records"].sum() == pytest.approx(100)
    assert wide["percent_users"].sum() == pytest.approx(100)


def test_nothing_above_the_floors_is_an_error_that_says_what_helps(
    tmp_path, small_corpus, hashing_encoder
):
    settings = Settings.load(None, ["cluster.n_clusters=12", "privacy.preset=index"])
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    with pytest.raises(ReleaseError, match=r"no cluster passes the floors.*fewer clusters"):
        write_release(run, tmp_path / "out", version="v")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_release_is_not_overwritten(small_run, tmp_path):
    (tmp_path / "thesis.tex").write_text("five years of work")
    with pytest.raises(ReleaseError, match="exists and is not a release"):
        write_release(small_run, tmp_path, version="v")
    assert (tmp_path / "thesis.tex").exists()


def test_a_changed_file_is_found(copy):
    wide = copy / "clusters_wide.tsv"
    wide.write_text(wide.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert any("clusters_wide.tsv is not what SHA256SUMS lists" in text for text in errors(copy))


def test_a_missing_and_an_extra_file_are_found(copy):
    (copy / "tree.json").unlink()
    (copy / "members.csv").write_text("conversation_id\n")
    found = errors(copy)
    assert "tree.json is listed in SHA256SUMS but missing" in found
    assert "members.csv: not listed in SHA256SUMS" in found


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (pl.col("percent_records") * 1.1, "percent_records sums to 110"),
        (pl.col("has_thinking_ratio").fill_null(0) + 2, "has_thinking_ratio has"),
        (pl.lit("The same name").alias("cluster_name_0"), "level-0 names occur more than once"),
        (pl.lit(None, pl.String).alias("cluster_name_1"), "names are blank"),
    ],
)
def test_a_wide_table_that_breaks_a_rule_is_found(copy, damage, found):
    wide = read_wide(copy / "clusters_wide.tsv").with_columns(damage)
    wide.write_csv(copy / "clusters_wide.tsv", separator="\t")
    assert any(found in text for text in errors(copy / "clusters_wide.tsv"))


def test_a_node_under_the_floor_is_found(copy):
    file = copy / "measures.parquet"
    low = pl.when(pl.col("measure") == "n_users").then(1.0).otherwise("value")
    pl.read_parquet(file).with_columns(value=low).write_parquet(file)
    assert any("under the floor of 3 n_users" in text for text in errors(copy))


def test_a_suppressed_cell_that_still_has_a_value_is_found(copy):
    file = copy / "measures.parquet"
    pl.read_parquet(file).with_columns(pl.col("value").fill_null(0.5)).write_parquet(file)
    assert "a suppressed cell still has a value" in errors(copy)


def test_tree_json_nests_every_published_node(release):
    def count(nodes):
        return sum(1 + count(node["children"]) for node in nodes)

    tree = json.loads((release / "tree.json").read_text(encoding="utf-8"))
    assert count(tree) == sum(Taxonomy.load(release).sizes().values())


def test_the_published_release_has_quirks_but_no_errors(public_data):
    findings = check_release(public_data / "aei" / "cluster_level_dataset.tsv")
    texts = "\n".join(finding.text for finding in findings)
    assert {finding.kind for finding in findings} == {"quirk"}
    for quirk in (
        "20 level-1 nodes have a single child",
        "5 names occur at both level 0 and level 1",
        "1 names occur at both level 1 and level 2",
        "percent_users has 99 distinct values for 100 buckets",
        "has_thinking_ratio is blank (suppressed or unknown) in 29 rows",
        "178 rows lack at least one collaboration ratio",
        "cluster_description_0 is blank in 2 rows",
        "239 texts of cluster_description_0 begin or end with a space",
        "10 names of cluster_name_0 end with a full stop",
        "onet_task is blank in 11 rows",
    ):
        assert quirk in texts


def test_a_guess_of_a_suppressed_name_cannot_be_confirmed_by_its_id(
    tmp_path, small_corpus, hashing_encoder
):
    settings = Settings.load(None, ["cluster.n_clusters=30"])
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    write_release(run, tmp_path / "out", version="v")
    nodes = pl.read_parquet(tmp_path / "out" / "nodes.parquet")
    hidden = nodes.filter(pl.col("status") == "suppressed")
    real = set(pl.read_parquet(run / "nodes.parquet")["node_id"])
    assert hidden.height > 0
    assert not set(hidden["node_id"]) & real
    assert set(nodes["parent_id"].drop_nulls()) <= set(nodes["node_id"])
    assert [f for f in check_release(tmp_path / "out") if f.kind == "error"] == []


def test_the_manifest_tells_no_count_under_the_floor(tmp_path, small_run):
    write_release(small_run, tmp_path / "out", version="v")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    whole = json.loads((small_run / "manifest.json").read_text())["stages"]["facets"]["facts"]
    floor = manifest["counts"]["floors"]["min_cell_conversations"]
    few = {name for name, n in whole["language"].items() if n < floor}
    assert few
    assert not few & set(manifest["facets"]["language"])
    assert sum(manifest["facets"]["language"].values()) == sum(whole["language"].values())


def test_the_address_of_a_server_is_not_published(tmp_path, small_corpus, hashing_encoder):
    settings = Settings.load(
        None, ["cluster.n_clusters=8", "privacy.min_users=3", "claude.base_url=http://secret.host"]
    )
    run = build([small_corpus], tmp_path / "run", settings, encoder=hashing_encoder)
    write_release(run, tmp_path / "out", version="v")
    everything = "".join(
        f.read_text(errors="replace") for f in (tmp_path / "out").iterdir() if f.is_file()
    )
    assert "secret.host" not in everything


def test_a_release_without_a_crosswalk_says_that_it_was_not_mapped(release):
    assert "blank: not mapped in this release" in (release / "README.md").read_text()
    assert read_wide(release / "clusters_wide.tsv")["onet_task"].count() == 0


def test_a_file_is_not_overwritten_by_a_release(small_run, tmp_path):
    (tmp_path / "thesis.tex").write_text("five years of work")
    with pytest.raises(ReleaseError, match="exists and is not a release"):
        write_release(small_run, tmp_path / "thesis.tex", version="v")
    assert (tmp_path / "thesis.tex").read_text() == "five years of work"


def test_a_map_that_is_damaged_or_does_not_fit_is_an_error(copy):
    file = copy / "map.parquet"
    places = pl.read_parquet(file)
    for wrong, said in (
        (places.with_columns(x=pl.lit(None, pl.Float64)), "are outside 0 to 1"),
        (places.with_columns(level=pl.lit(0, pl.Int8)), "does not place each published node once"),
        (places.head(-1), "does not place each published node once"),
        (places.drop("x"), "cannot read the map"),
    ):
        wrong.write_parquet(file)
        assert any(said in error for error in errors(copy))
    file.write_bytes(b"no table")
    assert any("cannot read the map" in error for error in errors(copy))


def test_a_manifest_without_floors_is_an_error(copy):
    (copy / "manifest.json").write_text(json.dumps({"version": "v1"}))
    assert "manifest.json does not say the floors" in errors(copy)


def test_a_release_that_cannot_be_written_leaves_the_one_before(copy, small_run, monkeypatch):
    before = {file.name: file.read_bytes() for file in copy.iterdir()}
    replace = Path.replace

    def fails(file, target):
        if file.name == ".copy.partial":
            raise KeyboardInterrupt
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(KeyboardInterrupt):
        write_release(small_run, copy, version="v2")
    assert {file.name: file.read_bytes() for file in copy.iterdir()} == before
    assert [file.name for file in copy.parent.iterdir()] == ["copy"]


def test_a_release_that_a_killed_command_put_aside_comes_back(copy, small_run, tmp_path):
    copy.rename(copy.with_name(".copy.before"))
    (tmp_path / ".copy.partial").mkdir()
    write_release(small_run, copy, version="v2")
    assert Taxonomy.load(copy).facts["version"] == "v2"
    assert [file.name for file in tmp_path.iterdir()] == ["copy"]


def test_of_a_link_what_it_leads_to_is_replaced(copy, small_run, tmp_path):
    link = tmp_path / "latest"
    link.symlink_to(copy)
    write_release(small_run, link, version="v2")
    assert link.is_symlink()
    assert Taxonomy.load(copy).facts["version"] == "v2"


def test_the_folder_one_is_in_is_not_replaced(small_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReleaseError, match="is the folder you are in"):
        write_release(small_run, ".", version="v1")
