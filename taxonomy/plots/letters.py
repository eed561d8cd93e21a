"""How wide a text is in the charts' font, and the text broken to fit: no two labels overlap."""

from __future__ import annotations

import unicodedata

NARROW = frozenset("ijltfrI.,:;'|!()[]/ ")
WIDE = frozenset("mwMW%@")
ELLIPSIS = " …"


def text_width(text: str, size: float) -> float:
    """Pixels that a line of text takes at most, from the classes of its letters.

    Within a tenth of Liberation Sans, and above it rather than below.
    """
    return size * sum(map(_width, text))


def _width(letter: str) -> float:
    if letter in NARROW:
        return 0.31
    if letter in WIDE:
        return 0.86
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.7 if letter.isupper() else 0.55


def broken(text: str, width: float, size: float, *, most: int) -> list[str]:
    """The text over lines of a width in pixels; what is beyond `most` lines ends in an ellipsis.

    A word that is too wide for a line is cut off.
    """
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words and lines:
        lines[-1] = _with_ellipsis(lines[-1], width, size)
    return [line if text_width(line, size) <= width else _cut(line, width, size) for line in lines]


def _with_ellipsis(line: str, width: float, size: float) -> str:
    """The line with an ellipsis in the place of its last words, as many as it takes."""
    while " " in line and text_width(line + ELLIPSIS, size) > width:
        line = line.rsplit(" ", 1)[0]
    return line + ELLIPSIS


def _cut(line: str, width: float, size: float) -> str:
    kept = line.removesuffix(ELLIPSIS)
    while kept and text_width(kept + ELLIPSIS, size) > width:
        kept = kept[:-1]
    return kept + ELLIPSIS
