"""Tables of an O*NET release in, nothing out: an OnetError for what a release cannot hold."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from taxonomy.errors import OnetError

SOC_CODE = r"^\d{2}-\d{4}\.\d{2}$"
_SHOWN = 3
_AGAIN = "fetch the release again"


def check_filled(table: pl.DataFrame, columns: Sequence[str], file: str) -> None:
    """Raise an OnetError where one of the columns has a blank."""
    for column in columns:
        if n_blank := table[column].null_count():
            raise OnetError(
                f"{file}: {column} is blank in {n_blank:,} of {table.height:,} rows; a row was cut "
                f"short or altered: {_AGAIN}."
            )


def check_codes(table: pl.DataFrame, file: str, column: str = "onet_soc") -> None:
    """Raise an OnetError where a code is not of the form dd-dddd.dd."""
    wrong = table.filter(~pl.col(column).str.contains(SOC_CODE))
    if wrong.height:
        raise OnetError(
            f"{file}: {wrong.height:,} O*NET-SOC codes are not of the form 11-1011.00, "
            f"{_examples(wrong, [column])}; {_AGAIN}."
        )


def check_unique(table: pl.DataFrame, keys: Sequence[str], file: str) -> None:
    """Raise an OnetError where two rows have the same keys."""
    repeated = table.filter(table.select(keys).is_duplicated())
    if repeated.height:
        raise OnetError(
            f"{file}: {' and '.join(keys)} should differ from row to row, but {repeated.height:,} "
            f"rows repeat it, {_examples(repeated, keys)}; {_AGAIN}."
        )


def check_known(
    rows: pl.DataFrame, table: pl.DataFrame, keys: Sequence[str], *, file: str, other: str
) -> None:
    """Raise an OnetError where rows of `file` name what `other` does not have."""
    unknown = rows.join(table, on=keys, how="anti", maintain_order="left")
    if unknown.height:
        raise OnetError(
            f"{file}: in {unknown.height:,} of {rows.height:,} rows {'/'.join(keys)} is not in "
            f"{other}, {_examples(unknown, keys)}; one of the two is truncated, or they are of "
            "different releases (O*NET 30.3 changed the identifiers of activities)."
        )


def check_inside(table: pl.DataFrame, child: str, parent: str, *, file: str) -> None:
    """Raise an OnetError where an identifier does not go on from its parent's.

    Both of O*NET's schemes do: 4.A.4.b.6.I09.D03 up to 30.2, 4.A.4.b.6.i.3 from 30.3 on.
    """
    outside = table.filter(
        ~pl.col(child).str.starts_with(pl.concat_str(pl.col(parent), pl.lit(".")))
    )
    if outside.height:
        raise OnetError(
            f"{file}: {outside.height:,} rows put an activity under a parent that its identifier "
            f"contradicts, {_examples(outside, [child, parent])}; {_AGAIN}."
        )


def check_range(table: pl.DataFrame, column: str, low: float, high: float, file: str) -> None:
    """Raise an OnetError where a value lies outside `low` to `high`, both included."""
    outside = table.filter(~pl.col(column).is_between(low, high))
    if outside.height:
        raise OnetError(
            f"{file}: {column} should lie between {low:g} and {high:g}, but {outside.height:,} "
            f"rows do not, {_examples(outside, [column])}; {_AGAIN}."
        )


def numbers(
    table: pl.DataFrame, column: str, kind: type[pl.Int64] | type[pl.Float64], file: str
) -> pl.DataFrame:
    """The table with a column of text as numbers.

    Raises
    ------
    OnetError
        A value that is not blank is no number.
    """
    cast = table.with_columns(pl.col(column).str.strip_chars().cast(kind, strict=False))
    wrong = table.filter(cast[column].is_null() & table[column].is_not_null())
    if wrong.height:
        what = "a whole number" if kind is pl.Int64 else "a number"
        raise OnetError(
            f"{file}: {column} should be {what}, but in {wrong.height:,} rows it is not, "
            f"{_examples(wrong, [column])}; {_AGAIN}."
        )
    return cast


def _examples(rows: pl.DataFrame, columns: Sequence[str]) -> str:
    shown = rows.select(columns).unique(maintain_order=True).head(_SHOWN)
    values = ["/".join(str(value) for value in row) for row in shown.iter_rows()]
    return f"e.g. {', '.join(values)}"
