"""Does a release hold what it says? Findings, each an error or a quirk.

An error means that the release must not be trusted. A quirk is what a reader should know before
using it: the published release of March 2025 has several, and loads all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
from polars.testing import assert_frame_equal

from taxonomy.cluster_map import MAP_FILE
from taxonomy.errors import OnetError, ReleaseError
from taxonomy.onet.crosswalk import best_tasks
from taxonomy.onet.sssom import SSSOM_FILE, read_sssom
from taxonomy.privacy import PUBLISHED
from taxonomy.release.read import read_places
from taxonomy.release.wide import (
    NAME_COLUMNS,
    PERCENT_COLUMNS,
    RATIO_COLUMNS,
    WIDE_COLUMNS,
    WIDE_FILE,
    bucket_count,
    from_wide,
    read_wide,
    to_wide,
)
from taxonomy.release.write import CHECKSUMS_FILE
from taxonomy.run import file_digest
from taxonomy.tree import Taxonomy

SUM_TOLERANCE = 1e-6
# Six ratios rounded to three decimals may add up to this much more or less than one.
RATIO_SUM_TOLERANCE = 6 * 0.0005 + 1e-9


@dataclass(frozen=True)
class Finding:
    """One thing that a check found."""

    kind: Literal["error", "quirk"]
    text: str


def check_release(path: Path) -> list[Finding]:
    """Everything found in a release folder or a wide TSV, errors first.

    Raises
    ------
    ReleaseError
        There is no release, or its wide table lacks columns.
    """
    file = path / WIDE_FILE if path.is_dir() else path
    if not file.exists():
        raise ReleaseError(f"{path} holds no {WIDE_FILE}; give a release folder or a TSV.")
    wide = read_wide(file)
    findings = [finding for check in WIDE_CHECKS for finding in check(wide)]
    if path.is_dir():
        findings += [finding for check in FOLDER_CHECKS for finding in check(path)]
    return sorted(findings, key=lambda finding: finding.kind)


def _error(text: str) -> Finding:
    return Finding("error", text)


def _quirk(text: str) -> Finding:
    return Finding("quirk", text)


def _check_columns(wide: pl.DataFrame) -> Iterator[Finding]:
    if wide.columns != WIDE_COLUMNS:
        yield _error(f"columns are {wide.columns}, expected {WIDE_COLUMNS}")
    if wide.is_empty():
        yield _error("the table has no row")


def _check_tree(wide: pl.DataFrame) -> Iterator[Finding]:
    names = wide.select(f"cluster_name_{level}" for level in (0, 1, 2))
    if missing := sum(names.null_count().row(0)):
        yield _error(f"{missing} names are blank")
    repeated = wide.height - wide["cluster_name_0"].n_unique()
    if repeated:
        yield _error(f"{repeated} level-0 names occur more than once")
    for level in (1, 2):
        name, about = f"cluster_name_{level}", f"cluster_description_{level}"
        varied = wide.group_by(_path(level)).agg(pl.col(about).n_unique()).filter(pl.col(about) > 1)
        if varied.height:
            yield _error(f"{varied.height} level-{level} nodes have more than one description")
        if level == 1 and (split := _n_split(wide, name)):
            yield _quirk(f"{split} level-1 names stand under more than one level-2 node")


def _path(level: int) -> list[str]:
    return [f"cluster_name_{above}" for above in range(level, 3)]


def _n_split(wide: pl.DataFrame, name: str) -> int:
    parents = wide.group_by(name).agg(pl.col("cluster_name_2").n_unique())
    return parents.filter(pl.col("cluster_name_2") > 1).height


def _check_single_children(wide: pl.DataFrame) -> Iterator[Finding]:
    below_1 = wide.group_by(_path(1)).len().filter(pl.col("len") == 1).height
    if below_1:
        yield _quirk(f"{below_1} level-1 nodes have a single child")
    groups = wide.group_by("cluster_name_2").agg(pl.col("cluster_name_1").n_unique())
    if below_2 := groups.filter(pl.col("cluster_name_1") == 1).height:
        yield _quirk(f"{below_2} level-2 nodes have a single child")


def _check_recurring_names(wide: pl.DataFrame) -> Iterator[Finding]:
    for low, high in ((0, 1), (1, 2)):
        lower, upper = wide[f"cluster_name_{low}"], wide[f"cluster_name_{high}"]
        both = set(lower.unique()) & set(upper.unique())
        if both:
            yield _quirk(f"{len(both)} names occur at both level {low} and level {high}")


def _check_percents(wide: pl.DataFrame) -> Iterator[Finding]:
    for column in PERCENT_COLUMNS:
        values = wide[column]
        if values.null_count():
            yield _error(f"{column} has {values.null_count()} blanks")
            continue
        total = float(values.sum())
        if abs(total - 100) > 100 * SUM_TOLERANCE:
            yield _error(f"{column} sums to {total:.6f}, expected 100")
        yield from _check_buckets(values)


def _check_buckets(values: pl.Series) -> Iterator[Finding]:
    expected = bucket_count(len(values))
    distinct = values.n_unique()
    if distinct > expected:
        yield _error(f"{values.name} has {distinct} distinct values, more than {expected} buckets")
    elif distinct < expected:
        yield _quirk(f"{values.name} has {distinct} distinct values for {expected} buckets")


def _check_ratios(wide: pl.DataFrame) -> Iterator[Finding]:
    for column in RATIO_COLUMNS:
        outside = wide.filter(~pl.col(column).is_between(0, 1)).height
        if outside:
            yield _error(f"{column} has {outside} values outside 0 to 1")
        if blanks := wide[column].null_count():
            yield _quirk(f"{column} is blank (suppressed or unknown) in {blanks} rows")
    patterns = [column for column in RATIO_COLUMNS if column.startswith("collaboration:")]
    total = pl.sum_horizontal(patterns)
    full = wide.filter(~pl.any_horizontal(pl.col(patterns).is_null()))
    if over := wide.filter(total > 1 + RATIO_SUM_TOLERANCE).height:
        yield _error(f"the six collaboration ratios add up to more than 1 in {over} rows")
    if under := full.filter(total < 1 - RATIO_SUM_TOLERANCE).height:
        yield _error(f"the six collaboration ratios add up to less than 1 in {under} full rows")
    if full.height < wide.height:
        yield _quirk(f"{wide.height - full.height} rows lack at least one collaboration ratio")


def _check_texts(wide: pl.DataFrame) -> Iterator[Finding]:
    for column in NAME_COLUMNS:
        texts = wide[column].drop_nulls().unique()
        if "description" in column:
            blank = wide.filter(pl.col(column).fill_null("").str.strip_chars() == "").height
            if blank:
                yield _quirk(f"{column} is blank in {blank} rows")
            if spaced := texts.filter(texts != texts.str.strip_chars()).len():
                yield _quirk(f"{spaced} texts of {column} begin or end with a space")
        elif stops := texts.str.ends_with(".").sum():
            yield _quirk(f"{stops} names of {column} end with a full stop")
    broken = wide.select(pl.any_horizontal(pl.col(NAME_COLUMNS).str.contains(r"[\t\r\n]"))).sum()
    if broken.item():
        yield _error(f"{broken.item()} rows hold a tab or a line break in a name or description")


def _check_onet(wide: pl.DataFrame) -> Iterator[Finding]:
    if blanks := wide["onet_task"].null_count():
        yield _quirk(f"onet_task is blank in {blanks} rows")


WIDE_CHECKS: tuple[Callable[[pl.DataFrame], Iterator[Finding]], ...] = (
    _check_columns,
    _check_tree,
    _check_single_children,
    _check_recurring_names,
    _check_percents,
    _check_ratios,
    _check_texts,
    _check_onet,
)


def _check_sums(folder: Path) -> Iterator[Finding]:
    sums = folder / CHECKSUMS_FILE
    if not sums.exists():
        yield _quirk(f"there is no {CHECKSUMS_FILE}, so nothing says whether files were changed")
        return
    lines = [line.split("  ", 1) for line in sums.read_text(encoding="utf-8").splitlines()]
    listed = {name: digest for digest, name in lines}
    for name, digest in listed.items():
        found = file_digest(folder / name)
        if found is None:
            yield _error(f"{name} is listed in {CHECKSUMS_FILE} but missing")
        elif found != digest:
            yield _error(f"{name} is not what {CHECKSUMS_FILE} lists: it was changed or damaged")
    extra = {file.name for file in folder.iterdir()} - set(listed) - {CHECKSUMS_FILE}
    if extra:
        yield _error(f"{', '.join(sorted(extra))}: not listed in {CHECKSUMS_FILE}")


def _check_tables(folder: Path) -> Iterator[Finding]:
    if not (folder / "nodes.parquet").exists():
        yield _quirk("there is no nodes.parquet: only the wide table was checked")
        return
    taxonomy = Taxonomy.load(folder)
    shown = taxonomy.nodes.filter(pl.col("status") == PUBLISHED)
    hidden = taxonomy.nodes.filter(pl.col("status") != PUBLISHED)
    if hidden["name"].count() or hidden["description"].count():
        yield _error("a suppressed node still has a name or a description")
    if taxonomy.measures.filter(pl.col("status") != PUBLISHED)["value"].count():
        yield _error("a suppressed cell still has a value")
    parents = set(shown["parent_id"].drop_nulls())
    if lost := parents - set(shown["node_id"]):
        yield _error(f"{len(lost)} published nodes have a parent that is not published")
    wide = read_wide(folder / WIDE_FILE)
    try:
        crosswalk = _crosswalk(folder)
    except OnetError as error:
        yield _error(str(error))
        crosswalk = None
    onet_tasks = None if crosswalk is None else best_tasks(crosswalk)
    try:
        made = to_wide(taxonomy.nodes, taxonomy.measures, onet_tasks)
        assert_frame_equal(made, wide, abs_tol=1e-9)
    except AssertionError:
        yield _error(f"{WIDE_FILE} is not what the other tables of the release give")
    leaves = shown.filter(pl.col("level") == 0)["node_id"]
    if crosswalk is not None and set(crosswalk["node_id"]) != set(leaves):
        yield _error(f"{SSSOM_FILE} is not of the published clusters")
    if set(from_wide(wide)[0]["node_id"]) != set(shown["node_id"]):
        yield _error("node ids do not follow from the published names")


def _check_map(folder: Path) -> Iterator[Finding]:
    if not (folder / MAP_FILE).exists() or not (folder / "nodes.parquet").exists():
        return
    try:
        places = read_places(folder)
    except ReleaseError as error:
        yield _error(str(error))
        return
    keys = ["node_id", "level"]
    shown = Taxonomy.load(folder).nodes.filter(pl.col("status") == PUBLISHED)
    if not places.select(keys).sort(keys).equals(shown.select(keys).sort(keys)):
        yield _error(f"{MAP_FILE} does not place each published node once, and no other")
    is_inside = pl.all_horizontal(pl.col("x", "y").is_between(0, 1).fill_null(False))
    if outside := places.filter(~is_inside).height:
        yield _error(f"{outside} places of {MAP_FILE} are outside 0 to 1")


def _crosswalk(folder: Path) -> pl.DataFrame | None:
    return read_sssom(folder / SSSOM_FILE)[0] if (folder / SSSOM_FILE).exists() else None


def _check_floors(folder: Path) -> Iterator[Finding]:
    if not (folder / "manifest.json").exists():
        return
    taxonomy = Taxonomy.load(folder)
    try:
        floors = taxonomy.facts["counts"]["floors"]
    except KeyError:
        yield _error("manifest.json does not say the floors")
        return
    for measure, floor in (
        ("n_conversations", floors["min_conversations"]),
        ("n_users", floors["min_users"]),
    ):
        counts = taxonomy.measures.filter(pl.col("measure") == measure)
        if under := counts.filter(pl.col("value") < floor).height:
            yield _error(f"{under} published nodes are under the floor of {floor} {measure}")


FOLDER_CHECKS: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    _check_sums,
    _check_tables,
    _check_map,
    _check_floors,
)
