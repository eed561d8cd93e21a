"""The user's messages in, the pattern of working together out.

Each message of the user is one kind of turn, told by the first of its sentences that has a kind;
the kinds are counted with weights, and the heaviest pattern wins. The definitions are those of
the Anthropic Economic Index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from taxonomy.facets.phrasing import strip_lead
from taxonomy.facets.prose import Prose
from taxonomy.facets.turns import (
    ASKS,
    ASKS_ELSEWHERE,
    ASKS_OTHERWISE,
    CHANGES,
    CHECKS,
    COMPLAINS,
    EDITS,
    HAPPENED,
    MADE,
    MENTIONS_OUTPUT,
    NEXT_STEP,
    OWN_WORK,
    PERSONAL,
    REPORTS,
    SHORT_CHANGE,
    TELLS_A_TALE,
    THANKS,
    VERDICT,
    WHAT_ABOUT,
)
from taxonomy.facets.words import AUXILIARIES, QUESTION_WORDS, TELL_VERBS, VERBS

Turn = Literal["outcome", "check", "refine", "ask", "make", "personal", "idle"]

MAX_TURNS = 24
"""User messages that are read; the pattern of a longer conversation is set by then."""
_READ_SENTENCES = 8
_FRAGMENT_WORDS = 12

_WEIGHTS: dict[Turn, tuple[str, float]] = {
    "outcome": ("feedback loop", 2.0),
    "check": ("validation", 1.5),
    "refine": ("task iteration", 1.5),
    "ask": ("learning", 1.0),
    "make": ("directive", 1.0),
    "personal": ("none", 1.0),
    "idle": ("none", 0.0),
}
"""One report from outside outweighs one order: orders are what surrounds it."""
_OPENING_WEIGHT = 0.25
"""What the conversation opened with wins a tie."""


_BARE_QUESTIONS = QUESTION_WORDS | (AUXILIARIES - {"can", "will"})
"""First words that ask even without a question mark; `will` and `can` may be nouns."""


class _Sentence(NamedTuple):
    text: str
    bare: str
    """Without greeting and politeness."""
    first: str
    """Its first word, in lower case."""


def find_collaboration(messages: Sequence[Prose]) -> str:
    """One of `COLLABORATIONS` for the user's messages in order; `none` where it is unclear."""
    scores: dict[str, float] = {}
    opening: Turn = "idle"
    for place, message in enumerate(messages[:MAX_TURNS]):
        turn = _opening(message) if place == 0 else _later(message, opening=opening)
        opening = turn if place == 0 else opening
        pattern, weight = _WEIGHTS[turn]
        scores[pattern] = scores.get(pattern, 0.0) + weight + _OPENING_WEIGHT * (place == 0)
    # sorted: of equal scores the same one wins whatever the order of the turns
    best = max(sorted(scores), key=lambda pattern: scores[pattern], default="none")
    return best if best != "none" and scores[best] >= 1.0 else "none"


def _opening(message: Prose) -> Turn:
    sentences = _read(message)
    if not sentences:
        # A bare log or code is handed over to be dealt with.
        return "idle" if message.code is None else "make"
    found = _first(sentences, (_personal, _check)) or _own_work(sentences)
    return found or _first(sentences, (_plain,)) or "make"


def _later(message: Prose, *, opening: Turn) -> Turn:
    sentences = _read(message)
    if message.log:
        return "outcome"
    if any(WHAT_ABOUT.match(sentence.bare) for sentence in sentences):
        return "ask" if opening == "ask" else "refine"
    found = _first(sentences, (_report, _check)) or _own_work(sentences)
    found = found or _first(sentences, (_refine, _personal, _plain))
    return found or _told(sentences, opening=opening)


def _own_work(sentences: list[_Sentence]) -> Turn | None:
    """`I rhymed this myself. Is the metre regular?`: own work, and a verdict asked for."""
    asked = any("?" in s.text and VERDICT.match(s.text) for s in sentences)
    return "check" if asked and any(MADE.match(s.bare) for s in sentences) else None


def _told(sentences: list[_Sentence], *, opening: Turn) -> Turn:
    """A statement: what came of it, or else a word that steers what is being made."""
    if any(THANKS.search(sentence.text) for sentence in sentences):
        return "idle"
    if any(HAPPENED.match(s.bare) and "you" not in s.bare.lower() for s in sentences):
        return "outcome"
    said = any(len(sentence.bare.split()) > 3 for sentence in sentences)
    return "refine" if opening == "make" and said else "idle"


def _read(message: Prose) -> list[_Sentence]:
    found = []
    for text in message.sentences[:_READ_SENTENCES]:
        bare = strip_lead(text)
        first = bare.split(maxsplit=1)[0].lower().strip(",.:;!?\"'") if bare else ""
        found.append(_Sentence(text, bare, first))
    return found


def _first(
    sentences: list[_Sentence], rules: Sequence[Callable[[_Sentence], Turn | None]]
) -> Turn | None:
    """The first kind that a rule finds, sentence by sentence."""
    return next((turn for s in sentences for rule in rules if (turn := rule(s))), None)


def _personal(sentence: _Sentence) -> Turn | None:
    return "personal" if PERSONAL.search(sentence.text) else None


def _report(sentence: _Sentence) -> Turn | None:
    return "outcome" if REPORTS.search(sentence.text) else None


def _check(sentence: _Sentence) -> Turn | None:
    return "check" if CHECKS.match(sentence.bare) or OWN_WORK.search(sentence.text) else None


def _refine(sentence: _Sentence) -> Turn | None:
    """An order, a wish or a fragment that changes what the assistant made."""
    bare = sentence.bare
    if COMPLAINS.search(sentence.text) or ASKS_OTHERWISE.match(bare):
        return "refine"
    if len(bare.split()) <= _FRAGMENT_WORDS and SHORT_CHANGE.match(bare):
        return "refine"
    if not _is_order(sentence) or sentence.first in TELL_VERBS or ASKS.match(bare):
        return None
    changes = (
        sentence.first in EDITS
        or MENTIONS_OUTPUT.search(bare[:60])
        or CHANGES.search(bare[:80])
        or NEXT_STEP.match(sentence.text)
    )
    return "refine" if changes else None


def _plain(sentence: _Sentence) -> Turn | None:
    """Asking to understand, or for a piece of work; None for a statement."""
    bare, first = sentence.bare, sentence.first
    if TELLS_A_TALE.match(bare):
        return "make"
    if first in TELL_VERBS or ASKS.match(bare) or ASKS_ELSEWHERE.search(bare.lstrip("¿¡ ")[:80]):
        return "ask"
    if _is_order(sentence):
        return "make"
    asks = "?" in sentence.text or first in _BARE_QUESTIONS
    return "ask" if asks else None


def _is_order(sentence: _Sentence) -> bool:
    # "Do these work?" opens with an auxiliary; "Can you do these?" has had its lead stripped.
    question = sentence.first in AUXILIARIES and sentence.text.lower().startswith(sentence.first)
    return sentence.first in VERBS and not question
