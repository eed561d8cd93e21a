"""The one schema that every published release is brought into, and what is checked on the way."""

from __future__ import annotations

from datetime import date

import polars as pl

from taxonomy.errors import OnetError
from taxonomy.onet.checks import check_unique

PUBLISHED = {
    "date_start": pl.Date,
    "date_end": pl.Date,
    "source": pl.String,
    "geo_id": pl.String,
    "geo_level": pl.String,
    "category": pl.String,
    "level": pl.Int8,
    "node": pl.String,
    "node_external_id": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "base": pl.String,
}
KEY = ["date_start", "source", "geo_id", "geo_level", "category", "level", "metric", "identity"]
"""What tells one row from another; `identity` is the external id, and the name where there is
none: names of nodes repeat."""

SHARE, COUNT, INDEX = "share", "count", "index"
HOURS, MINUTES, YEARS, SCALE = "hours", "minutes", "years", "scale 1 to 5"

ALL = "all conversations of the place"
OF_NODE = "conversations of the node"
FIVE = "conversations with one of the five patterns"
OF_PARENT = "usage of the place above (the world, or the country)"

SOURCES = ("claude_ai", "1p_api")
UNSTATED = "unstated"
"""The source of files that name none: those of our own runs."""


def identity() -> pl.Expr:
    """What a row is about: the node's external id, or its name."""
    return pl.coalesce("node_external_id", "node")


def arranged(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """The table in the columns and the order of `PUBLISHED`.

    Raises
    ------
    OnetError
        Two rows have one key, a value is not finite, or a window ends before it starts.
    """
    rows = table.select(pl.col(name).cast(kind) for name, kind in PUBLISHED.items())
    check_unique(rows.with_columns(identity=identity()), KEY, file)
    if (strange := rows.filter(~pl.col("value").is_finite())).height:
        raise OnetError(f"{file}: {strange.height:,} values are not finite; expected numbers.")
    if (wrong := rows.filter(pl.col("date_end") <= pl.col("date_start"))).height:
        start, end = wrong.row(0)[:2]
        raise OnetError(
            f"{file}: a window starts {start} and ends {end}; expected an end (exclusive) after "
            "the start."
        )
    return rows.sort(*PUBLISHED, nulls_last=True)


def dates(table: pl.DataFrame, column: str, file: str) -> pl.DataFrame:
    """The table with a column of text as dates.

    Raises
    ------
    OnetError
        A value is no date.
    """
    cast = table.with_columns(pl.col(column).str.to_date("%Y-%m-%d", strict=False))
    if (wrong := table.filter(cast[column].is_null())).height:
        raise OnetError(
            f"{file}: {column} is {wrong[column][0]!r} in {wrong.height:,} rows; expected a date "
            "as 2025-08-04."
        )
    return cast


def levels(table: pl.DataFrame, column: str, file: str) -> pl.DataFrame:
    """The table with a column of text (the waves write levels as text) as whole numbers.

    Raises
    ------
    OnetError
        A value is no level.
    """
    number = pl.col(column).str.strip_suffix(".0").cast(pl.Int8, strict=False)
    cast = table.with_columns(number)
    if (wrong := table.filter(~cast[column].is_between(0, 3).fill_null(False))).height:
        raise OnetError(
            f"{file}: {column} is {wrong[column][0]!r} in {wrong.height:,} rows; expected 0 to 3 "
            "(0 is the finest)."
        )
    return cast


def known(table: pl.DataFrame, column: str, words: list[str], file: str) -> None:
    """Raise an OnetError where a column holds a word that this reader does not know."""
    strange = table.filter(~pl.col(column).is_in(words))[column].unique().sort().to_list()
    if strange:
        shown = ", ".join(repr(word) for word in strange[:5])
        raise OnetError(
            f"{file}: column {column} holds {shown}; expected {', '.join(sorted(words))}. "
            "It may be a later release than this reader knows."
        )


Window = tuple[date | None, date | None]
