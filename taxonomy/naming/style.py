"""A name or description in, its faults out: the style that every published text keeps.

The style is the Economic Index's: an imperative in sentence case without a full stop; a
description of two sentences about users. Texts that a model wrote are English, so they get the
benefit of the doubt. Drafts that our rules put together may be no English at all: they are held to
words that we know.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

from taxonomy.naming.lexicon import base_verb, load_lexicon, singular

MIN_WORDS, MAX_WORDS = 2, 12
MAX_CHARACTERS = 110
MIN_DRAFT_WORDS, MAX_DRAFT_WORDS = 4, 11
MAX_DRAFT_CHARACTERS = 90
# Not all of these are in the lists, since only names use them.
NAME_VERBS = frozenset({"help", "handle", "continue", "respond", "take"})
# The lists of words that are no verbs, and the endings of words that hardly ever are.
NO_VERBS = (
    *("determiners", "prepositions", "pronouns", "auxiliaries", "question_words", "joiners"),
    *("adverbs", "adjectives", "plain_adjectives"),
)
NOUN_ENDINGS = ("ing", "tion", "sion", "ness", "ment", "ity", "ance", "ence", "ism", "ship", "ly")
# A name that ends in one of these was cut off; `Decide what to put on` was not.
CUT_OFF = {"a", "an", "the", "my", "your", "and", "or", "nor", "of", "about", "with", "from", "to"}
CUT_OFF |= {"between", "into", "as", "if"}
ARTICLES = {"a", "an", "the", "my", "your", "his", "her", "its", "our", "their"}
# Five digits and more: a year, an error code or a form has fewer.
UNSAFE = re.compile(r"\d{5}|@|://|www\.|\B#\w|_|\\|<|>")
UNSAFE_DRAFT = re.compile(r"\d{3}|@|://|www\.|#|_|\\|<|>")
BADLY_SPACED = re.compile(r"\s{2}|[\t\r\n]|\s[,;:]|,,|, and and")
# The stops of these end no sentence: `e.g.`, `U.S.`, `vs.`.
ABBREVIATION = re.compile(r"(?:\b(?:[A-Za-z]\.)+|\b(?:vs|etc|approx|no|dr|mr|ms|st)\.)$", re.I)


def name_faults(name: str) -> list[str]:
    """What is wrong with a name, whoever wrote it, in words; empty when nothing is."""
    words = name.replace(",", "").split()
    faults = _size_faults(name, words, (MIN_WORDS, MAX_WORDS), MAX_CHARACTERS)
    if _is_open(name, words):
        return [*faults, "empty, or ends in a stop"]
    lower = [word.lower() for word in words]
    if words[0][0].islower():
        faults.append("does not start with a capital")
    if not _may_be_imperative(lower[0]):
        faults.append(f"starts with {words[0]!r}, which is no imperative")
    if lower[-1] in CUT_OFF:
        faults.append(f"ends with {words[-1]!r}")
    if _is_title_case(words):
        faults.append("is in title case, not sentence case")
    if _is_foreign(name):
        faults.append("is not in English")
    return [*faults, *_stutters(lower), *_unsafe_faults(name, UNSAFE)]


def draft_faults(name: str) -> list[str]:
    """What is wrong with a name that our rules put together, in words; empty when nothing is."""
    words = name.replace(",", "").split()
    limits = (MIN_DRAFT_WORDS, MAX_DRAFT_WORDS)
    faults = _size_faults(name, words, limits, MAX_DRAFT_CHARACTERS)
    if _is_open(name, words):
        return [*faults, "empty, or ends in a stop"]
    return [*faults, *_draft_word_faults(words), *_draft_joint_faults(name)]


def description_faults(description: str) -> list[str]:
    """What is wrong with a description, in words; empty when nothing is."""
    faults = []
    sentences = _sentences(description, before_capitals=True)
    most = len(_sentences(description, before_capitals=False))
    if not len(sentences) <= 2 <= most:
        faults.append(f"{most} sentences, not 2")
    if not re.match(r"Users\b", description):
        faults.append("does not begin with 'Users'")
    if any(sentence[:1].islower() for sentence in sentences):
        faults.append("a sentence does not start with a capital")
    if not re.search(r"[.!?][\"'”’)]*$", description):
        faults.append("does not end in a full stop")
    if re.search(r"\s{2}|[\t\r\n]|\s,|\s\.(?!\w)|,,|\d{5}|@|://|<|>", description):
        faults.append("is badly spaced, or holds a number or address")
    if _is_marked_up(description):
        faults.append("holds marks of a markup, or characters that do not show")
    if _is_foreign(description):
        faults.append("is not in English")
    return faults


def _size_faults(
    name: str, words: list[str], limits: tuple[int, int], most_characters: int
) -> list[str]:
    faults = []
    if not limits[0] <= len(words) <= limits[1]:
        faults.append(f"{len(words)} words, not {limits[0]} to {limits[1]}")
    if len(name) > most_characters:
        faults.append(f"{len(name)} characters, more than {most_characters}")
    return faults


def _is_open(name: str, words: list[str]) -> bool:
    return not words or name != name.strip() or name.endswith((".", ",", ";", ":"))


def _may_be_imperative(word: str) -> bool:
    """Whether a word can be a verb: a known one (`co-create`, too), or nothing we know better."""
    last = word.rsplit("-", 1)[-1]
    if _is_imperative(word) or _is_imperative(last):
        return True
    closed = load_lexicon().closed
    is_plural = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    listed = any(word in closed[kind] for kind in NO_VERBS)
    return not (listed or is_plural or last.endswith(NOUN_ENDINGS))


def _is_title_case(words: list[str]) -> bool:
    """Whether every long word has a capital, three of them words that are no known names."""
    long = [word.strip("()\"'") for word in words[1:] if len(word) > 3]
    known = {spelled.lower() for spelled in load_lexicon().spellings}
    known |= {language.lower() for language in load_lexicon().languages.values()}
    plain = [word for word in long if word.lower() not in known]
    return len(plain) >= 3 and all(word[:1].isupper() and word[1:].islower() for word in plain)


def _is_foreign(text: str) -> bool:
    """Whether a quarter of the letters are of another script than ours."""
    letters = [letter for letter in text if letter.isalpha()]
    n_latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return n_latin < 0.75 * len(letters)


def _is_marked_up(text: str) -> bool:
    """Whether a text could be more than text in a table, a page or a terminal."""
    return bool(re.search(r"[|`\[\]]", text)) or any(
        unicodedata.category(letter).startswith("C") for letter in text
    )


def _stutters(lower: list[str]) -> list[str]:
    """A word thrice, or joined to itself: `test API tests` is English, `cats and cat` is not."""
    content = [singular(word) for word in lower if word not in _dangling()]
    repeated = {word for word in content if content.count(word) > 2}
    joined = zip(lower, lower[1:], lower[2:], strict=False)
    repeated |= {
        singular(one)
        for one, joint, other in joined
        if joint in {"and", "or"} and singular(one) == singular(other)
    }
    return [f"repeats {', '.join(sorted(repeated))}"] if repeated else []


def _unsafe_faults(name: str, unsafe: re.Pattern[str]) -> list[str]:
    faults = []
    lower = name.lower().split()
    for word, following in pairwise(lower):
        if word in ARTICLES and following in {"and", "or", "of", ","}:
            faults.append(f"{word!r} before {following!r}")
    if unsafe.search(name):
        faults.append("holds a number, address or handle")
    if BADLY_SPACED.search(name):
        faults.append("is badly spaced")
    if _is_marked_up(name):
        faults.append("holds marks of a markup, or characters that do not show")
    return faults


def _draft_word_faults(words: list[str]) -> list[str]:
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


def _draft_joint_faults(name: str) -> list[str]:
    lower = name.lower().split()
    faults = [
        f"{word!r} before {following!r}"
        for word, following in pairwise(lower)
        if word in _dangling() - ARTICLES and following in {"and", "or", "of", ","}
    ]
    return [*faults, *_unsafe_faults(name, UNSAFE_DRAFT)]


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


def _sentences(text: str, *, before_capitals: bool) -> list[str]:
    """The sentences of a text; a stop after an abbreviation does not end one.

    Whether `U.S.` or `etc.` ends a sentence where a capital follows cannot be told, so the caller
    says: with `before_capitals` it never does.
    """
    sentences: list[str] = []
    for part in re.split(r"(?<=[.!?])\s+", text.strip()):
        within = before_capitals or not part[:1].isupper()
        if sentences and within and ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences
