from __future__ import annotations

import pytest

from taxonomy.claude.money import Budget, check_priced, load_tariff
from taxonomy.claude.reading import Usage
from taxonomy.errors import BudgetError
from taxonomy.settings import Price

HAIKU = "claude-haiku-5-5"


def test_a_million_tokens_in_and_out_cost_the_list_price():
    assert load_tariff().cost("claude-sonnet-5-5", Usage(10**6, 10**6), batch=False) == 12.0


def test_a_batch_costs_half():
    usage = Usage(1_000, 100)
    tariff = load_tariff()
    direct = tariff.cost(HAIKU, usage, batch=False)
    assert direct == pytest.approx((1_000 * 0.10 + 100 * 0.50) / 1e6)
    assert tariff.cost(HAIKU, usage, batch=True) == pytest.approx(direct / 2)


def test_a_long_prompt_pays_the_price_of_long_prompts():
    tariff = load_tariff()
    assert tariff.cost(HAIKU, Usage(100_000, 0), batch=False) == pytest.approx(0.01)
    assert tariff.cost(HAIKU, Usage(100_001, 0), batch=False) == pytest.approx(0.0500005)


def test_what_goes_through_the_cache_costs_a_quarter_more_to_write_and_a_tenth_to_read():
    usage = Usage(input=0, output=0, cache_write=1_000, cache_read=1_000)
    cost = load_tariff().cost("claude-sonnet-5-5", usage, batch=False)
    assert cost == pytest.approx((1_250 + 100) * 2 / 1e6)


def test_the_worst_cost_counts_every_byte_as_a_token():
    tariff = load_tariff()
    worst = tariff.worst_cost(HAIKU, 4_000, 400, batch=True)
    assert worst == tariff.cost(HAIKU, Usage(5_000, 400), batch=True)


def test_a_price_of_the_settings_goes_before_the_table():
    tariff = load_tariff({"mine": Price(input=1, output=2), HAIKU: Price(input=7, output=7)})
    assert tariff.cost("mine", Usage(10**6, 10**6), batch=False) == 3
    assert tariff.price(HAIKU).input == 7


def test_the_table_says_its_date():
    assert load_tariff().as_of.startswith("2026-")


def test_a_budget_refuses_what_could_pass_it_and_counts_what_is_under_way():
    budget = Budget(1.0, spent=0.4)
    budget.reserve(0.5)
    assert not budget.fits(0.2)
    with pytest.raises(BudgetError, match=r"1\.0000 USD is used up: 0\.4000"):
        budget.reserve(0.2)
    budget.settle(0.5, 0.1)
    assert budget.spent == pytest.approx(0.5)
    budget.reserve(0.5)


def test_without_a_limit_everything_fits():
    assert Budget(None).fits(1e9)


def test_a_budget_on_a_model_of_unknown_price_is_refused():
    with pytest.raises(BudgetError, match=r"\[claude\.prices\.\"mine\"\]"):
        check_priced("mine", load_tariff(), Budget(1.0))
    check_priced("mine", load_tariff(), Budget(None))
