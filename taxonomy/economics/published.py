"""A folder or file of a published release in, one table in one schema out, whatever the wave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from taxonomy.economics.flat_format import (
    SECOND,
    UNDATED,
    WINDOWS,
    cluster_rows,
    pattern_rows,
    task_pattern_rows,
    task_rows,
    thinking_rows,
)
from taxonomy.economics.frames import NO_TASK
from taxonomy.economics.long_format import COLUMNS as LONG
from taxonomy.economics.long_format import long_rows
from taxonomy.economics.monthly_format import COLUMNS as MONTHLY
from taxonomy.economics.monthly_format import monthly_rows
from taxonomy.economics.schema import KEY, PUBLISHED, SOURCES, Window, identity
from taxonomy.errors import OnetError, ReleaseError, SettingsError
from taxonomy.onet.checks import check_codes, check_filled, check_range, check_unique
from taxonomy.onet.files import TableFile, read_table, single_file, table_name
from taxonomy.onet.soc import major_groups, read_employment, read_soc, read_wages
from taxonomy.release.wide import read_wide

KINDS = {
    "onet_task_mappings": "usage",
    "task_pct_v1": "usage",
    "task_pct_v2": "usage",
    "task_pct": "usage",
    "automation_vs_augmentation": "collaboration",
    "automation_vs_augmentation_v1": "collaboration",
    "automation_vs_augmentation_v2": "collaboration",
    "automation_vs_augmentation_by_task": "patterns",
    "task_thinking_fractions": "thinking",
    "cluster_level_dataset": "clusters",
    "clusters_wide": "clusters",
    "onet_task_statements": "statements",
    "soc_structure": "groups",
    "bls_employment_may_2023": "employment",
    "wage_data": "wages",
}
"""What the files hold, by name without ending and in lower case."""

REFERENCES = ("statements", "groups", "employment", "wages")
SAME_TASKS = {
    "collaboration_directive": "automation_vs_augmentation_by_task",
    "thinking": "task_thinking_fractions",
}
LONGEST_LINE = 100_000
ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
FILES = {
    "kind": pl.String,
    "file": pl.String,
    "source": pl.String,
    "date_start": pl.Date,
    "rows": pl.Int64,
    "sha256": pl.String,
}


@dataclass(frozen=True)
class Published:
    """A published release as read.

    `table` has the columns of `schema.PUBLISHED`; `files` those of `FILES`.
    The other frames are as `economics.frames` describes them, null where no file held them.
    """

    table: pl.DataFrame
    files: pl.DataFrame
    statements: pl.DataFrame | None = None
    groups: pl.DataFrame | None = None
    employment: pl.DataFrame | None = None
    wages: pl.DataFrame | None = None
    clusters: pl.DataFrame | None = None


def read_published(path: Path, *, source: str | None = None) -> Published:
    """The release at `path`: a folder of the Economic Index's data set, one of its files, or ours.

    Shares come out of percent, codes of places in ISO 3166, levels with 0 as the finest and the
    ends of windows exclusive. Files of a folder that are none of a release's are let be.

    Parameters
    ----------
    path : a folder is searched with its subfolders
    source : claude_ai or 1p_api, for files of June 2026 whose name does not tell

    Raises
    ------
    OnetError
        There is no file of a release, or one of them is missing a column, damaged, truncated, or
        holds what its documentation does not name.
    """
    if source is not None and source not in SOURCES:
        raise SettingsError(f"source is {source!r}; expected {' or '.join(SOURCES)}.")
    found = _found(path)
    tables, frames, files = [], {}, []
    for kind, file, where in found:
        window = _window(table_name(file), {table_name(name) for _, name, _ in found})
        opened = single_file(where)
        _check_whole(opened)
        if kind in REFERENCES:
            frames[kind] = _reference(kind, where)
            rows = frames[kind]
        elif kind == "clusters":
            frames[kind] = _clusters(where, opened)
            rows = cluster_rows(frames[kind], window, file)
            tables.append(rows)
        else:
            rows = _rows(kind, opened, window, source)
            tables.append(rows)
        origin, start = (
            rows[column].min() if column in rows.columns else None
            for column in ("source", "date_start")
        )
        facts = opened.facts
        files.append((kind, file, origin, start, facts["rows"], facts["sha256"]))
    table = pl.concat(tables) if tables else pl.DataFrame(schema=PUBLISHED)
    check_unique(table.with_columns(identity=identity()), KEY, str(path))
    _check_same_tasks(table, path)
    return Published(
        table=table.sort(*PUBLISHED, nulls_last=True),
        files=pl.DataFrame(files, schema=FILES, orient="row").sort("kind", "file"),
        **frames,
    )


def _found(path: Path) -> list[tuple[str, str, Path]]:
    """The files: kind, name, path; a name once, a raw file only without its enriched one."""
    if not path.exists():
        raise OnetError(
            f"there is nothing at {path}; expected a folder or a file of an Economic Index release."
        )
    candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
    files: dict[str, tuple[str, Path]] = {}
    for file in candidates:
        kind = _kind(file, alone=path.is_file()) if file.is_file() else None
        if kind is None or any(part.startswith(".") for part in file.relative_to(path).parts):
            continue
        twin = files.get(table_name(file.name))
        if twin and single_file(twin[1]).content != single_file(file).content:
            raise OnetError(
                f"{twin[1]} and {file} have one name and differ; give the folder of one release."
            )
        files.setdefault(table_name(file.name), (kind, file))
    for name in [name for name in files if name.startswith("aei_enriched_")]:
        files.pop(name.replace("aei_enriched_", "aei_raw_"), None)
    if not files:
        raise OnetError(
            f"{path} holds no file of an Economic Index release; expected one of "
            f"{', '.join(KINDS)} (.csv or .tsv), or aei_*.csv."
        )
    return [(kind, file.name, file) for kind, file in files.values()]


def _kind(file: Path, *, alone: bool) -> str | None:
    name = file.name.lower()
    if not name.endswith(ENDINGS):
        if not alone:
            return None
        raise OnetError(f"{file} does not end in {', '.join(ENDINGS)}; expected such a table.")
    if (kind := KINDS.get(table_name(name))) is not None:
        return kind
    if not (alone or name.startswith("aei_")):
        return None
    header = single_file(file).content.partition(b"\n")[0].decode("utf-8-sig", "replace")
    columns = {column.strip(' "\r') for column in header.split(",")}
    # The two formats share five columns: the one that it has more of is the one it was meant as.
    shared = {"long": len(columns & set(LONG)), "monthly": len(columns & set(MONTHLY))}
    if {"task_name", "pct"} <= columns:
        return KINDS["task_pct"]
    if max(shared.values()) < 6:
        raise OnetError(
            f"{file.name} has the columns {', '.join(sorted(columns))}; expected {', '.join(LONG)} "
            f"(September 2025 to March 2026) or {', '.join(MONTHLY)} (June 2026)."
        )
    return "long" if shared["long"] > shared["monthly"] else "monthly"


def _check_whole(file: TableFile) -> None:
    """Raise an OnetError where the last line has fewer fields than the first: it was cut off."""
    separator = b"\t" if ".tsv" in file.name.lower() else b","
    header = file.content.partition(b"\n")[0]
    last = file.content[-LONGEST_LINE:].rstrip(b"\r\n").rpartition(b"\n")[2]
    if last.count(separator) < header.count(separator):
        raise OnetError(
            f"{file.name} is truncated: its last line has fewer fields than its header; fetch it "
            "again."
        )


def _check_same_tasks(table: pl.DataFrame, path: Path) -> None:
    """Raise an OnetError where the files by task of March 2025 do not hold the same tasks."""
    tasks = table.filter(
        (pl.col("date_start") == pl.lit(SECOND[0])) & (pl.col("category") == "onet")
    )
    used = set(tasks.filter(pl.col("metric") == "share")["node"]) - {NO_TASK}
    for metric, name in SAME_TASKS.items():
        known = set(tasks.filter(pl.col("metric") == metric)["node"]) - {NO_TASK}
        if used and known and used != known:
            raise OnetError(
                f"{path}: {name}.csv lacks {len(used - known):,} tasks of task_pct_v2.csv and has "
                f"{len(known - used):,} others; expected the same. One of the two is truncated."
            )


def _window(name: str, names: set[str]) -> Window:
    """When a flat file's conversations are from: by its name, else by the files beside it."""
    if "task_pct" in names:
        return UNDATED
    beside = SECOND if {"task_pct_v2", "automation_vs_augmentation_v2"} & names else UNDATED
    return WINDOWS.get(name, beside)


