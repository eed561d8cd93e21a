"""Clusters without a home in O*NET in, why out: by word lists and spread that one can read."""

from __future__ import annotations

import polars as pl

ABOUT_AI = "about AI itself"
NOT_WORK = "not work"
TOO_COARSE = "too coarse"
NEW_ACTIVITY = "new activity"
REASONS = (ABOUT_AI, NOT_WORK, TOO_COARSE, NEW_ACTIVITY)
"""In the order in which they are tried: the first that fits is the reason."""

SUBJECTS = (ABOUT_AI, NOT_WORK)
"""Those that tell of a cluster whether or not a task fits."""

# Whole words of a cluster's name, in lower case. To make software that uses AI is work that O*NET
# knows, so the words are of the assistant as a subject: not "AI" by itself.
AI_WORDS = (
    r"ai (?:models?|assistants?|coding assistants?|capabilities|limitations|identity|ethics)",
    r"(?:your|the assistant's) (?:capabilities|limitations|identity|instructions|knowledge|model)",
    r"(?:yourself|an ai)",
    r"claude",
    r"anthropic",
    r"chatgpt",
    r"conversation history",
    r"chat (?:history|data)",
    r"(?:ai|image|system|llm) prompts?",
    r"prompt engineering",
)
NOT_WORK_WORDS = (
    r"role-?play(?:s|ing)?",
    r"erotic",
    r"fan ?fiction",
    r"jokes?",
    r"riddles?",
    r"gaming",
    r"trivia",
    r"small talk",
    r"chit-?chat",
    r"say (?:hello|hi)",
    r"(?:casual|friendly) (?:conversation|chat|greeting)s?",
    r"dating",
    r"romantic relationships?",
    r"(?:complex|personal|family) relationships?",
    r"relationship (?:dynamics|advice|problems|issues)",
    r"horoscopes?",
    r"astrolog(?:y|ical)",
    r"tarot",
    r"hobb(?:y|ies)",
    r"personal (?:life|growth|messages?|advice|problems?|development)",
    r"parenting",
    r"pets?",
    r"gifts?",
    r"birthdays?",
    r"gratitude",
    r"weddings?",
    r"vacations?",
    r"travel (?:destinations|itinerar(?:y|ies)|plans?|advice)",
    r"recipes?",
    r"cooking",
    r"workouts?",
    r"weight loss",
    r"(?:skin|hair)care",
    r"gardening",
    r"to purchase",
)
MOSTLY = 0.5
"""A personal share from here on makes a cluster not work."""

COARSE_GWAS, COARSE_GROUPS = 6.0, 4.0
"""Spread evenly over this many GWAs and this many major groups, a cluster is too coarse."""


def reason() -> pl.Expr:
    """Why a cluster has no home, as one of `REASONS`; on the frame of `clusters.matches`."""
    coarse = (pl.col("effective_gwas") >= COARSE_GWAS) & (
        pl.col("effective_groups") >= COARSE_GROUPS
    )
    spread = pl.when(coarse.fill_null(False)).then(pl.lit(TOO_COARSE))
    return pl.coalesce(subject(), spread.otherwise(pl.lit(NEW_ACTIVITY)))


def subject() -> pl.Expr:
    """`ABOUT_AI`, `NOT_WORK` or null: what the name and the personal share tell by themselves."""
    name, personal = pl.col("name").str.to_lowercase(), pl.col("personal_share")
    by_share = pl.when(personal.is_not_null()).then(personal >= MOSTLY)
    not_work = by_share.otherwise(name.str.contains(_any_of(NOT_WORK_WORDS)))
    return (
        pl.when(name.str.contains(_any_of(AI_WORDS)))
        .then(pl.lit(ABOUT_AI))
        .when(not_work)
        .then(pl.lit(NOT_WORK))
    )


def _any_of(words: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(words)})\b"
