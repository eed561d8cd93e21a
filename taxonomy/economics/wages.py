"""Allocated usage and wages in, usage by salary out: analysis A5."""

from __future__ import annotations

import polars as pl

from taxonomy.economics.frames import checked, result, total
from taxonomy.economics.occupations import shares_by_occupation
from taxonomy.errors import OnetError

HOURLY_BELOW = 100.0
"""Six rows of the published wages hold dollars an hour among dollars a year; all are below this."""


def usage_by_salary(
    allocated: pl.DataFrame, wages: pl.DataFrame, *, min_salary: float = HOURLY_BELOW
) -> pl.DataFrame:
    """A5, usage beside salary: onet_soc, title, median_salary, quartile, share; n counts tasks.

    Salaries are dollars a year, sorted from low to high. Quartiles (1 to 4) are of the
    occupations that have usage and a salary above `min_salary`, each counting once, cut at
    linearly interpolated quantiles. Shares stay shares of all occupations' usage, so that they
    add up to less than 1 by what had no annual salary (0.84 points in the first report).

    Parameters
    ----------
    allocated : as `allocate` gives it
    wages : joined by title, as published

    Raises
    ------
    OnetError
        No occupation with usage has a salary.
    """
    paid = checked("wages", wages).filter(pl.col("median_salary") > min_salary)
    joined = shares_by_occupation(allocated).join(paid.select("title", "median_salary"), on="title")
    if joined.is_empty():
        raise OnetError(
            f"none of the {wages.height:,} rows of the wages frame is an occupation with usage "
            f"and a salary above {min_salary:g}; expected O*NET titles of one version in both."
        )
    salary = joined["median_salary"]
    cuts = [salary.quantile(q, "linear") for q in (0.25, 0.5, 0.75)]
    above = [(pl.col("median_salary") >= cut).cast(pl.Int64) for cut in cuts]
    return result(
        joined.with_columns(quartile=1 + pl.sum_horizontal(above)).sort("median_salary", "title"),
        ["onet_soc", "title", "median_salary", "quartile", "share"],
        base=pl.col("base"),
        n=pl.col("n"),
        threshold=min_salary,
        allocation=pl.col("allocation"),
    )


def salary_quartiles(by_salary: pl.DataFrame) -> pl.DataFrame:
    """A5, usage by quartile of salary: quartile, salary_from, salary_to, share; n: occupations.

    Parameters
    ----------
    by_salary : as `usage_by_salary` gives it
    """
    grouped = by_salary.group_by("quartile", "base", "threshold", "allocation").agg(
        total(pl.col("share")),
        salary_from=pl.col("median_salary").min(),
        salary_to=pl.col("median_salary").max(),
        n=pl.len(),
    )
    return result(
        grouped.sort("quartile"),
        ["quartile", "salary_from", "salary_to", "share"],
        base=pl.col("base"),
        n=pl.col("n"),
        threshold=pl.col("threshold"),
        allocation=pl.col("allocation"),
    )
