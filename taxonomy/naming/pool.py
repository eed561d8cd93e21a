"""The evidence of all groups in, what they say together of words out: spelling and number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import polars as pl

from taxonomy.naming.evidence import Evidence, Use
from taxonomy.naming.kinds import is_adjective
from taxonomy.naming.lexicon import load_lexicon, plural, singular
from taxonomy.naming.reading import Reading, read_request

NOUN_SHARE = 0.15
"""A noun follows a determiner or a preposition at least this often."""
HEAD_SHARE = 0.45
"""A phrase can stand alone when it ends its noun phrase at least this often."""


@dataclass(frozen=True)
class Pool:
    """What all groups together say of words: how they are written, and how they are counted."""

    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    """Lower-case word -> its spellings, those at the start of a sentence left out."""
    titles: Counter[str] = field(default_factory=Counter)
    """Phrase of two words -> how often it is written with two capitals: `Pearl Harbor`."""
    uses: dict[str, Use] = field(default_factory=dict)
    """Phrase -> its use, users left out."""


def pool_evidence(found: dict[int, Evidence], sample: pl.DataFrame) -> Pool:
    """What all groups say together of the phrases that are left in their evidence."""
    pool = Pool()
    for evidence in found.values():
        for phrase, use in evidence.phrases.items():
            _merge(pool.uses.setdefault(phrase, Use()), use)
    words = {word for phrase in pool.uses for word in phrase.split()}
    for request in sample.get_column("request"):
        _count_spellings(pool, read_request(request or ""), words=words)
    return pool


def _merge(total: Use, use: Use) -> None:
    total.slots.update(use.slots)
    total.n += use.n
    total.n_heads += use.n_heads
    total.n_plural += use.n_plural
    total.n_article += use.n_article
    total.n_the += use.n_the
    total.n_noun_like += use.n_noun_like


def _count_spellings(pool: Pool, reading: Reading, *, words: set[str]) -> None:
    # After `as` stand roles, which people capitalise like titles.
    chunks = [chunk for chunk in reading.chunks if not chunk.is_action and chunk.slot != "as"]
    written = [word for chunk in chunks for word in chunk.words]
    if not reading.verb:
        written = written[1:]  # the first word of a sentence has its capital from there
    capitals = sum(word[0].isupper() for word in written)
    if len(written) > 2 and capitals > 0.6 * len(written):
        return  # written in title case or in capitals throughout
    for first, second in pairwise(written):
        pool.titles[f"{first} {second}".lower()] += first[0].isupper() and second[0].isupper()
    for word in written:
        plain = word.removesuffix("'s")
        lower = singular(plain.lower())
        if lower in words and plain.lower().startswith(lower):
            pool.spellings.setdefault(lower, Counter())[plain[: len(lower)]] += 1
        if lower != plain.lower() and plain.lower() in words:
            pool.spellings.setdefault(plain.lower(), Counter())[plain] += 1


def is_action(key: str) -> bool:
    """Whether a phrase says what is done: `stealing money`."""
    head = key.split(maxsplit=1)[0]
    return head.endswith("ing") and head not in load_lexicon().gerund_nouns and len(head) > 4


def may_be_published(key: str, pooled: Use, use: Use) -> bool:
    """Whether a phrase can stand alone in a name: a noun phrase with a telling head."""
    closed = load_lexicon().closed
    words = key.split()
    if closed["never"].intersection(words) or not all(_is_word(word) for word in words):
        return False
    if is_action(key):
        return len(words) > 1 or use.n_heads >= 2
    if _is_too_general(words) or is_adjective(words[-1]):
        return False
    if len(words[-1]) < 3 and words[-1] not in load_lexicon().spellings:
        return False
    known = words[-1] in load_lexicon().spellings or words[-1] in load_lexicon().gerund_nouns
    known = known or words[-1] in closed["mass_nouns"]
    is_noun = known or pooled.n_noun_like >= NOUN_SHARE * pooled.n_heads
    return is_noun and pooled.n_heads >= HEAD_SHARE * pooled.n


def _is_too_general(words: list[str]) -> bool:
    general = load_lexicon().closed["general_nouns"]
    if "of" in words:
        return words[-1] in general and words[0] in general
    if len(words) == 1:
        return words[0] in general and words[0] not in load_lexicon().closed["products"]
    return words[-1] in general and words[0] in general


def _is_word(word: str) -> bool:
    digits = sum(character.isdigit() for character in word)
    return word[0].isalpha() and digits <= 2 and word.isascii() | word.isalpha() and len(word) <= 20


def written_phrase(key: str, pool: Pool) -> str:
    """The phrase as a name writes it: capitals as most write them, plural where it is counted."""
    *before, last = key.split()
    words = [spelling(word, pool) for word in before]
    use = pool.uses[key]
    if pool.titles[key] >= max(2, 0.45 * use.n):
        titled = [*words, spelling(last, pool)]
        return " ".join(word.capitalize() if word.islower() else word for word in titled)
    heads = max(use.n_heads, 1)
    head = spelling(last, pool)
    if last in load_lexicon().closed["mass_nouns"] or (is_action(key) and not before):
        return " ".join([*words, head])
    text = " ".join([*words, head])
    if last in load_lexicon().closed["the_one"] and not before and use.n_the > 0.3 * heads:
        return f"the {text}"
    counted = use.n_plural + use.n_article
    # Nouns that mostly follow `the` are counted too, unless they end like an abstract one.
    abstract = last.endswith(tuple(load_lexicon().closed["abstract_endings"]))
    if use.n_the > 0.3 * heads and not abstract:
        counted += use.n_the
    if counted >= (0.3 if abstract else 0.1) * heads and _can_be_plural(head, use):
        return " ".join([*words, plural(head)])
    return text


def _can_be_plural(head: str, use: Use) -> bool:
    return head.islower() or use.n_plural > max(1, 0.3 * use.n_heads)


def spelling(word: str, pool: Pool) -> str:
    """The usual spelling of a word: ours where listed, else what a good share of members write."""
    listed = load_lexicon().spellings.get(word)
    if listed:
        return listed
    spellings = pool.spellings.get(word)
    if not spellings or word == "of":
        return word
    # Many members write names without capitals; few write capitals into other words.
    capitals = {form: n for form, n in spellings.items() if not form.islower()}
    best = min(capitals, key=lambda form: (-capitals[form], form), default=word)
    is_name = sum(capitals.values()) > 0.45 * sum(spellings.values()) and capitals[best] >= 2
    return best if is_name else word
