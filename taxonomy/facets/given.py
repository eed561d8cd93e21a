"""Conversations in, what their input says about them out: the facets that need no asking."""

from __future__ import annotations

import polars as pl

GIVEN = ("request", "language", "collaboration")
"""The facets that an input may bring; what it brings is kept."""


def with_given(conversations: pl.DataFrame) -> pl.DataFrame:
    """Ids, messages, the facets of `GIVEN`, null where the input has none, and `flagged`."""
    facets = [
        _filled(name) if name in conversations.columns else pl.lit(None, pl.String).alias(name)
        for name in GIVEN
    ]
    flagged = pl.col("flagged") if "flagged" in conversations.columns else pl.lit(None)
    return conversations.select(
        "conversation_id",
        "messages",
        *facets,
        flagged=flagged.cast(pl.Boolean).fill_null(False),
    )


def needs_asking() -> pl.Expr:
    """Whether only a reader of the messages could tell what a conversation asks for."""
    said = pl.element().struct.field("content").fill_null("").str.strip_chars() != ""
    by_user = pl.element().struct.field("role") == "user"
    has_words = pl.col("messages").list.eval(said & by_user).list.any().fill_null(False)
    return ~pl.col("flagged") & pl.col("request").is_null() & has_words


def _filled(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)
