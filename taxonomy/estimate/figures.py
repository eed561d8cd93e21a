"""What is estimated, as records: ranges of requests, tokens and dollars, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from taxonomy.claude.money import Tariff
from taxonomy.claude.reading import Usage
from taxonomy.settings import Price

# Clio's published cost for 100,000 conversations, and the prices it was paid at.
CLIO_USD = 48.81
CLIO_CONVERSATIONS = 100_000
CLIO_SMALL, CLIO_LARGE = Price(input=0.25, output=1.25), Price(input=3, output=15)


class Range(NamedTuple):
    """A figure that is not known exactly."""

    low: float
    expected: float
    high: float

    def times(self, other: Range) -> Range:
        """The product, end by end."""
        return Range(*(a * b for a, b in zip(self, other, strict=True)))

    def plus(self, other: Range) -> Range:
        """The sum, end by end."""
        return Range(*(a + b for a, b in zip(self, other, strict=True)))


def exactly(value: float) -> Range:
    """A figure that is known."""
    return Range(value, value, value)


@dataclass(frozen=True)
class Line:
    """One kind of request."""

    stage: str
    what: str
    model: str
    is_batch: bool
    requests: Range
    input_tokens: Range
    """Of one request."""
    output_tokens: Range

    def usd(self, tariff: Tariff) -> Range | None:
        """What all of them cost; None where the price is not known."""
        if tariff.price(self.model) is None:
            return None
        each = [
            tariff.cost(self.model, Usage(round(i), round(o)), batch=self.is_batch)
            for i, o in zip(self.input_tokens, self.output_tokens, strict=True)
        ]
        return self.requests.times(Range(*each))


@dataclass(frozen=True)
class Estimate:
    """What a run would ask, and what was assumed."""

    n_conversations: int
    lines: tuple[Line, ...]
    assumptions: tuple[str, ...]
    tariff: Tariff

    def total(self, tariff: Tariff | None = None) -> Range | None:
        """US dollars for all, None where a price is not known."""
        costs = [line.usd(tariff or self.tariff) for line in self.lines]
        total = exactly(0.0)
        for cost in costs:
            if cost is None:
                return None
            total = total.plus(cost)
        return total

    def ratio_to_clio(self, *, at_clio_prices: bool = False) -> float | None:
        """The expected cost for as many conversations as a share of Clio's published one.

        Clio's prices were those of direct calls to Claude 3 Haiku and 3.5 Sonnet; it asked for one
        facet of a conversation, and this asks for all.
        """
        compared = self._at_clio_prices() if at_clio_prices else self
        total = compared.total()
        published = CLIO_USD * self.n_conversations / CLIO_CONVERSATIONS
        return None if total is None or not published else total.expected / published

    def as_record(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "n_conversations": self.n_conversations,
            "lines": [
                {name: _plain(value) for name, value in vars(line).items()}
                | {"usd": _plain(line.usd(self.tariff))}
                for line in self.lines
            ],
            "usd": _plain(self.total()),
            "ratio_to_clio": self.ratio_to_clio(),
            "ratio_to_clio_at_its_prices": self.ratio_to_clio(at_clio_prices=True),
            "assumptions": list(self.assumptions),
        }

    def _at_clio_prices(self) -> Estimate:
        prices = {"facets": CLIO_SMALL, "names": CLIO_LARGE, "hierarchy": CLIO_LARGE}
        lines = tuple(replace(line, model=line.stage, is_batch=False) for line in self.lines)
        return replace(self, lines=lines, tariff=replace(self.tariff, prices=prices))


def _plain(value: Any) -> Any:
    return dict(value._asdict()) if isinstance(value, Range) else value
