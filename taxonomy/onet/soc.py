"""The files around O*NET in, frames out: the SOC's groups, employment, wages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_codes, check_filled, check_unique, numbers
from taxonomy.onet.files import read_table, single_file

# Broadest first; each with its column in SOC_Structure.csv.
LEVELS = {
    "major": "Major Group",
    "minor": "Minor Group",
    "broad": "Broad Occupation",
    "detailed": "Detailed Occupation",
    "onet": "Detailed O*NET-SOC",
}
_TITLE = ("SOC or O*NET-SOC 2019 Title",)
# A salary up to this is dollars an hour, as the index reads its file; above it, a year.
HIGHEST_HOURLY = 100


def read_soc(path: Path) -> pl.DataFrame:
    """SOC_Structure.csv as a strict tree: code, level, title, parent; in the file's order.

    `level` is major, minor, broad, detailed or onet; `parent` is the code of the row one level up
    that comes before, null for a major group. Titles are exact.

    Raises
    ------
    OnetError
        The file cannot be read, a row has not exactly one code, a code repeats, or a row stands
        under a group that its code contradicts.
    """
    file = single_file(path)
    columns = {level: (column,) for level, column in LEVELS.items()}
    table = read_table(file, {**columns, "title": _TITLE})
    check_filled(table, ["title"], file.name)
    filled = table.select(n=pl.sum_horizontal(pl.col(level).is_not_null() for level in LEVELS))["n"]
    if (wrong := table.filter(filled != 1)).height:
        raise OnetError(
            f"{file.name}: {wrong.height:,} rows do not have exactly one code, "
            f"e.g. {wrong['title'][0]!r}; expected one of {', '.join(LEVELS.values())} a row."
        )
    soc = table.with_columns(
        code=pl.coalesce(*LEVELS),
        level=pl.coalesce(
            pl.when(pl.col(level).is_not_null()).then(pl.lit(level)) for level in LEVELS
        ),
        parent=_parent(),
    ).select("code", "level", "title", "parent")
    check_unique(soc, ["code"], file.name)
    _check_tree(soc, file.name)
    return soc


def major_groups(soc: pl.DataFrame) -> pl.DataFrame:
    """The major groups: group (two digits, e.g. "15"), title; sorted by group."""
    majors = soc.filter(pl.col("level") == "major")
    return majors.select(group=pl.col("code").str.head(2), title="title").sort("group")


def soc_ladder(occupations: pl.DataFrame, soc: pl.DataFrame) -> pl.DataFrame:
    """The groups above each occupation: onet_soc, then code and title of each group.

    Parameters
    ----------
    occupations : onet_soc, of any release
    soc : as `read_soc` gives it

    Returns
    -------
    onet_soc, major, major_title, minor, minor_title, broad, broad_title, detailed,
    detailed_title; one row a distinct onet_soc, sorted. The major group goes by the first two
    digits, which all vintages share; null where `soc` has no such group. The groups below it are
    null where the first seven characters are no detailed occupation of `soc`: codes of another
    vintage may mean another group, so they are not guessed.
    """
    codes = occupations.select("onet_soc").unique().sort("onet_soc")
    rungs = codes.with_columns(
        major=pl.concat_str(pl.col("onet_soc").str.head(2), pl.lit("-0000")),
        detailed=pl.col("onet_soc").str.head(7),
    )
    parents = soc.select("code", "parent", "level")
    known = parents.filter(pl.col("level") == "detailed").select(detailed="code", broad="parent")
    broad = parents.filter(pl.col("level") == "broad").select(broad="code", minor="parent")
    rungs = rungs.join(known, on="detailed", how="left").join(broad, on="broad", how="left")
    rungs = rungs.with_columns(detailed=pl.when(pl.col("broad").is_not_null()).then("detailed"))
    for level in list(LEVELS)[:-1]:
        titles = soc.filter(pl.col("level") == level)
        named = titles.select(pl.col("code").alias(level), pl.col("title").alias(f"{level}_title"))
        rungs = rungs.join(named, on=level, how="left")
    rungs = rungs.with_columns(major=pl.when(pl.col("major_title").is_not_null()).then("major"))
    columns = [name for level in list(LEVELS)[:-1] for name in (level, f"{level}_title")]
    return rungs.select("onet_soc", *columns).sort("onet_soc")


def read_employment(path: Path) -> pl.DataFrame:
    """bls_employment_may_2023.csv: title of a major group, employment (persons).

    Raises
    ------
    OnetError
        The file cannot be read, or employment is not a whole number.
    """
    file = single_file(path)
    table = read_table(file, {"title": _TITLE, "employment": ("bls_distribution",)})
    check_filled(table, table.columns, file.name)
    check_unique(table, ["title"], file.name)
    return numbers(table, "employment", pl.Int64, file.name)


def read_wages(path: Path) -> pl.DataFrame:
    """wage_data.csv: onet_soc, title, median_salary, is_hourly, job_zone; sorted by onet_soc.

    `median_salary` is in dollars a year, or an hour where `is_hourly`; the file's -1 is null, in
    `job_zone` (1 to 5) too, and `is_hourly` is null where the salary is.

    Raises
    ------
    OnetError
        The file cannot be read, or a number is none.
    """
    file = single_file(path)
    columns = {
        "onet_soc": ("SOCcode",),
        "title": ("JobName",),
        "median_salary": ("MedianSalary",),
        "job_zone": ("JobZone",),
    }
    table = read_table(file, columns)
    check_filled(table, table.columns, file.name)
    check_codes(table, file.name)
    check_unique(table, ["onet_soc"], file.name)
    table = numbers(table, "median_salary", pl.Float64, file.name)
    table = numbers(table, "job_zone", pl.Int64, file.name)
    salary, zone = pl.col("median_salary"), pl.col("job_zone")
    return (
        table.with_columns(
            median_salary=pl.when(salary != -1).then(salary),
            job_zone=pl.when(zone != -1).then(zone),
        )
        .with_columns(is_hourly=salary <= HIGHEST_HOURLY)
        .select("onet_soc", "title", "median_salary", "is_hourly", "job_zone")
        .sort("onet_soc")
    )


def _parent() -> pl.Expr:
    """The last code of the level above; null for a major group."""
    above = pl.lit(None, pl.String)
    levels = list(LEVELS)
    for upper, lower in pairwise(levels):
        last = pl.col(upper).forward_fill()
        above = pl.when(pl.col(lower).is_not_null()).then(last).otherwise(above)
    return above


def _check_tree(soc: pl.DataFrame, file: str) -> None:
    lower = soc.filter(pl.col("level") != "major")
    check_filled(lower, ["parent"], file)
    # How much of its parent's code a code repeats; 29-1221 is under 29-1210, so only five there.
    shared = pl.col("level").replace_strict(
        {"minor": 3, "broad": 4, "detailed": 5, "onet": 7}, return_dtype=pl.Int64
    )
    agree = pl.col("code").str.head(shared) == pl.col("parent").str.head(shared)
    if (wrong := lower.filter(~agree)).height:
        code, _, _, parent = wrong.row(0)
        raise OnetError(
            f"{file}: {code} stands below {parent}, which its code contradicts (and "
            f"{wrong.height - 1:,} more); the rows should be in the order of the SOC."
        )
