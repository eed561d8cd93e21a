"""Conversations in, one row of facets each out, by rules alone."""

from __future__ import annotations

import logging

import polars as pl

from taxonomy.facets.collaboration import MAX_TURNS, find_collaboration
from taxonomy.facets.language import UNKNOWN, detect_language
from taxonomy.facets.prose import HEAD_CHARACTERS, TAIL_CHARACTERS, Prose, read_prose
from taxonomy.facets.request import find_request
from taxonomy.facets.schema import FACET_COLUMNS

logger = logging.getLogger(__name__)

_SLICE = 20_000
_GIVEN = ("request", "language", "collaboration")


def extract_facets(conversations: pl.DataFrame) -> pl.DataFrame:
    """The facet table of some conversations, one row each, in their order.

    A facet that the input already answers is kept as it is; the rules fill only what is null.

    Parameters
    ----------
    conversations : `conversation_id`, `messages` (a list of `role`, `content`), and where known
        `language`, `request`, `collaboration`

    Returns
    -------
    A frame with the columns of `FACET_COLUMNS`. `request` is null exactly where `status` is
    `empty`: no message of the user asks for anything.
    """
    given = _with_given(conversations)
    open_rows = given.filter(pl.any_horizontal(pl.col(_GIVEN).is_null()))
    logger.info("%d of %d conversations need facets", open_rows.height, given.height)
    found = pl.concat([_empty(), *(_fill(part) for part in open_rows.iter_slices(_SLICE))])
    return _merge(given, found)


def _with_given(conversations: pl.DataFrame) -> pl.DataFrame:
    """Ids, messages and the three facets that an input may bring, null where it does not."""
    facets = [
        _filled(name) if name in conversations.columns else pl.lit(None, pl.String).alias(name)
        for name in _GIVEN
    ]
    return conversations.select("conversation_id", "messages", *facets).with_row_index("_row")


def _filled(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _fill(part: pl.DataFrame) -> pl.DataFrame:
    rows = part.select("_row", *_GIVEN, _user_texts()).iter_rows(named=True)
    answers = [(row["_row"], *_answer(row)) for row in rows]
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


def _answer(row: dict[str, object]) -> tuple[str | None, str, str]:
    texts = row["texts"]
    assert isinstance(texts, list)
    messages = [read_prose(text) for text in texts[:MAX_TURNS]]
    language = row["language"] or detect_language(_words(messages))
    request = row["request"] or find_request(messages, str(language))
    collaboration = row["collaboration"] or (find_collaboration(messages) if request else "none")
    return (None if request is None else str(request)), str(language), str(collaboration)


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
    answers = [pl.coalesce(name, f"{name}_found").alias(name) for name in _GIVEN]
    status = pl.when(pl.col("request").is_null()).then(pl.lit("empty")).otherwise(pl.lit("ok"))
    return (
        joined.sort("_row")
        .with_columns(answers)
        .with_columns(pl.col("language").fill_null(UNKNOWN), status.alias("status"))
        .select(list(FACET_COLUMNS))
    )
