"""The words of a request in, what each is out: noun, adjective, verb, or a break between phrases.

There is no tagger here: closed words are listed, verbs are listed, endings tell most adjectives,
and what may be either noun or verb is told by the word before it. The rest are nouns.
"""

from __future__ import annotations

from functools import lru_cache

from taxonomy.naming.lexicon import base_verb, load_lexicon, singular

DESCRIBING = ("-looking", "-based", "-like", "-friendly", "-related", "-style", "-free", "-old")
CLOSED_KINDS = {
    "determiners": "determiner",
    "prepositions": "preposition",
    "pronouns": "pronoun",
    "auxiliaries": "break",
    "joiners": "break",
    "adverbs": "break",
    "question_words": "break",
}


def word_kinds(tokens: list[str]) -> list[str]:
    """One of noun, adjective, verb, action, preposition, determiner, pronoun, break a token.

    An action is the base form of a verb that is something to do: `how to steal`.
    """
    kinds: list[str] = []
    for position, token in enumerate(tokens):
        before = tokens[position - 1].lower() if position else ""
        after = tokens[position + 1].lower() if position + 1 < len(tokens) else "."
        previous = kinds[-1] if kinds else "break"
        kind = _kind(token.lower(), before=before, after=after, previous=previous)
        kinds.append(_verb_after_noun(token.lower(), kind, before, after, previous))
    return kinds


def _kind(word: str, *, before: str, after: str, previous: str) -> str:
    kind = _kind_alone(word)
    if word == "to" and base_verb(after) == after:
        return "break"
    if kind == "verb" and previous in ("determiner", "adjective") and word.endswith("ed"):
        return "adjective"  # `the used car`
    if kind not in ("verb", "either"):
        return kind
    if before == "to" or before in load_lexicon().closed["modals"] or previous == "pronoun":
        return "action" if base_verb(word) == word else "verb"
    return "noun" if kind == "either" else "verb"


def _verb_after_noun(word: str, kind: str, before: str, after: str, previous: str) -> str:
    """`the team needs words` and `babies sleep` hold a verb where `phone calls` does not."""
    if kind != "noun" or previous != "noun" or _kind_alone(word) != "either":
        return kind
    follows_plural = singular(before) != before and word == singular(word)
    has_object = _kind_alone(after) in ("noun", "determiner", "pronoun", "adjective")
    return "verb" if follows_plural or (singular(word) != word and has_object) else kind


@lru_cache(maxsize=100_000)
def _kind_alone(word: str) -> str:
    """What a lower-case word is, whatever stands around it; `either` is a noun or a verb."""
    lexicon = load_lexicon()
    if not word[0].isalnum() or _is_unsafe_number(word):
        return "break"
    for kind, name in CLOSED_KINDS.items():
        if word in lexicon.closed[kind]:
            return name
    base = base_verb(word)
    is_noun = word in lexicon.gerund_nouns or singular(word) in lexicon.gerund_nouns
    if base is not None and not is_noun:
        bare = word in (base, base + "s")
        return "either" if base in lexicon.ambiguous and bare else "verb"
    if is_adverb(word):
        return "break"
    return "adjective" if is_adjective(word) else "noun"


def is_plain(word: str) -> bool:
    """Whether a lower-case word says how much or how good, and nothing of what it is about."""
    closed = load_lexicon().closed
    return word in closed["plain_adjectives"] or word in closed["numbers"] or word.isdigit()


@lru_cache(maxsize=100_000)
def is_adjective(word: str) -> bool:
    """Whether a lower-case word is taken for an adjective, number or participle."""
    closed = load_lexicon().closed
    if word in closed["adjectives"] or word in closed["plain_adjectives"]:
        return True
    if word in closed["numbers"] or word[0].isdigit():
        return True
    if word.endswith(DESCRIBING) and "-" in word:
        return True
    if word.endswith(("er", "est")) and _positive(word) in closed["plain_adjectives"]:
        return True
    if len(word) < 6 or word in closed["mass_nouns"]:
        return False
    return word.endswith(tuple(closed["adjective_endings"])) or (
        word.endswith("ed") and len(word) > 6
    )


def _positive(word: str) -> str:
    """`simpler` and `simplest` -> `simple`, `heaviest` -> `heavy`, `bigger` -> `big`."""
    stem = word.removesuffix("est").removesuffix("er")
    plain = load_lexicon().closed["plain_adjectives"]
    forms = (stem, stem + "e", stem[:-1] + "y" if stem.endswith("i") else stem, stem[:-1])
    return next((form for form in forms if form in plain), stem)


def is_adverb(word: str) -> bool:
    """Whether a lower-case word ends like an adverb and is not a known noun in -ly."""
    nouns = ("family", "assembly", "butterfly", "anomaly", "monopoly", "italy", "july", "reply")
    return len(word) > 4 and word.endswith("ly") and word not in nouns


def _is_unsafe_number(word: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return digits > 2 or (digits > 0 and digits == len(word))
