"""An estimate in, text for a terminal out."""

from __future__ import annotations

from taxonomy.estimate.figures import CLIO_USD, Estimate, Range


def explain(found: Estimate) -> str:
    """The estimate as text for a terminal."""
    head = f"{'stage':10} {'what':27} {'model':18} {'how':6} {'requests':>9} {'tokens in':>14} "
    rows = [f"{head}{'tokens out':>12}  USD (lowest to highest)"]
    for line in found.lines:
        total_in = line.requests.expected * line.input_tokens.expected
        total_out = line.requests.expected * line.output_tokens.expected
        how = "batch" if line.is_batch else "direct"
        rows.append(
            f"{line.stage:10} {line.what:27} {line.model:18} {how:6} "
            f"{line.requests.expected:>9,.0f} {total_in:>14,.0f} {total_out:>12,.0f}  "
            f"{_money(line.usd(found.tariff))}"
        )
    rows.append(f"total {_money(found.total())}, at the prices of {found.tariff.as_of}")
    ratio, theirs = found.ratio_to_clio(), found.ratio_to_clio(at_clio_prices=True)
    if ratio is not None and theirs is not None:
        rows.append(
            f"Clio published {CLIO_USD} USD for 100,000 conversations of 1,000 tokens and one "
            f"facet: a conversation costs {ratio:.2f} of that here, {theirs:.2f} at their prices"
        )
    return "\n".join([*rows, "assumed:", *(f"- {text}" for text in found.assumptions)])


def _money(usd: Range | None) -> str:
    if usd is None:
        return "price unknown: give claude.prices"
    return f"{usd.expected:,.2f} ({usd.low:,.2f} to {usd.high:,.2f})"
