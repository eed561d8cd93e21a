"""What the analyses take and give: the input frames, their checks, and the form of a result.

Inputs (columns beyond these are let be)

    usage       task, share              share of all usage, 0 to 1; may hold the pseudo-task `none`
    statements  onet_soc, title, task    one row an (occupation, statement), task verbatim
    groups      group, title             the major groups, "11" to "55"
    patterns    task, directive, feedback_loop, task_iteration, learning, validation, filtered
                                         shares of the task's conversations, which add up to 1
    thinking    task, thinking_share     null where blank
    collaboration  pattern, share        of all conversations; patterns named with spaces
    employment  title, employment        people, by title of the major group
    wages       onet_soc, title, median_salary, is_hourly     null where missing
    clusters    the wide table of a release, as `taxonomy.release.wide.read_wide` gives it

Every result ends with the four columns of `RESULT`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from taxonomy.collaboration import AUGMENTATION, AUTOMATION, COLLABORATIONS
from taxonomy.errors import OnetError, SettingsError

PATTERNS: Final = {label: label.replace(" ", "_") for label in COLLABORATIONS if label != "none"}
"""The five patterns and the columns that hold them."""

HALVES: Final = {
    **dict.fromkeys(AUTOMATION, "automation"),
    **dict.fromkeys(AUGMENTATION, "augmentation"),
}

NO_TASK: Final = "none"
"""The pseudo-task of conversations that no task of O*NET fits."""

SLACK: Final = 1e-9
"""What rounding may carry a share beyond 0 or 1."""

RESULT: Final = {
    "base": pl.String,
    "n": pl.Int64,
    "threshold": pl.Float64,
    "allocation": pl.String,
}
"""Ends every result: what the value is a share of; how many tasks, occupations or clusters it rests
on; the least value that was let in (null: none); how usage was given to occupations (null: not)."""

TEXT, NUMBER = "text", "number"
INPUTS: Final[dict[str, dict[str, str]]] = {
    "usage": {"task": TEXT, "share": NUMBER},
    "statements": {"onet_soc": TEXT, "title": TEXT, "task": TEXT},
    "groups": {"group": TEXT, "title": TEXT},
    "patterns": {"task": TEXT, **dict.fromkeys(PATTERNS.values(), NUMBER), "filtered": NUMBER},
    "thinking": {"task": TEXT, "thinking_share": NUMBER},
    "collaboration": {"pattern": TEXT, "share": NUMBER},
    "employment": {"title": TEXT, "employment": NUMBER},
    "wages": {"onet_soc": TEXT, "title": TEXT, "median_salary": NUMBER},
    "clusters": {
        **{f"cluster_name_{level}": TEXT for level in (0, 1, 2)},
        "percent_records": NUMBER,
        "percent_users": NUMBER,
        "onet_task": TEXT,
    },
}
SHARES: Final = {
    "usage": ("share",),
    "patterns": (*PATTERNS.values(), "filtered"),
    "thinking": ("thinking_share",),
    "collaboration": ("share",),
}
ABOVE_ZERO: Final = {"employment": "employment"}
BLANKS: Final = ("thinking", "wages", "clusters")
"""Frames in which a null means something."""
KEYS: Final = {
    "usage": "task",
    "patterns": "task",
    "thinking": "task",
    "groups": "group",
    "collaboration": "pattern",
    "employment": "title",
    "wages": "title",
}


def checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it came, once it is seen to be what `INPUTS` says of `name`.

    Raises
    ------
    OnetError
        A column is missing or of the wrong kind, a key stands twice, there are no rows, a value
        is null that may not be or not finite, or a share is not between 0 and 1.
    """
    expected = INPUTS[name]
    missing = [column for column in expected if column not in frame.columns]
    if missing:
        raise OnetError(
            f"the {name} frame has no column {', '.join(missing)}; it has "
            f"{', '.join(frame.columns) or 'none'}; expected {', '.join(expected)}."
        )
    if frame.is_empty():
        raise OnetError(f"the {name} frame has no rows; check the file that it was read from.")
    for column, kind in expected.items():
        found = frame.schema[column]
        fits = found.is_numeric() if kind == NUMBER else found == pl.String
        if not (fits or found == pl.Null):
            raise OnetError(f"column {column} of the {name} frame is {found}; expected {kind}.")
    for column in expected:
        if name not in BLANKS and (blank := frame[column].null_count()):
            raise OnetError(f"column {column} of the {name} frame is null in {blank:,} rows.")
    _check_numbers(name, frame)
    for column in SHARES.get(name, ()):
        off = frame.filter(~pl.col(column).is_between(-SLACK, 1 + SLACK))[column]
        if len(off):
            raise OnetError(
                f"column {column} of the {name} frame is {off[0]:g} in a row; expected shares from "
                "0 to 1: divide percent by 100."
            )
    key = KEYS.get(name)
    if key and frame[key].is_duplicated().any():
        twice = frame.filter(pl.col(key).is_duplicated())[key].sort()[0]
        raise OnetError(f"the {name} frame holds the {key} {twice!r} more than once.")
    return frame


def _check_numbers(name: str, frame: pl.DataFrame) -> None:
    for column, kind in INPUTS[name].items():
        if kind == NUMBER and not frame[column].cast(pl.Float64).is_finite().all():
            raise OnetError(f"column {column} of the {name} frame holds a value that is no number.")
    least = ABOVE_ZERO.get(name)
    if least and (off := frame.filter(pl.col(least) <= 0)[least]).len():
        raise OnetError(
            f"column {least} of the {name} frame is {off[0]:g} in a row; expected above 0."
        )


def within(name: str, value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The number, once it is seen to lie between `low` and `high`, both included.

    Raises
    ------
    SettingsError
        It does not.
    """
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value:g}; expected {low:g} to {high:g}.")
    return value


def chosen(name: str, word: str, words: tuple[str, ...]) -> str:
    """The word, once it is seen to be one of the words.

    Raises
    ------
    SettingsError
        It is none of them.
    """
    if word not in words:
        raise SettingsError(f"{name} is {word!r}; expected one of {', '.join(words)}.")
    return word


def result(
    frame: pl.DataFrame,
    columns: list[str],
    *,
    base: str | pl.Expr,
    n: int | pl.Expr,
    threshold: float | pl.Expr | None = None,
    allocation: str | pl.Expr | None = None,
) -> pl.DataFrame:
    """The columns asked for, then those of `RESULT`."""
    values = {"base": base, "n": n, "threshold": threshold, "allocation": allocation}
    tail = {
        name: (value if isinstance(value, pl.Expr) else pl.lit(value)).cast(RESULT[name])
        for name, value in values.items()
    }
    return frame.select(*columns, **tail)


def total(values: pl.Expr) -> pl.Expr:
    """The sum, taken in order of size: the same to the last bit however the rows came.

    polars adds up the parts of a group in the order in which its threads end.
    """
    return values.sort().sum()


def half_of(pattern: pl.Expr) -> pl.Expr:
    """Automation or augmentation, by pattern; null for `none`."""
    return pattern.replace_strict(HALVES, default=None, return_dtype=pl.String)
