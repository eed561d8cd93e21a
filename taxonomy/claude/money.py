"""Tokens in, dollars out; and the budget that no request may pass.

What is under way counts at the most that it could cost: a token is at least one byte of text, so
the bytes of a request bound its tokens, and `max_tokens` bounds the answer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from taxonomy.claude.reading import Usage
from taxonomy.errors import BudgetError
from taxonomy.settings import Price

MILLION = 1_000_000
UNSEEN_TOKENS = 1_000
"""Tokens that the server adds to a request, such as what holds an answer to its schema."""


@dataclass(frozen=True)
class Tariff:
    """What models cost; `as_of` is the date of the table."""

    prices: Mapping[str, Price]
    as_of: str
    batch_factor: float
    cache_write_factor: float
    cache_read_factor: float

    def price(self, model: str) -> Price | None:
        """The price of a model, None where nobody knows it."""
        return self.prices.get(model)

    def cost(self, model: str, usage: Usage, *, batch: bool) -> float:
        """US dollars for what was billed; 0 where the price is unknown."""
        price = self.price(model)
        if price is None:
            return 0.0
        prompt = usage.input + usage.cache_write + usage.cache_read
        is_long = price.long_prompt is not None and prompt > price.long_prompt
        per_input = price.long_input if is_long else price.input
        per_output = price.long_output if is_long else price.output
        cached = (
            usage.cache_write * self.cache_write_factor + usage.cache_read * self.cache_read_factor
        )
        total = (usage.input + cached) * per_input + usage.output * per_output
        return total * (self.batch_factor if batch else 1.0) / MILLION

    def worst_cost(self, model: str, n_bytes: int, max_tokens: int, *, batch: bool) -> float:
        """US dollars that a request of this many bytes can cost at most."""
        return self.cost(model, Usage(n_bytes + UNSEEN_TOKENS, max_tokens), batch=batch)


def load_tariff(overrides: Mapping[str, Price] | None = None) -> Tariff:
    """The table of the package with the user's prices laid over it."""
    table = _table()
    prices = {model: Price(**price) for model, price in table["models"].items()}
    return Tariff(
        prices | dict(overrides or {}),
        table["as_of"],
        table["batch_factor"],
        table["cache_write_factor"],
        table["cache_read_factor"],
    )


@cache
def _table() -> dict[str, Any]:
    text = files("taxonomy.claude").joinpath("prices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Budget:
    """What may be spent, what was, and what is under way at its worst."""

    def __init__(self, limit: float | None, spent: float = 0.0) -> None:
        self.limit = limit
        self.spent = spent
        self.reserved = 0.0

    def fits(self, usd: float) -> bool:
        """Whether this much more could be spent without passing the limit."""
        return self.limit is None or self.spent + self.reserved + usd <= self.limit

    def reserve(self, usd: float) -> None:
        """Set aside what a request can cost at most, before it is sent.

        Raises
        ------
        BudgetError
            The limit could be passed.
        """
        if not self.fits(usd):
            raise BudgetError(self.explain(usd))
        self.reserved += usd

    def settle(self, reserved: float, usd: float) -> None:
        """Replace what was set aside by what was spent."""
        self.reserved -= reserved
        self.spent += usd

    def explain(self, usd: float) -> str:
        """Why the next request is not sent."""
        return (
            f"the budget of {self.limit:,.4f} USD is used up: {self.spent:,.4f} USD spent by this "
            f"run so far, and the next request could cost {usd:,.4f} USD. What was answered is in "
            "the ledger: run the same command with a larger --budget to go on."
        )

    def explain_batch(self, n: int) -> str:
        """Why no further batch is sent, where room is left for one of `n` requests."""
        return (
            f"the budget of {self.limit:,.4f} USD leaves room for {n:,} more requests at their "
            f"worst ({self.spent:,.4f} USD spent by this run so far), too few for another batch. "
            "What was answered is in the ledger: run the same command with a larger --budget."
        )


def check_priced(model: str, tariff: Tariff, budget: Budget) -> None:
    """Refuse a budgeted run on a model of unknown price.

    Raises
    ------
    BudgetError
        There is a limit, and no price to keep it by.
    """
    if budget.limit is not None and tariff.price(model) is None:
        raise BudgetError(
            f"the price of {model} is not known, so a budget of {budget.limit:,.2f} USD cannot be "
            f'kept; give it in the settings: [claude.prices."{model}"] input = ..., output = ... '
            "(US dollars for a million tokens)."
        )
