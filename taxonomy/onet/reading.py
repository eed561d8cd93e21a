"""One file of an O*NET release in, one checked frame out."""

from __future__ import annotations

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import (
    check_codes,
    check_filled,
    check_inside,
    check_known,
    check_range,
    check_unique,
    numbers,
)
from taxonomy.onet.files import TableFile, read_table

DWA, IWA, GWA = "DWA", "IWA", "GWA"
TASK_TYPES = ("Core", "Supplemental")

TASK_KEY = ("onet_soc", "task_id")
_SOC_AND_TASK = {"onet_soc": ("O*NET-SOC Code",), "task_id": ("Task ID",)}
_TITLE = ("Title",)
# Up to O*NET 30.2, and from 30.3 on.
_GWA_ID = ("Element ID", "GWA Element ID")
_IWA_ID = ("IWA ID", "IWA Element ID")
_DWA_ID = ("DWA ID", "DWA Element ID")
_IWA_NAME = ("IWA Title", "IWA Element Name")
_DWA_NAME = ("DWA Title", "DWA Element Name")

ACTIVITIES = dict.fromkeys(("element_id", "level", "name", "parent_id"), pl.String)
TASK_DWAS = {"onet_soc": pl.String, "task_id": pl.Int64, "dwa_id": pl.String}
RATINGS = {
    "onet_soc": pl.String,
    "task_id": pl.Int64,
    "importance": pl.Float64,
    "relevance": pl.Float64,
}


def read_tasks(file: TableFile) -> pl.DataFrame:
    """onet_soc, task_id, task, task_type; one row an (occupation, statement).

    Raises
    ------
    OnetError
        For this and the other readers here: a column is missing, blank, or holds what it cannot.
    """
    columns = {**_SOC_AND_TASK, "task": ("Task",), "task_type": ("Task Type",)}
    tasks = _keyed(read_table(file, columns), file)
    check_filled(tasks, ["task"], file.name)
    check_unique(tasks, TASK_KEY, file.name)
    strange = tasks.filter(~pl.col("task_type").is_in(TASK_TYPES))["task_type"]
    if len(strange):
        raise OnetError(
            f"{file.name}: the task type is {strange[0]!r} in {len(strange):,} rows; expected "
            f"{', '.join(TASK_TYPES)} or n/a."
        )
    return tasks


def read_titles(file: TableFile) -> pl.DataFrame:
    """The occupations that a file of statements names: onet_soc, title, description (null)."""
    titles = read_table(file, {"onet_soc": ("O*NET-SOC Code",), "title": _TITLE}).unique()
    return _occupations(titles.with_columns(description=pl.lit(None, pl.String)), file)


def read_occupations(file: TableFile) -> pl.DataFrame:
    """onet_soc, title, description."""
    columns = {"onet_soc": ("O*NET-SOC Code",), "title": _TITLE, "description": ("Description",)}
    return _occupations(read_table(file, columns), file)


def read_task_dwas(file: TableFile) -> pl.DataFrame:
    """onet_soc, task_id, dwa_id; one row a link."""
    links = _keyed(read_table(file, {**_SOC_AND_TASK, "dwa_id": _DWA_ID}), file)
    check_filled(links, ["dwa_id"], file.name)
    check_unique(links, [*TASK_KEY, "dwa_id"], file.name)
    return links.sort(*TASK_KEY, "dwa_id")


def read_ratings(file: TableFile) -> pl.DataFrame:
    """onet_soc, task_id, importance (1 to 5), relevance (share): scales IM and RT of the file."""
    columns = {**_SOC_AND_TASK, "scale": ("Scale ID",), "value": ("Data Value",)}
    rows = _keyed(read_table(file, columns).filter(pl.col("scale").is_in(["IM", "RT"])), file)
    rows = numbers(rows, "value", pl.Float64, file.name)
    check_unique(rows, [*TASK_KEY, "scale"], file.name)
    importance = rows.filter(pl.col("scale") == "IM").rename({"value": "importance"})
    relevance = rows.filter(pl.col("scale") == "RT").rename({"value": "relevance"})
    check_range(importance, "importance", 1, 5, file.name)
    check_range(relevance, "relevance", 0, 100, file.name)
    joined = importance.join(relevance, on=TASK_KEY, how="full", coalesce=True)
    return joined.select(*TASK_KEY, "importance", pl.col("relevance") / 100).sort(TASK_KEY)


def read_activities(dwas: TableFile, iwas: TableFile, elements: TableFile) -> pl.DataFrame:
    """element_id, level, name, parent_id: DWAs, the IWAs above them, the GWAs above those.

    A GWA's name comes from the content model, which also has GWAs without IWAs: those are left
    out.
    """
    dwa = read_table(
        dwas, {"dwa_id": _DWA_ID, "iwa_id": _IWA_ID, "gwa_id": _GWA_ID, "name": _DWA_NAME}
    )
    iwa = read_table(iwas, {"iwa_id": _IWA_ID, "gwa_id": _GWA_ID, "name": _IWA_NAME})
    gwa = read_table(elements, {"gwa_id": ("Element ID",), "name": ("Element Name",)})
    for table, file in ((dwa, dwas), (iwa, iwas), (gwa, elements)):
        check_filled(table, table.columns, file.name)
        check_unique(table, table.columns[:1], file.name)
    for table, file in ((dwa, dwas), (iwa, iwas)):
        check_inside(table, *table.columns[:2], file=file.name)
    check_known(dwa, iwa, ["iwa_id", "gwa_id"], file=dwas.name, other=iwas.name)
    check_known(iwa, gwa, ["gwa_id"], file=iwas.name, other=elements.name)
    gwa = gwa.join(iwa, on="gwa_id", how="semi")
    return pl.concat(
        [
            _level(dwa, DWA, "dwa_id", pl.col("iwa_id")),
            _level(iwa, IWA, "iwa_id", pl.col("gwa_id")),
            _level(gwa, GWA, "gwa_id", pl.lit(None, pl.String)),
        ]
    )


def _keyed(table: pl.DataFrame, file: TableFile) -> pl.DataFrame:
    """The table with onet_soc checked and task_id as a number."""
    check_filled(table, TASK_KEY, file.name)
    check_codes(table, file.name)
    return numbers(table, "task_id", pl.Int64, file.name)


def _occupations(table: pl.DataFrame, file: TableFile) -> pl.DataFrame:
    check_filled(table, ["onet_soc", "title"], file.name)
    check_codes(table, file.name)
    check_unique(table, ["onet_soc"], file.name)
    return table.sort("onet_soc")


def _level(table: pl.DataFrame, level: str, own: str, parent: pl.Expr) -> pl.DataFrame:
    return table.select(element_id=own, level=pl.lit(level), name="name", parent_id=parent).sort(
        "element_id"
    )
