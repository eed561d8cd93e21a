"""Word lists in, a `Lexicon` out: what is known of English without a tagger or a model.

The lists are `words/lexicon.toml` (closed words, verbs by family, inflection) and
`words/subjects.toml` (general subjects and the words that show them). They are hand-written,
so a word that comes from them is nobody's secret.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

VOWELS = "aeiou"
# The first that fits: an ending in the plural and what stands for it in the singular.
SINGULAR_ENDINGS = (
    *((kept, kept) for kept in ("ss", "us", "is", "specimen", "regimen", "abdomen")),
    ("women", "woman"),
    ("men", "man"),
    *((kept + "s", kept) for kept in ("movie", "cookie", "zombie", "selfie", "hoodie", "calorie")),
    ("ies", "y"),
    *((kept + "es", kept) for kept in ("ss", "sh", "ch", "x", "zz", "bus")),
    ("s", ""),
)
NOT_MEN = frozenset({"human", "german", "roman", "ottoman", "shaman", "talisman", "caiman"})
# One short syllable that ends in one consonant: `rob` -> `robbing`.
DOUBLES = re.compile("[^aeiou]*[aeiou][^aeiouwxyz]")


@dataclass(frozen=True)
class Lexicon:
    """The closed words of English, verbs by family, and general subjects."""

    family_of: dict[str, str]
    """Verb -> the kind of work it asks for."""
    published: dict[str, str]
    """Verb -> the verb that a name shows for it."""
    default_objects: dict[str, str]
    """Family -> what it takes when its members share no object."""
    textual: frozenset[str]
    """Objects that are about something, such as stories."""
    for_objects: frozenset[str]
    """Objects that are for something rather than about it, such as code."""
    verbs: frozenset[str]
    """Verbs that are hardly ever nouns, families included."""
    ambiguous: frozenset[str]
    """Verbs that are nouns as often."""
    weak: frozenset[str]
    """Verbs that say nothing about what a request is about."""
    closed: dict[str, frozenset[str]]
    spellings: dict[str, str]
    languages: dict[str, str]
    """ISO 639-1 code -> English name."""
    plural_of: dict[str, str]
    singular_of: dict[str, str]
    singular_s: frozenset[str]
    gerund_of: dict[str, str]
    gerund_nouns: frozenset[str]
    subjects_of: dict[str, tuple[str, ...]]
    """A word -> the general subjects it shows, as they are published."""


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The lexicon of this package, read once."""
    tables = _read("lexicon.toml")
    family_of, published = _read_families(tables["families"])
    plurals = _pairs(tables["inflection"]["plurals"])
    ambiguous = frozenset(tables["verbs"]["both"].split())
    plain = frozenset(tables["verbs"]["plain"].split())
    return Lexicon(
        family_of=family_of,
        published=published,
        default_objects=_pairs(tables["frames"]["objects"]),
        textual=frozenset(tables["frames"]["textual"].split()),
        for_objects=frozenset(tables["frames"]["for_objects"].split()),
        verbs=(plain | frozenset(family_of)) - ambiguous,
        ambiguous=ambiguous,
        weak=frozenset(tables["verbs"]["weak"].split()),
        closed={kind: frozenset(words.split()) for kind, words in tables["closed"].items()},
        spellings=_pairs(tables["spellings"]["words"]),
        languages=_pairs(tables["languages"]["names"]),
        plural_of=plurals,
        singular_of={plural: word for word, plural in plurals.items()},
        singular_s=frozenset(tables["inflection"]["singular_s"].split()),
        gerund_of=_pairs(tables["verbs"]["irregular_gerunds"]),
        gerund_nouns=frozenset(tables["verbs"]["gerunds_as_nouns"].split()),
        subjects_of=_read_subjects(_read("subjects.toml")),
    )


def _read(name: str) -> dict[str, Any]:
    path = resources.files("taxonomy.naming") / "words" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":", maxsplit=1) for pair in text.split())


def _read_subjects(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    subjects: dict[str, list[str]] = {}
    for label, words in table.items():
        for word in dict.fromkeys(words.split()):
            subjects.setdefault(word.replace("_", " "), []).append(label)
    return {word: tuple(labels) for word, labels in subjects.items()}


def _read_families(table: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    family_of: dict[str, str] = {}
    published: dict[str, str] = {}
    for family, words in table.items():
        for entry in words.split():
            verb, _, shown = entry.partition(":")
            # The first family that lists a verb owns it.
            family_of.setdefault(verb, family)
            published.setdefault(verb, (shown or verb).replace("help-with", "help with"))
    return family_of, {verb: shown.replace("set-up", "set up") for verb, shown in published.items()}


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """The singular of a lower-case noun; a word that is already singular is kept."""
    lexicon = load_lexicon()
    if word in lexicon.singular_of:
        return lexicon.singular_of[word]
    if word in lexicon.singular_s or len(word) < 4:
        return word
    for ending, replacement in SINGULAR_ENDINGS:
        if word.endswith(ending):
            return word[: len(word) - len(ending)] + replacement
    return word


def plural(word: str) -> str:
    """The plural of a singular noun, its capitals kept."""
    lexicon = load_lexicon()
    lower = word.lower()
    if lower in lexicon.plural_of:
        ending = lexicon.plural_of[lower]
        return ending[0].upper() + ending[1:] if word[0].isupper() else ending
    if lower.endswith("man") and lower not in NOT_MEN:
        return word[:-3] + "men"
    if lower.endswith("y") and lower[-2:-1] not in VOWELS:
        return word[:-1] + "ies"
    if lower.endswith(("s", "sh", "ch", "x", "z")) and not lower.endswith("ics"):
        return word + "es"
    return word + "s"


def gerund(verb: str) -> str:
    """The -ing form of a verb: `debug` -> `debugging`."""
    lexicon = load_lexicon()
    head, space, particle = verb.partition(" ")
    if head in lexicon.gerund_of:
        form = lexicon.gerund_of[head]
    elif head.endswith("e") and not head.endswith(("ee", "oe", "ye")):
        form = head[:-1] + "ing"
    elif DOUBLES.fullmatch(head):
        form = head + head[-1] + "ing"
    else:
        form = head + "ing"
    return form + space + particle


@lru_cache(maxsize=100_000)
def base_verb(word: str) -> str | None:
    """The verb that a lower-case word is a form of, or None when it is no known verb."""
    for candidate in _stems(word):
        if is_verb(candidate):
            return candidate
    return None


def is_verb(word: str) -> bool:
    """Whether a base form is in the lists, as a verb that may be a noun too."""
    lexicon = load_lexicon()
    return word in lexicon.verbs or word in lexicon.ambiguous


def _stems(word: str) -> list[str]:
    stems = [word]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            stems += [stem, stem + "e"]
            if stem[-1] == stem[-2]:
                stems.append(stem[:-1])
            if stem.endswith("i"):
                stems.append(stem[:-1] + "y")
    if word.endswith("s") and not word.endswith("ss"):
        stems += [word[:-1]]
        if word.endswith("es"):
            stems.append(word[:-2])
        if word.endswith("ies"):
            stems.append(word[:-3] + "y")
    return stems
