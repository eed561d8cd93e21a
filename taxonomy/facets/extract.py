"""Conversations in, one row of facets each out, by rules alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import polars as pl

from taxonomy.facets.collaboration import MAX_TURNS, find_collaboration
from taxonomy.facets.given import GIVEN, with_given
from taxonomy.facets.language import detect_language
from taxonomy.facets.prose import HEAD_CHARACTERS, TAIL_CHARACTERS, Prose, read_prose
from taxonomy.facets.request import find_request
from taxonomy.facets.schema import FACET_COLUMNS, refuse_own_facets
from taxonomy.progress import advance, progress
from taxonomy.settings import FacetSettings

logger = logging.getLogger(__name__)

_SLICE = 20_000


def extract_facets(
    conversations: pl.DataFrame, settings: FacetSettings | None = None
) -> pl.DataFrame:
    """The facet table of some conversations, one row each, in their order.

    A facet that the input already answers is kept as it is; the rules fill only what is null.
    What only a reader could tell (`task`, `use_case`, `concern`) stays null.

    Parameters
    ----------
    conversations : `conversation_id`, `messages` (a list of `role`, `content`), and where known
        `language`, `request`, `collaboration`, `flagged`

    Returns
    -------
    A frame with the columns of `FACET_COLUMNS`. `request` is null exactly where `status` is not
    `ok`: no message of the user asks for anything, or the input flagged the conversation.

    Raises
    ------
    SettingsError
        There are questions of the user's own, which rules cannot answer.
    """
    refuse_own_facets(settings or FacetSettings())
    given = with_given(conversations).with_row_index("_row")
    is_open = ~pl.col("flagged") & pl.any_horizontal(pl.col(GIVEN).is_null())
    open_rows = given.filter(is_open)
    logger.info("%d of %d conversations need facets", open_rows.height, given.height)
    with progress("facets", total=given.height, unit="conversations"):
        advance(given.height - open_rows.height, "conversations")
        found = pl.concat([_empty(), *(_fill(part) for part in open_rows.iter_slices(_SLICE))])
    return _merge(given, found)


def answer_by_rules(texts: Sequence[str]) -> tuple[str | None, str, str]:
    """Request, ISO 639-1 language and collaboration of a conversation, told by rules.

    The request is None where nothing is asked for.

    Parameters
    ----------
    texts : the user's messages in order
    """
    return _answer(texts, None, None, None)


def _fill(part: pl.DataFrame) -> pl.DataFrame:
    rows = part.select("_row", _user_texts(), *GIVEN).iter_rows()
    answers = []
    for place, texts, *given in rows:
        answers.append((place, *_answer(texts, *given)))
        advance(1, "conversations")
    return pl.DataFrame(answers, schema=_empty().schema, orient="row")


def _user_texts() -> pl.Expr:
    """The user's messages of each conversation, each cut to its two ends."""
    content = pl.element().struct.field("content").fill_null("")
    kept = HEAD_CHARACTERS + TAIL_CHARACTERS
    ends = content.str.head(HEAD_CHARACTERS) + "\n" + content.str.tail(TAIL_CHARACTERS)
    users = pl.col("messages").list.eval(
        pl.when(content.str.len_chars() > kept)
        .then(ends)
        .otherwise(content)
        .filter(pl.element().struct.field("role") == "user")
    )
    return users.alias("texts")


def _answer(
    texts: Sequence[str], request: str | None, language: str | None, collaboration: str | None
) -> tuple[str | None, str, str]:
    """The three facets, those that are given kept."""
    messages = [read_prose(text) for text in texts[:MAX_TURNS]]
    language = language or detect_language(_words(messages))
    request = request or find_request(messages, language)
    collaboration = collaboration or (find_collaboration(messages) if request else "none")
    return request, language, collaboration


def _words(messages: list[Prose]) -> str:
    """The user's own words of the first messages, enough to tell their language."""
    return " ".join(sentence for message in messages[:2] for sentence in message.sentences)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"_row": pl.UInt32, "request": pl.String, "language": pl.String,
                "collaboration": pl.String}
    )  # fmt: skip


def _merge(given: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    joined = given.drop("messages").join(found, on="_row", how="left", suffix="_found")
    answers = [pl.coalesce(name, f"{name}_found").alias(name) for name in GIVEN]
    status = (
        pl.when("flagged").then(pl.lit("flagged"))
        .when(pl.col("request").is_null()).then(pl.lit("empty"))
        .otherwise(pl.lit("ok"))
    )  # fmt: skip
    untold = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in FACET_COLUMNS.items()
        if name not in (*GIVEN, "conversation_id", "status")
    ]
    return (
        joined.sort("_row")
        .with_columns(answers)
        .with_columns(status.alias("status"), *untold)
        .with_columns(request=pl.when(pl.col("status") == "ok").then("request"))
        .select(list(FACET_COLUMNS))
    )
