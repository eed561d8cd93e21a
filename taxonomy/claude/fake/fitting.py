"""A value and the schema of its field in, a value that fits out.

Bounds are not part of a schema on the wire: they stand in the description of the field, as
`wire_schema` writes them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_BOUND = re.compile(r"\b(maxLength|minimum|maximum|minItems|maxItems) (-?\d+)")


def bounds_of(part: Mapping[str, Any]) -> dict[str, int]:
    """The bounds that the description of a field says: `maximum 5; minimum 1`."""
    found = _BOUND.findall(part.get("description", ""))
    return {name: int(number) for name, number in found}


def pick(options: Sequence[T], seed: str) -> T:
    """One of the options, always the same for a seed."""
    digest = hashlib.sha256(seed.encode("utf-8")).digest()
    return options[int.from_bytes(digest[:8]) % len(options)]


def fit(value: object, part: Mapping[str, Any], *, seed: str) -> Any:
    """The value as the field takes it, else one picked by the seed.

    Parameters
    ----------
    part : the field's schema
    seed : decides where the value is not one of the choices
    """
    choices = part.get("enum")
    if choices:
        return value if value in choices else pick(choices, seed)
    kind, bounds = part.get("type"), bounds_of(part)
    if kind == "string":
        return _shorten(str(value or ""), bounds.get("maxLength"))
    if kind in ("integer", "number"):
        number = value if isinstance(value, int) else 0
        return min(max(number, bounds.get("minimum", number)), bounds.get("maximum", number))
    return [] if kind == "array" else value


def _shorten(text: str, most: int | None) -> str:
    if most is None or len(text) <= most:
        return text
    cut = text[: most + 1].rsplit(" ", 1)[0][:most]
    return cut.rstrip(" ,;:")
