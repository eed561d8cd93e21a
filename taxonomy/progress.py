"""One bar at a time for work that takes a while, on stderr, where somebody looks.

    with progress("encode", total=len(texts), unit="texts"):
        ...                      # whatever runs in here says:
        advance(32, "texts")

Work far down says what it has done and in which unit; it counts where a bar of that unit is open,
and is nothing where none is. A bar inside another shows nothing of its own. There is no bar where
stderr is no terminal, none with `hidden`, and none for work of less than a second. No result
depends on any of it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

SHOWN_AFTER = 1.0
"""Seconds that work may take without a bar."""


class Bar:
    """How far some work is; get one from `progress`."""

    def __init__(self, drawn: Any, unit: str) -> None:
        self._drawn = drawn
        self.unit = unit

    def advance(self, n: int, *, is_old: bool = False) -> None:
        """Count `n` more units, at most up to the total.

        What `is_old` was done by an earlier command: it says nothing of the speed.
        """
        if self._drawn is None:
            return
        if self._drawn.total is not None:
            n = max(0, min(n, self._drawn.total - self._drawn.n))
        if is_old:
            self._drawn.initial += n
            self._drawn.last_print_n += n
        self._drawn.update(n)

    def reach(self, n: int) -> None:
        """Be at `n` units, if not further already."""
        if self._drawn is not None:
            self.advance(n - self._drawn.n)

    def grow(self, n: int) -> None:
        """There are `n` units more to do than was known."""
        if self._drawn is not None:
            self._drawn.total = (self._drawn.total or 0) + n
            self._drawn.refresh()

    def step_aside(self) -> None:
        """Clear the bar's line; it comes back by itself."""
        if self._drawn is not None:
            self._drawn.clear()


class _Screen:
    """What is shown now, for all threads: polars calls back in its own, which know no context."""

    open: Bar | None = None
    is_hidden: bool = False


_screen = _Screen()


@contextmanager
def progress(
    what: str, *, total: int | None = None, unit: str, initial: int = 0, is_bytes: bool = False
) -> Iterator[Bar]:
    """A bar for the work inside.

    Parameters
    ----------
    what : the work in a word or two
    total : how many units there are to do; None where nobody knows
    unit : what is counted, in the plural; `advance` names it again
    initial : units that were done before
    is_bytes : whether to show kB and MB
    """
    if _screen.open is not None:
        yield Bar(None, unit)
        return
    drawn = _draw(what, total, unit, initial, is_bytes=is_bytes)
    bar = Bar(drawn, unit)
    _screen.open = bar
    try:
        yield bar
    finally:
        _screen.open = None
        if drawn is not None:
            drawn.close()


def track(items: Iterable[T], what: str, *, unit: str, total: int | None = None) -> Iterator[T]:
    """The items as they are, with a bar that counts those that are done with."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress(what, total=total, unit=unit):
        for item in items:
            yield item
            advance(1, unit)


def advance(n: int, unit: str, *, is_old: bool = False) -> None:
    """Count `n` more in the bar that is open, if it counts this unit; see `Bar.advance`."""
    bar = _screen.open
    if bar is not None and bar.unit == unit:
        bar.advance(n, is_old=is_old)


def grow(n: int, unit: str) -> None:
    """There are `n` more to do for the bar that is open, if it counts this unit."""
    bar = _screen.open
    if bar is not None and bar.unit == unit:
        bar.grow(n)


def step_aside() -> None:
    """Make room for a line on stderr, where a bar is open."""
    bar = _screen.open
    if bar is not None:
        bar.step_aside()


@contextmanager
def hidden(is_hidden: bool = True) -> Iterator[None]:
    """No bars inside."""
    before, _screen.is_hidden = _screen.is_hidden, is_hidden
    try:
        yield
    finally:
        _screen.is_hidden = before


def _draw(what: str, total: int | None, unit: str, initial: int, *, is_bytes: bool) -> Any:
    """A tqdm bar, or None where nobody would see it."""
    if _screen.is_hidden or not (sys.stderr.isatty() or _in_notebook()):
        return None
    with warnings.catch_warnings():  # without ipywidgets a notebook gets the bar as text
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(
        total=total,
        desc=what,
        unit="B" if is_bytes else f" {unit}",
        unit_scale=is_bytes,
        initial=initial,
        delay=SHOWN_AFTER,
        leave=False,
        file=sys.stderr,
        dynamic_ncols=True,
    )


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
