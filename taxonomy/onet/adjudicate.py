"""Clusters and a searched index in, the tasks that each matches out, as Claude votes on them.

A cluster is asked about several times, its candidates in another order each time, since what stands
first is chosen more often. What the answers agree on is worth more than what one of them says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, partial
from typing import Annotated, Any, Literal, get_args

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, create_model

from taxonomy.claude.records import Answer, Asker, Request
from taxonomy.hierarchy.assignment import shuffled
from taxonomy.onet.index import TaskIndex
from taxonomy.onet.questions import (
    MATCH_CLUSTER,
    NONE,
    flag_of,
    list_faults,
    make_request,
    number,
)
from taxonomy.settings import Settings

STAGE = "crosswalk"

Relation = Literal["exact", "close", "broad", "narrow", "related"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)

VOTES = {
    "query": pl.String,
    "statement": pl.String,
    "votes": pl.Int64,
    "asked": pl.Int64,
    "relation": pl.String,
    "probability": pl.Float64,
    "flags": pl.String,
}


class Match(BaseModel):
    """A task that matches the cluster."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: str = Field(max_length=40)
    relation: Relation
    probability: float = Field(ge=0, le=1)


@cache
def matches_record(most: int) -> type[BaseModel]:
    """A record of at most `most` matches; none where nothing fits."""
    matches = Annotated[list[Match], Field(max_length=most)]
    record: type[BaseModel] = create_model(
        "Matches", __config__=ConfigDict(extra="forbid", frozen=True), matches=(matches, ...)
    )
    return record


def votes_by_claude(
    queries: pl.DataFrame, index: TaskIndex, claude: Asker, settings: Settings
) -> pl.DataFrame:
    """Which tasks the answers name for each query, as `VOTES`; queries in their order.

    One row a query and statement that was named: `votes` of the `asked` usable answers named it,
    `relation` is what most of them said (of equals the first of `RELATIONS`), `probability` the
    mean over them. The statement "none" counts the answers that named nothing. `flags` says of the
    query why answers could not be used; where none could, it has one row with a null statement.

    Parameters
    ----------
    queries : query (an id), text (what Claude is shown), and what else `index.candidates` takes
    index : gives `onet.shortlist` candidates for each
    settings : each query is asked about `onet.shuffles` times; `claude.crosswalk` is the model

    Raises
    ------
    ClaudeError, LedgerError
        As `claude` raises them.
    """
    n, times = settings.onet.shortlist, settings.onet.shuffles
    found = index.candidates(queries, n, diverse=True)
    texts = dict(index.statements.select("statement", "task").iter_rows())
    candidates = dict(found.group_by("query", maintain_order=True).agg("statement").iter_rows())
    asked = [
        (query, text, shuffle, _shown(candidates[query], text, shuffle, settings))
        for query, text in queries.select("query", "text").iter_rows()
        for shuffle in range(times)
    ]
    requests = [
        _request(text, shuffle, shown, texts, settings) for _, text, shuffle, shown in asked
    ]
    answers: dict[str, list[tuple[dict[str, str], Answer]]] = {}
    replies = claude.ask(requests) if requests else ()
    for (query, _, _, shown), answer in zip(asked, replies, strict=True):
        answers.setdefault(query, []).append((shown, answer))
    rows = [row for query in queries["query"] for row in _count(query, answers[query])]
    return pl.DataFrame(rows, schema=VOTES, orient="row")


def _shown(
    candidates: Sequence[str], text: str, shuffle: int, settings: Settings
) -> dict[str, str]:
    """Number -> statement, in the order of this asking."""
    order_of = f"{shuffle}\x1f{text}"
    return number(shuffled(sorted(candidates), order_of, random_state=settings.random_state))


def _request(
    text: str, shuffle: int, shown: dict[str, str], texts: dict[str, str], settings: Settings
) -> Request:
    return make_request(
        MATCH_CLUSTER,
        {"cluster": text, "candidates": {place: texts[name] for place, name in shown.items()}},
        matches_record(len(shown)),
        settings.claude.crosswalk,
        stage=STAGE,
        check=partial(_match_faults, numbers=frozenset(shown)),
        most=len(shown),
        draw=shuffle,
    )


def _match_faults(answer: Any, *, numbers: frozenset[str]) -> list[str]:
    return list_faults([match.task for match in answer.matches], numbers)


def _count(query: str, answers: Sequence[tuple[dict[str, str], Answer]]) -> list[tuple[Any, ...]]:
    """The rows of one query, most votes first, then the more probable, then by statement."""
    flags = "; ".join(sorted({flag for _, answer in answers if (flag := flag_of(answer))})) or None
    usable = [(shown, answer.value.matches) for shown, answer in answers if answer.status == "ok"]
    if not usable:
        return [(query, None, 0, 0, None, None, flags)]
    named: dict[str, list[Match]] = {}
    for shown, matches in usable:
        for match in matches:
            named.setdefault(shown[match.task], []).append(match)
    rows: list[tuple[Any, ...]] = [
        (query, statement, len(matches), len(usable), _most_voted(matches),
         sum(match.probability for match in matches) / len(matches), flags)
        for statement, matches in named.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row[2], -row[5], row[1]))
    n_empty = sum(not matches for _, matches in usable)
    if n_empty:
        rows.append((query, NONE, n_empty, len(usable), None, None, flags))
    return rows


def _most_voted(matches: Sequence[Match]) -> Relation:
    counts = Counter(match.relation for match in matches)
    return max(RELATIONS, key=lambda relation: counts[relation])