def _rows(kind: str, file: TableFile, window: Window, source: str | None) -> pl.DataFrame:
    match kind:
        case "usage":
            return task_rows(file, table_name(file.name), window)
        case "collaboration":
            return pattern_rows(file, window)
        case "patterns":
            return task_pattern_rows(file, window)
        case "thinking":
            return thinking_rows(file, window)
        case "long":
            return long_rows(file)
        case _:
            return monthly_rows(file, source)


def _reference(kind: str, path: Path) -> pl.DataFrame:
    match kind:
        case "groups":
            return major_groups(read_soc(path))
        case "employment":
            return read_employment(path)
        case "wages":
            return read_wages(path)
        case _:
            columns = {"onet_soc": ("O*NET-SOC Code",), "title": ("Title",), "task": ("Task",)}
            statements = read_table(single_file(path), columns)
            check_filled(statements, statements.columns, path.name)
            check_codes(statements, path.name)
            check_unique(statements, ["onet_soc", "task"], path.name)
            return statements


def _clusters(path: Path, file: TableFile) -> pl.DataFrame:
    # Looks at the bytes first: a pointer or a page is told apart from a table that lacks columns.
    total = file.table.height
    try:
        clusters = read_wide(path)
    except ReleaseError as error:
        # polars tells the expression too, over many lines.
        raise OnetError(str(error).splitlines()[0]) from error
    percents = ["percent_records", "percent_users"]
    check_filled(
        clusters, [*(f"cluster_name_{level}" for level in (0, 1, 2)), *percents], path.name
    )
    for column in [*percents, *(name for name in clusters.columns if name.endswith("_ratio"))]:
        check_range(clusters, column, 0, 100 if column in percents else 1, path.name)
    for column in percents:
        added = float(clusters[column].sum())
        if abs(added - 100) > 0.5:
            raise OnetError(
                f"{path.name}: {column} adds up to {added:.2f} over {total:,} clusters; expected "
                "100. The file is truncated or altered: fetch it again."
            )
    return clusters
