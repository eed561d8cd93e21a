"""The one palette: what each colour stands for, in charts, pages and notebooks alike.

Automation is orange and augmentation blue everywhere, dark and light within each, so that the two
halves stay apart for every kind of colour vision; all other colours keep clear of both.
"""

from typing import Final

PATTERN_COLOURS: Final = {
    "feedback loop": "#f4a259",
    "directive": "#b45309",
    "task iteration": "#1e4e8c",
    "learning": "#4a90d0",
    "validation": "#a3c8ec",
}
"""In the order of diverging bars, left to right."""

HALF_COLOURS: Final = {"automation": "#d97706", "augmentation": "#3b82c4"}
"""Of the two halves as one bar: 3:1 or better against white and against near-black."""

SPLIT_COLOURS: Final = ("#4a90d0", "#a3c8ec", "#f4f4f2", "#f7c690", "#d97706")
"""Of a share of automation, from least over one half to most; text in `INK` reads on each."""

APART: Final = "#9e9e9e"
"""What belongs to neither half, and what is not classified."""
SUPPRESSED: Final = "#d0d0d0"
"""What is not published; never by this colour alone."""
USAGE: Final = "#00796b"
REFERENCE: Final = "#6b6b6b"
INK: Final = "#1f1f1f"
QUIET: Final = "#595959"
"""Text of the second rank: 7:1 against white."""
