"""How many calls may be under way at once, learnt from what the server says.

Doubles at first, then grows by a twentieth after each clean round; a 429 or 529 cuts it by a fifth
and stops new calls for a while.
"""

from __future__ import annotations

FIRST = 8
GROWTH = 1.05
CUT = 0.8
USED = 0.8
"""A round counts as clean only where this share of the limit was in use."""
USUAL_PAUSE = 5.0


class Pace:
    """The limit on calls under way, and when the next may start.

    Parameters
    ----------
    most : never more calls than this
    longest_pause : seconds; a server that asks for a longer one is asked again after this
    """

    def __init__(self, most: int, *, longest_pause: float) -> None:
        self.limit = float(min(FIRST, most))
        self.resumes_at = 0.0
        self._most = most
        self._longest_pause = longest_pause
        self._clean = 0
        self._slow_start = True

    def succeeded(self, *, under_way: int, now: float) -> None:
        """Count a call that was answered."""
        if now < self.resumes_at or under_way < USED * self.limit:
            return
        self._clean += 1
        if self._clean >= self.limit:
            grown = self.limit * (2 if self._slow_start else GROWTH)
            self.limit = min(float(self._most), max(grown, self.limit + 0.5))
            self._clean = 0

    def throttled(self, *, retry_after: float | None, now: float) -> None:
        """Slow down, once for all the calls that were under way together."""
        self._clean = 0
        if now < self.resumes_at:
            return
        self._slow_start = False
        self.limit = max(1.0, self.limit * CUT)
        pause = USUAL_PAUSE if retry_after is None else retry_after
        self.resumes_at = now + min(pause, self._longest_pause)
