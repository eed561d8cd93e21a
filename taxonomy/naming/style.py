"""A name or description in, its faults out: the style that every published text keeps.

The style is the Economic Index's: an imperative in sentence case of 4 to 11 words, without a
full stop; a description of two sentences.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from taxonomy.naming.lexicon import base_verb, load_lexicon, singular

MIN_WORDS = 4
MAX_WORDS = 11
MAX_CHARACTERS = 90
# Not all of these are in the lists, since only names use them.
NAME_VERBS = frozenset({"help", "handle", "continue", "respond", "take"})


def name_faults(name: str) -> list[str]:
    """What is wrong with a name, in words; empty when nothing is."""
    words = name.replace(",", "").split()
    faults = []
    if not MIN_WORDS <= len(words) <= MAX_WORDS:
        faults.append(f"{len(words)} words, not {MIN_WORDS} to {MAX_WORDS}")
    if len(name) > MAX_CHARACTERS:
        faults.append(f"{len(name)} characters, more than {MAX_CHARACTERS}")
    if not words or name != name.strip() or name.endswith((".", ",", ";", ":")):
        return [*faults, "empty, or ends in a stop"]
    return [*faults, *_word_faults(words), *_joint_faults(name)]


def _word_faults(words: list[str]) -> list[str]:
    lower = [word.lower() for word in words]
    faults = []
    if not words[0][0].isupper():
        faults.append("does not start with a capital")
    if not _is_imperative(lower[0]):
        faults.append(f"starts with {words[0]!r}, which is no imperative")
    if lower[-1] in _dangling():
        faults.append(f"ends with {words[-1]!r}")
    content = [base_verb(word) or singular(word) for word in lower if word not in _dangling()]
    repeated = sorted({word for word in content if content.count(word) > 1})
    if repeated:
        faults.append(f"repeats {', '.join(repeated)}")
    return faults


def _joint_faults(name: str) -> list[str]:
    faults = []
    lower = name.lower().split()
    for word, following in pairwise(lower):
        if word in _dangling() and following in {"and", "or", "of", ","}:
            faults.append(f"{word!r} before {following!r}")
    if re.search(r"\d{3}|@|://|www\.|#|_|\\|<|>", name):
        faults.append("holds a number, address or handle")
    if re.search(r"\s{2}|,,|, and and", name):
        faults.append("is badly spaced")
    return faults


def _is_imperative(word: str) -> bool:
    lexicon = load_lexicon()
    known = word in lexicon.family_of or word in lexicon.verbs or word in lexicon.ambiguous
    return known or word in NAME_VERBS or word in _published_heads()


@cache
def _published_heads() -> frozenset[str]:
    return frozenset(verb.split()[0] for verb in load_lexicon().published.values())


@cache
def _dangling() -> frozenset[str]:
    closed = load_lexicon().closed
    return (
        closed["prepositions"]
        | closed["determiners"]
        | closed["joiners"]
        | closed["auxiliaries"]
        | {"to"}
    )


def description_faults(description: str) -> list[str]:
    """What is wrong with a description, in words; empty when nothing is."""
    faults = []
    sentences = re.split(r"(?<=[.!?])\s+", description)
    if len(sentences) != 2:
        faults.append(f"{len(sentences)} sentences, not 2")
    if not description.startswith("Users "):
        faults.append("does not begin with 'Users'")
    if any(not sentence.strip()[0].isupper() for sentence in sentences):
        faults.append("a sentence does not start with a capital")
    if re.search(r"\s{2}|\s[,.]|,,|\d{4}|@|://", description):
        faults.append("is badly spaced, or holds a number or address")
    return faults
