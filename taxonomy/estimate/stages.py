"""Numbers of conversations and clusters in, the requests that each stage would send out."""

from __future__ import annotations

from taxonomy.claude import load_prompt
from taxonomy.claude.ask import MIN_BATCH
from taxonomy.claude.connection import CAPABILITIES
from taxonomy.estimate.figures import Line, Range, exactly
from taxonomy.facets import estimate_tokens
from taxonomy.hierarchy import level_sizes
from taxonomy.hierarchy.layer import N_OUTSIDERS as N_NODES_OUTSIDE
from taxonomy.hierarchy.layer import NEIGHBORHOOD
from taxonomy.naming.samples import N_MEMBERS, N_OUTSIDERS
from taxonomy.settings import ModelSettings, Settings

# Tokens of what nobody has seen yet, and how far the bytes of a text can mislead about its tokens.
BY_BYTES = Range(0.75, 1.0, 1.25)
SUMMARY_TOKENS = Range(10, 15, 22)
NODE_TOKENS = Range(50, 70, 95)
NAME_TOKENS = Range(8, 12, 16)
FACET_ANSWER = Range(70, 110, 170)
NAME_ANSWER = Range(60, 85, 120)
CHOICE_ANSWER = Range(14, 20, 28)
ASKED_AGAIN = Range(1.0, 1.05, 1.2)
"""Requests, with those that are mended, given more room, or asked beside their rivals."""
CHILDREN = 5
"""A parent's children on average: the published levels have 4 to 5."""


def facet_lines(n: int, settings: Settings, *, input_tokens: Range, output: Range) -> list[Line]:
    """One request a conversation."""
    return [_line("facets", "all facets", settings, n, input_tokens, output)]


def naming_lines(k: int, settings: Settings) -> list[Line]:
    """One request a cluster."""
    shown = exactly(N_MEMBERS + N_OUTSIDERS).times(SUMMARY_TOKENS)
    tokens = _prompt("name_cluster").plus(shown)
    return [_line("names", "clusters", settings, k, tokens, NAME_ANSWER)]


def level_lines(k: int, settings: Settings) -> list[Line]:
    """The requests that build both levels (Clio, appendix G.7)."""
    lines = []
    below = k
    for level, wanted in enumerate(level_sizes(k, settings.hierarchy), start=1):
        per_hood = exactly(NEIGHBORHOOD + N_NODES_OUTSIDE).times(NODE_TOKENS)
        hoods = max(1, round(below / NEIGHBORHOOD))
        names, listed = exactly(wanted).times(NAME_TOKENS), exactly(wanted / hoods)
        children = exactly(min(CHILDREN, below)).times(NODE_TOKENS)
        for what, n, tokens, output in (
            ("proposals", hoods, _prompt("propose_parents").plus(per_hood),
             listed.times(NAME_TOKENS)),
            ("one list", 1, _prompt("deduplicate_parents").plus(names), names),
            ("a parent for each", below, _prompt("assign_parent").plus(names).plus(NODE_TOKENS),
             CHOICE_ANSWER),
            ("names", wanted, _prompt("name_parent").plus(children), NAME_ANSWER),
        ):  # fmt: skip
            lines.append(_line("hierarchy", f"level {level}: {what}", settings, n, tokens, output))
        below = wanted
    return lines


def _prompt(name: str) -> Range:
    prompt = load_prompt(name)
    return BY_BYTES.times(exactly(estimate_tokens(prompt.system + prompt.task) + 40))


def _line(  # noqa: PLR0917
    stage: str, what: str, settings: Settings, n: int, input_tokens: Range, output_tokens: Range
) -> Line:
    """One kind of request; each stage's model is the setting of the same name."""
    claude = settings.claude
    model: ModelSettings = getattr(claude, stage)
    is_batch = CAPABILITIES[claude.server].batches and (
        claude.mode == "batches" or (claude.mode == "auto" and n >= MIN_BATCH)
    )
    requests = exactly(n).times(ASKED_AGAIN)
    return Line(stage, what, model.model, is_batch, requests, input_tokens, output_tokens)
