"""Conversations in, what Claude would be asked and what that costs out, before anything is sent."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

import polars as pl

from taxonomy.claude import Request, connect, is_configured
from taxonomy.claude.connection import CAPABILITIES, Connection, count_tokens
from taxonomy.claude.ledger import Ledger
from taxonomy.claude.money import load_tariff
from taxonomy.claude.pending import Pending
from taxonomy.claude.records import in_groups, wire_schema
from taxonomy.clustering import default_n_clusters
from taxonomy.conversations import ingest_conversations, read_batches
from taxonomy.estimate.figures import Estimate, Range, exactly
from taxonomy.estimate.stages import (
    BY_BYTES,
    FACET_ANSWER,
    facet_lines,
    level_lines,
    naming_lines,
)
from taxonomy.facets import FacetRequests, estimate_tokens, facet_request
from taxonomy.settings import Settings

N_SAMPLED = 1_000
"""Conversations whose length is looked at."""
N_COUNTED = 50
"""Of those, how many the server is asked to count the tokens of."""
BYTES_SAY = "3.5 bytes each, a quarter less to a quarter more"
N_MEASURED = 30
"""Answers in the ledger from which on their length is taken from there."""


def estimate_files(files: Sequence[Path], settings: Settings, *, ledger: Path) -> Estimate:
    """The estimate for files of conversations; they are read, and nothing of a run is written.

    Where a key is given and `settings.llm` is not `offline`, the server is asked to count the
    tokens of a few requests: nothing else is sent.
    """
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "conversations.parquet")
        ingest_conversations(files, table, Path(folder, "rejected.jsonl"), settings.conversations)
        requests = FacetRequests(lambda: read_batches(table), settings)
        sample, n_asked = _open_requests(requests, ledger)
        n_read = pl.scan_parquet(table).select(pl.len()).collect().item()
    tokens, said = _input_tokens(sample, settings)
    said.insert(
        0,
        f"{n_asked:,} of {n_read:,} conversations have to be asked about: the others bring a "
        "request, are flagged or empty, or have an answer in the ledger",
    )
    return _estimate(n_read, n_asked, settings, ledger, facet_input=tokens, said=said)


def estimate_tokens_each(n: int, tokens: int, settings: Settings, *, ledger: Path) -> Estimate:
    """The estimate for `n` conversations of so many tokens each, as Clio's authors made theirs."""
    empty = facet_request("", [], settings)
    own = BY_BYTES.times(exactly(_tokens_of(empty)))
    shown = min(tokens, settings.facets.transcript_tokens)
    said = [f"{n:,} conversations of {shown:,} tokens each, all of them asked about"]
    said.append(f"tokens of the prompt from its length ({BYTES_SAY})")
    tokens_each = own.plus(exactly(shown))
    return _estimate(n, n, settings, ledger, facet_input=tokens_each, said=said)


def _open_requests(requests: Iterable[Request], ledger: Path) -> tuple[list[Request], int]:
    """Some of the requests that have no answer in the ledger, and the number of all those."""
    sample: list[Request] = []
    n_open = 0
    with Ledger(ledger) if ledger.exists() else nullcontext() as books:
        for group in in_groups(requests):
            answered = books.states([request.key for request in group]) if books else {}
            open_ones = [request for request in group if request.key not in answered]
            n_open += len(open_ones)
            sample += open_ones[: N_SAMPLED - len(sample)]
    return sample, n_open


def _input_tokens(sample: list[Request], settings: Settings) -> tuple[Range, list[str]]:
    """Tokens of one facet request, and how they were found."""
    if not sample:
        return exactly(0.0), ["there is nothing to ask about"]
    connection = _connection(settings)
    if connection is not None:
        counts = [
            count_tokens(connection, Pending(request).params(connection))
            for request in sample[:N_COUNTED]
        ]
        connection.client.close()
        return _mean(counts), [f"tokens of {len(counts)} requests counted by the server"]
    found = _mean([_tokens_of(request) for request in sample]).times(BY_BYTES)
    return found, [f"tokens of {len(sample):,} requests from their length ({BYTES_SAY})"]


def _connection(settings: Settings) -> Connection | None:
    counts = CAPABILITIES[settings.claude.server].counts_tokens
    if settings.llm == "offline" or not counts or not is_configured(settings.claude, os.environ):
        return None
    return connect(settings.claude, os.environ)


def _mean(counts: Sequence[int]) -> Range:
    """The mean, two standard errors down and up."""
    mean = sum(counts) / len(counts)
    spread = math.sqrt(sum((count - mean) ** 2 for count in counts) / max(len(counts) - 1, 1))
    margin = 2 * spread / math.sqrt(len(counts))
    return Range(max(0.0, mean - margin), mean, mean + margin)


def _tokens_of(request: Request) -> int:
    material = json.dumps(request.material, ensure_ascii=False)
    schema = json.dumps(wire_schema(request.answer))
    return estimate_tokens("".join((request.system, material, request.task, schema)))


def _estimate(
    n: int, n_asked: int, settings: Settings, ledger: Path, *, facet_input: Range, said: list[str]
) -> Estimate:
    output, about_output = _facet_output(settings, ledger)
    k = settings.cluster.n_clusters or default_n_clusters(n)
    said = [*said, about_output, f"{k:,} clusters, if every conversation has a request"]
    lines = facet_lines(n_asked, settings, input_tokens=facet_input, output=output)
    lines += [*naming_lines(k, settings), *level_lines(k, settings)]
    said.append("names and levels: 10 to 22 tokens a summary, 50 to 95 a name and description")
    said.append("0 to 20% of the requests asked again; thinking, where on, is not in it")
    return Estimate(n, tuple(lines), tuple(said), load_tariff(settings.claude.prices))


def _facet_output(settings: Settings, ledger: Path) -> tuple[Range, str]:
    """Tokens of an answer: as measured in the ledger, where there are enough, else assumed."""
    request = facet_request("", [], settings)
    if ledger.exists():
        with Ledger(ledger) as books:
            lengths = books.output_tokens(request.model, request.prompt_version)
        if len(lengths) >= N_MEASURED:
            return _mean(lengths), f"answers as long as {len(lengths):,} in the ledger"
    own = exactly(20 * len(settings.facets.own))
    return FACET_ANSWER.plus(own), "an answer of 70 to 170 tokens, and 20 for each own facet"
