"""The facts beside the messages: ids, times, languages, yes or no. A raw value -> ours, or null.

A fact that cannot be read is null, never a guess; an id or a label that is plainly of another
kind makes the row bad.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from taxonomy.collaboration import COLLABORATIONS
from taxonomy.conversations.content import clean_text
from taxonomy.conversations.languages import LANGUAGE_CODES
from taxonomy.conversations.schema import BadRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Before the first and long after the last conversation with an assistant: not a time but a number.
_EARLIEST = (datetime(1990, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LATEST = (datetime(2100, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_UNITS = (1_000_000, 1_000, 1, 0.001)  # microseconds in a second, a milli-, micro-, nanosecond

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})([-_].*)?")
_YES = frozenset({"true", "yes", "1", "on", "t", "y"})
_NO = frozenset({"false", "no", "0", "off", "f", "n"})


def read_id(value: Any, *, what: str) -> str | None:
    """An id as text, its case kept; null where there is none. Whole numbers become digits."""
    if isinstance(value, str):
        return clean_text(value).strip() or None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRow(f"{what} is neither text nor a number")
    return str(int(value)) if value == value // 1 else str(value)


def read_text(value: Any) -> str | None:
    """A short text, cleaned; null where there is none or where it is no text."""
    return clean_text(value).strip() or None if isinstance(value, str) else None


def read_flag(value: Any) -> bool | None:
    """Yes or no from a boolean, 0 or 1, or a word; null for anything else."""
    if isinstance(value, bool) or value is None:
        return value
    word = str(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def read_language(value: Any) -> str | None:
    """A language as its lower-case ISO 639 code; a name we do not know stays as it is."""
    text = read_text(value)
    if text is None:
        return None
    word = text.lower()
    if word in LANGUAGE_CODES:
        return LANGUAGE_CODES[word]
    code = _LANGUAGE_CODE.fullmatch(word)
    return code[1] if code else text


def read_collaboration(value: Any) -> str | None:
    """One of the six labels, spaces for underscores and case ignored; BadRow for another."""
    text = read_text(value)
    if text is None:
        return None
    label = " ".join(re.split(r"[\s_-]+", text.lower()))
    if label not in COLLABORATIONS:
        raise BadRow("unknown collaboration label")
    return label


def read_time(value: Any) -> int | None:
    """Microseconds since 1970 in UTC; null where the value is no time between 1990 and 2100.

    Read are ISO 8601 texts, times and dates, and seconds, milli-, micro- or nanoseconds since
    1970, told apart by their size. A time without a zone is taken as UTC.
    """
    if isinstance(value, str):
        value = _parse_time(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return _plausible((moment - _EPOCH) // _MICROSECOND)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return None


def _parse_time(text: str) -> datetime | float | None:
    if len(text) < 30 and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None


def _from_number(number: float) -> int | None:
    # One moment in seconds, milli-, micro- and nanoseconds: no two of them are both plausible.
    if not 0 < number < _LATEST * 1_000:  # nor is a NaN
        return None
    scaled = (number * unit for unit in _UNITS)
    return next((int(value) for value in scaled if _EARLIEST <= value < _LATEST), None)


def _plausible(moment: int) -> int | None:
    return moment if _EARLIEST <= moment < _LATEST else None
