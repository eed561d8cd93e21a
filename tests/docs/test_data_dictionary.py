"""The data dictionary has the files and columns that the package writes, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from taxonomy.mapping.clusters import CROSSWALK_FILE
from taxonomy.measures import MEASURE_BASES
from taxonomy.onet.crosswalk import CROSSWALK
from taxonomy.onet.questions import ASSIGNED
from taxonomy.onet.sssom import COLUMNS, NUMBERS, SSSOM_FILE
from taxonomy.onet.usage import usage_tables
from taxonomy.release.write import write_release
from taxonomy.settings import PrivacySettings

WORDS = {
    pl.String: "text",
    pl.Boolean: "yes or no",
    pl.Float64: "number",
    pl.Float32: "number",
    pl.Datetime: "time",
    pl.List: "list",
}
RUN_FILES = (
    "conversations.parquet",
    "facets.parquet",
    "clusters.parquet",
    "names.parquet",
    "map.parquet",
)


@pytest.fixture(scope="module")
def tables(pages):
    return pages.tables_by_heading(pages.DOCS / "data.md")


@pytest.fixture(scope="module")
def release(small_run, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dictionary") / "release"
    write_release(small_run, out, version="v")
    return out


def told(rows):
    """Column -> type, as the dictionary has them, in its order."""
    assert rows[0][:2] == ["column", "type"]
    return [(row[0], row[1]) for row in rows[1:]]


def in_words(schema):
    """Column -> type, as the frame has them."""
    return [
        (name, "whole number" if kind.is_integer() else WORDS[kind.base_type()])
        for name, kind in schema.items()
    ]


@pytest.mark.parametrize("file", RUN_FILES)
def test_a_file_of_a_run_has_the_columns_that_are_told(file, tables, small_run):
    assert in_words(pl.read_parquet_schema(small_run / file)) == told(tables[file])


@pytest.mark.parametrize("file", ["nodes.parquet", "measures.parquet"])
def test_a_file_of_both_has_the_columns_that_are_told(file, tables, small_run, release):
    of_run = pl.read_parquet_schema(small_run / file)
    assert in_words(of_run) == told(tables[f"{file} of a run"])
    assert in_words(pl.read_parquet_schema(release / file)) == told(tables[file])


def test_the_wide_table_has_the_columns_that_are_told(tables, release):
    wide = pl.read_csv(release / "clusters_wide.tsv", separator="\t", infer_schema_length=None)
    rows = told(tables["clusters_wide.tsv"])
    assert wide.columns == [name for name, _ in rows]
    told_numbers = {name for name, kind in rows if kind == "number"}
    texts = wide.select(pl.col(pl.String)).columns
    filled = {name for name in texts if wide[name].count()}  # one that is all blank has no type
    numbers = {name for name, kind in wide.schema.items() if kind.is_float()}
    assert numbers <= told_numbers
    assert not filled & told_numbers


def test_the_tables_of_the_mapping_have_the_columns_that_are_told(tables):
    assert in_words(pl.Schema(ASSIGNED)) == told(tables["tasks.parquet"])
    assert in_words(pl.Schema(CROSSWALK)) == told(tables[CROSSWALK_FILE])
    sssom = {name: NUMBERS.get(name, pl.String) for name in COLUMNS}
    assert in_words(pl.Schema(sssom)) == told(tables[SSSOM_FILE])


def test_the_tables_of_use_by_task_have_the_columns_that_are_told(tables):
    assigned = pl.DataFrame(schema=ASSIGNED)
    people = pl.DataFrame(
        schema=dict.fromkeys(["conversation_id", "user_id", "collaboration", "use_case"], pl.String)
        | {"thinking": pl.Boolean}
    )
    for name, table in usage_tables(assigned, people, PrivacySettings()).items():
        assert table.columns == [column for column, _ in told(tables[name])]


def test_every_measure_is_told_with_its_base(tables):
    assert {row[0]: row[1] for row in tables["Measures"][1:]} == MEASURE_BASES
    assert [row[0] for row in tables["Measures"][1:]] == list(MEASURE_BASES)


def test_every_key_of_the_manifest_is_told(tables, release):
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    keys = {row[0] for row in tables["manifest.json"][1:]}
    assert keys == {*manifest, "crosswalk"}  # which this run has not


def test_every_file_of_a_run_and_of_a_release_is_told(pages, small_run, release):
    text = (pages.DOCS / "data.md").read_text(encoding="utf-8")
    names = {file.name for folder in (small_run, release) for file in folder.iterdir()}
    assert {name for name in names if f"`{name}`" not in text and name[0] != "."} == set()
