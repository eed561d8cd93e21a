"""Conversations in, one row of facets each out, by asking Claude.

The conversations are gone through several times, a batch at a time, so that a million of them
need no more memory than one batch and the table that comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from taxonomy.claude.records import Answer, Asker, Request
from taxonomy.errors import ClaudeError
from taxonomy.facets.answers import Messages, read_answer
from taxonomy.facets.extract import extract_facets
from taxonomy.facets.given import needs_asking, with_given
from taxonomy.facets.questionnaire import Questionnaire, make_questionnaire
from taxonomy.facets.schema import ASKED, COLUMN_TYPES, FACET_COLUMNS
from taxonomy.facets.transcript import make_transcript
from taxonomy.settings import Settings

Batches = Callable[[], Iterator[pl.DataFrame]]

ANSWER_TOKENS = 400
"""Room for an answer; one of usual length has about 120 tokens."""
OWN_TOKENS = 100
"""Further room for each question of the user's own."""
THINKING_TOKENS = 4_000
"""Further room where the model thinks, since thinking counts as output."""
REPEATED_WORDS = 4
REPEATED_SHARE = 0.02
REPEATED_LEAST = 500
"""A request of so many words in more than this share of so many answers is suspicious."""
MIXED_UP = (
    "the answers about facets are not as many as the conversations that were asked about; "
    "leave the conversations alone while they are read, and run again."
)

_MARK: dict[str, pl.DataType] = {"_asked": pl.Boolean()}
_KEPT = ("language", "collaboration")
"""What an input may bring and Claude is asked for all the same, with the rest."""


@dataclass(frozen=True)
class FacetRequests:
    """The requests for all conversations that need asking; made anew each time one goes through."""

    batches: Batches
    settings: Settings

    def __iter__(self) -> Iterator[Request]:
        for batch in self.batches():
            for conversation_id, messages in _asked(with_given(batch)).iter_rows():
                yield facet_request(conversation_id, messages, self.settings)


def extract_facets_by_claude(batches: Batches, claude: Asker, settings: Settings) -> pl.DataFrame:
    """The facet table of all conversations, one row each, in their order.

    Not asked about: what the input flags, what brings its own request, and what has no words of
    the user. A language or collaboration that the input brings is kept.

    Parameters
    ----------
    batches : gives the conversations anew at each call, in the same order, with the columns that
        `extract_facets` reads
    claude : who is asked

    Returns
    -------
    A frame with the columns of `FACET_COLUMNS`, then one for each of `settings.facets.own`.

    Raises
    ------
    SettingsError
        The name of a facet of the user's own is taken.
    ClaudeError, LedgerError
        As `claude` raises them, or the conversations changed between two times through.
    """
    questionnaire = make_questionnaire(settings.facets)
    answers = iter(claude.ask(FacetRequests(batches, settings)))
    tables = [_fill(batch, answers, questionnaire) for batch in batches()]
    # To the end, so that whoever answers can finish.
    if next(answers, None) is not None:
        raise ClaudeError(MIXED_UP)
    table = pl.concat([pl.DataFrame(schema=_columns(questionnaire) | _MARK), *tables])
    return table.with_columns(_with_repeated()).drop(*_MARK)


def facet_request(conversation_id: str, messages: Messages, settings: Settings) -> Request:
    """The one request that asks every facet of a conversation."""
    questionnaire = make_questionnaire(settings.facets)
    model = settings.claude.facets
    n_own = len(questionnaire.facets) - len(ASKED)
    thinking = THINKING_TOKENS if model.thinking == "adaptive" else 0
    return Request(
        stage="facets",
        model=model.model,
        system=questionnaire.system,
        material={"transcript": make_transcript(messages, settings.facets.transcript_tokens)},
        task=questionnaire.task,
        answer=questionnaire.record,
        max_tokens=ANSWER_TOKENS + OWN_TOKENS * n_own + thinking,
        prompt_version=questionnaire.version,
        effort=model.effort,
        thinking=model.thinking,
        conversation_ids=(conversation_id,),
    )


def count_asked(batches: Iterable[pl.DataFrame]) -> int:
    """How many of the conversations are asked about; the others bring their facets or need none."""
    return sum(_asked(with_given(batch)).height for batch in batches)


def facet_prompt_version(settings: Settings) -> str:
    """Changes whenever a word of the questions does, or an allowed answer."""
    return make_questionnaire(settings.facets).version


def _asked(given: pl.DataFrame) -> pl.DataFrame:
    return given.filter(needs_asking()).select("conversation_id", "messages")


def _columns(questionnaire: Questionnaire) -> dict[str, pl.DataType]:
    own = questionnaire.facets[len(ASKED) :]
    return FACET_COLUMNS | {facet.name: COLUMN_TYPES[facet.kind] for facet in own}


def _fill(
    batch: pl.DataFrame, answers: Iterator[Answer], questionnaire: Questionnaire
) -> pl.DataFrame:
    """The facet table of one batch, taking as many answers as it has rows to ask about."""
    given = with_given(batch).with_row_index("_row").with_columns(_asked=needs_asking())
    asked, rest = given.filter("_asked"), given.filter(~pl.col("_asked"))
    threads = asked.select("conversation_id", "messages").iter_rows()
    found = [
        {"conversation_id": conversation_id, **read_answer(answer, messages, questionnaire)}
        for (conversation_id, messages), answer in zip(threads, answers, strict=False)
    ]
    if len(found) < asked.height:
        raise ClaudeError(MIXED_UP)
    columns = _columns(questionnaire)
    read = pl.DataFrame(found, schema=columns)
    kept = [pl.coalesce(asked[name], name).alias(name) for name in _KEPT]
    told = [
        read.with_columns(kept).with_columns(asked.select("_row", "_asked")),
        extract_facets(rest).with_columns(rest.select("_row", "_asked")),
    ]
    return pl.concat(told, how="diagonal").sort("_row").select(*columns, *_MARK)


def _with_repeated() -> pl.Expr:
    """`flags`, with `repeated` where an answered request comes up more often than by chance."""
    answered = pl.col("_asked") & (pl.col("status") == "ok")
    text = pl.when(answered).then(pl.col("request").str.to_lowercase())
    n_answered = answered.sum()
    is_long = text.str.count_matches(r"\S+") >= REPEATED_WORDS
    is_often = pl.len().over(text) > REPEATED_SHARE * n_answered
    repeated = answered & is_long & is_often & (n_answered >= REPEATED_LEAST)
    # `repeated` sorts after every other word.
    more = pl.concat_str("flags", pl.lit("repeated"), separator=",", ignore_nulls=True)
    return pl.when(repeated).then(more).otherwise("flags").alias("flags")
