"""One request in, its verb and its noun phrases out, by word lists and position alone.

`Write a short story about two dragons` is read as the verb `write`, the object `short story`
and, after `about`, the phrase `dragons`. A wrong reading of one request does no harm: only
what several users share gets into a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from taxonomy.naming.kinds import is_adjective, is_plain, word_kinds
from taxonomy.naming.lexicon import base_verb, gerund, load_lexicon

ADVICE = re.compile(
    r"\b(?:should (?:i|we)|(?:best|good|better) (?:ways?|places?|options?|time)|"
    r"recommend\w*|advice|tips?|suggest\w*|would you choose|worth)\b",
    re.IGNORECASE,
)
COMPARISON = re.compile(
    r"\b(?:differences? (?:between|in|of)|compar\w+|differs?|versus|vs|pros and cons|better than|"
    r"advantages|similarit\w+)\b",
    re.IGNORECASE,
)
# An explanation in name only: one fact is asked for.
POINTED = re.compile(
    r"\w+ (?:me )?(?:whether|if|who|whose|when|where|which|how (?:many|much|long|old|far|often))\b",
    re.IGNORECASE,
)
MAX_CHARACTERS = 300
MAX_WORDS = 6
QUESTION = "question"
HOW_TO = re.compile(
    r"^(?:(?:please )?(?:explain|describe|tell me|show me|teach me|know|learn)\s+)?"
    r"how\s+(?:to|do i|do you|can i|should i|could i|would i|do we|can we|can you|i can|i could)"
    r"\s+(?:best |properly |quickly |easily )?",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"^.{0,80}?\b(?:can you|could you|would you|will you|i want you to|i need you to|"
    r"i would like you to|i'd like you to|help me(?: to)?|i want to|i need to|i would like to|"
    r"i'd like to|please|your task is to|you will)\s+(?:please )?(?=[a-z])",
    re.IGNORECASE,
)
# Addresses and handles are gone before a word is read: they never reach a name.
UNSAFE = re.compile(r"\S*(?:://|www\.|@|\.com\b|\.org\b|\.net\b|_|\\|\.\.)\S*|#\w+|<[^>]*>")
TOKEN = re.compile(r"[^\W_]+(?:['’.+-][^\W_]+)*[+#]{0,2}|[^\w\s]")


@dataclass(frozen=True)
class Chunk:
    """A noun phrase and where it stood."""

    slot: str
    """The preposition before it; empty for the object."""
    words: tuple[str, ...]
    """As written, determiner and plain adjectives cut off."""
    determiner: str
    after_of: bool = False
    is_action: bool = False
    """The first word is the -ing form of what is done to the rest."""


@dataclass(frozen=True)
class Reading:
    """What one request says."""

    verb: str
    """Base form of the leading verb, `question` for a question, empty where none is known."""
    manner: str
    """How it asks: `how_to`, `advice`, `compare`, `why` or `fact`; empty where it asks for work."""
    chunks: tuple[Chunk, ...]


@lru_cache(maxsize=200_000)
def read_request(request: str) -> Reading:
    """The verb and the noun phrases of a request; only its first 300 characters are read."""
    text = UNSAFE.sub(" , ", request[:MAX_CHARACTERS].replace("’", "'")).strip()
    how = HOW_TO.match(text)
    if how:
        text = text[how.end() :]
    tokens = TOKEN.findall(text)
    verb, start = _leading_verb(tokens)
    if not how and verb not in load_lexicon().family_of:
        asked = ASKING.match(text)
        if asked:
            tokens = TOKEN.findall(text[asked.end() :])
            verb, start = _leading_verb(tokens)
    if not verb:
        start = 0
    chunks = _chunks(tokens[start:], verb=verb if how and verb != QUESTION else "")
    return Reading(verb=verb, manner=_manner(text, verb, is_how_to=bool(how)), chunks=chunks)


def _manner(text: str, verb: str, *, is_how_to: bool) -> str:
    family = QUESTION if verb == QUESTION else load_lexicon().family_of.get(verb, "")
    asks = family in (QUESTION, "explain", "answer")
    tests = (
        ("how_to", is_how_to),
        ("compare", family == "compare" or ((asks or family == "list") and _compares(text))),
        ("advice", family == "suggest" or (asks and ADVICE.search(text) is not None)),
        ("fact", asks and POINTED.match(text) is not None),
        ("why", family == "explain" or (asks and text.lower().startswith(("why", "how ")))),
        ("fact", asks),
    )
    return next((manner for manner, is_so in tests if is_so), "")


def _compares(text: str) -> bool:
    return COMPARISON.search(text) is not None


def _leading_verb(tokens: list[str]) -> tuple[str, int]:
    closed = load_lexicon().closed
    for position, token in enumerate(tokens[:3]):
        word = token.lower()
        if word in closed["question_words"]:
            return QUESTION, position + 1
        # A sentence that starts with a gerund or a plural is no request for that work.
        if base_verb(word) == word and position + 1 < len(tokens):
            return word, position + 1
        if word not in closed["adverbs"] and word not in closed["pronouns"]:
            break
    return "", 0


@dataclass
class _Run:
    """The noun phrase being read, and what stood before it."""

    words: list[str]
    slot: str = ""
    determiner: str = ""
    after_of: bool = False
    verb: str = ""


def _chunks(tokens: list[str], *, verb: str) -> tuple[Chunk, ...]:
    """Runs of nouns and adjectives, each with the preposition and determiner before it."""
    chunks: list[Chunk] = []
    run = _Run(words=[], verb=verb)
    for token, kind in zip([*tokens, "."], [*word_kinds(tokens), "break"], strict=True):
        if kind in ("noun", "adjective"):
            run.words.append(token)
            continue
        if run.words or (run.verb and kind != "determiner"):
            _finish(run, chunks)
            run = _Run(words=[], slot=run.slot)
        word = token.lower()
        if kind == "preposition":
            run.after_of = word == "of" and bool(chunks)
            run.slot = run.slot if run.after_of else word
        elif kind == "determiner":
            run.determiner = word
        elif kind == "action":
            run.verb = word
        elif kind != "pronoun":
            run = _Run(words=[], slot="" if kind == "verb" else run.slot)
    return tuple(chunks)


def _finish(run: _Run, chunks: list[Chunk]) -> None:
    """Append what was read: the noun phrase, and what is done to it (`stealing money`)."""
    words = list(run.words)
    while words and is_plain(words[0].lower()):
        words.pop(0)
    while words and is_adjective(words[-1].lower()):
        words.pop()
    if len(words) > MAX_WORDS:
        words = []
    if (
        run.after_of
        and chunks
        and words
        and chunks[-1].words[-1].lower() in load_lexicon().closed["quantities"]
    ):
        run.slot, run.after_of = chunks.pop().slot, False
    chunk = Chunk(run.slot, tuple(words), run.determiner, after_of=run.after_of)
    if run.verb and run.verb not in load_lexicon().weak:
        chunks.append(Chunk(run.slot, (gerund(run.verb), *words), run.determiner, is_action=True))
    if words:
        chunks.append(chunk)
