"""The user's messages in, one short imperative phrase out: what the conversation asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taxonomy.facets.asking import (
    LATER_QUESTION,
    NOTHING_ASKED,
    PERSONA,
    POLITE_START,
    ROLE,
    ROLE_REQUEST,
    RULE,
    VAGUE,
    WISH,
)
from taxonomy.facets.phrasing import capitalise, strip_lead, to_imperative
from taxonomy.facets.prose import Prose
from taxonomy.facets.words import AUXILIARIES, FUNCTION_WORDS, QUESTION_WORDS, VERBS, word_set

MAX_WORDS = 24
MIN_CLAUSE_WORDS = 15
"""A phrase too long is cut at a clause, unless that would leave fewer words than this."""
MIN_CONTENT_WORDS = 3
"""A phrase with fewer words that say something gets its context added."""
MAX_QUESTION_WORDS = 12
"""A question this short, after a statement, gets the statement added: it holds the subject."""
MAX_MESSAGES = 4
"""User messages to look through for a real request, when the first are greetings."""
_READ_SENTENCES = 12
_OPENERS = QUESTION_WORDS | AUXILIARIES | VERBS
"""A sentence that begins with one of these begins with its asking."""
_FILLER_CHARACTERS = 90
_LONG_PROMPT = 6
"""From so many sentences on, the role says more about a prompt than its first order does."""

_BARE_QUESTIONS = QUESTION_WORDS - {"when", "where"}
"""What asks even without a question mark."""

OWN_WORK = re.compile(r"\b(?:I|I've|my|we|we've|our|here's|here is)\b")

ASKED, WISHED, STATED, FILLER = 3, 2, 1, 0

_CLAUSE = word_set(
    "and or but that which who while because so where when with if for including such"
)
_WORD = re.compile(r"[^\W_]+(?:['’.+#-][^\W_]+)*")


class _Sentence(NamedTuple):
    text: str
    strength: int


def find_request(messages: Sequence[Prose], language: str) -> str | None:
    """A short imperative phrase in sentence case, or None where nothing is asked for.

    Parameters
    ----------
    messages : the user's messages in order; the first that holds a real request counts
    language : ISO 639-1 code; what is not English is cleaned but not rephrased
    """
    for prose in messages[:MAX_MESSAGES]:
        phrase = _of_prose(prose, english=language == "en")
        if phrase:
            return phrase
        if prose.code is not None:
            return _about_code(prose.code)
    return None


def _of_prose(prose: Prose, *, english: bool) -> str | None:
    sentences = [_rate(text) for text in prose.sentences[:_READ_SENTENCES]]
    sentences += [_rate(text) for text in prose.sentences[_READ_SENTENCES:][-2:]]
    sentences = [sentence for sentence in sentences if sentence.strength > FILLER]
    if not sentences:
        return None
    if not english:
        return _plain(sentences)
    persona = _with_role(sentences)
    if persona:
        return persona
    place = max(range(len(sentences)), key=lambda i: (sentences[i].strength, -i))
    phrase = _phrase(sentences[place].text)
    return _with_context(phrase, sentences, place, code=prose.code)


def _phrase(sentence: str) -> str:
    """`In Lean, how do I sort?` -> `Explain how to sort, in Lean`, neither part lost."""
    question, circumstance = _main_clause(sentence)
    if not circumstance:
        return shorten(to_imperative(question))
    circumstance = shorten(circumstance, words=MAX_WORDS // 2)
    room = MAX_WORDS - len(circumstance.split())
    return f"{shorten(to_imperative(question), words=room)}, {circumstance}"


def _rate(sentence: str) -> _Sentence:
    """How surely a sentence asks for something: asked, wished, only stated, or filler."""
    bare = strip_lead(sentence).strip()
    if not bare:
        return _Sentence(sentence, FILLER)
    short = len(sentence) <= _FILLER_CHARACTERS
    if short and (
        NOTHING_ASKED.match(bare) or NOTHING_ASKED.match(sentence) or _is_address(sentence, bare)
    ):
        return _Sentence(sentence, FILLER)
    first = bare.split(maxsplit=1)[0].lower().strip(",:;\"'")
    asked = "?" in sentence or first in VERBS or POLITE_START.match(sentence)
    if asked or first in _BARE_QUESTIONS:
        return _Sentence(sentence, ASKED)
    return _Sentence(sentence, WISHED if WISH.match(bare) else STATED)


def _is_address(sentence: str, bare: str) -> bool:
    """Whether nothing but a name is left of a greeting: `Hello there, Obi One Kenobi`."""
    names = bare.rstrip("!.,").split()
    return bare != sentence and len(names) <= 4 and all(n[:1].isupper() for n in names) and (
        names[0].lower() not in VERBS
    )  # fmt: skip


def _main_clause(sentence: str) -> tuple[str, str]:
    """A sentence and, where it opens with its circumstances, those apart from the asking."""
    bare = strip_lead(sentence)
    first = bare.split(maxsplit=1)[0].lower() if bare else ""
    match = None if first in _OPENERS else LATER_QUESTION.search(bare)
    if match is None:
        return sentence, ""
    circumstance = bare[: match.start()].strip(" ,;:")
    return bare[match.end() :], _lower_first(circumstance)


def _lower_first(text: str) -> str:
    """The text to follow a colon or a comma; `I` and `PDF` keep their capitals."""
    first = text.split(maxsplit=1)[0] if text else ""
    keeps = first[1:] != first[1:].lower() or first in ("I", "I'm", "I'd", "I've")
    return text if keeps else text[:1].lower() + text[1:]


def _with_role(sentences: list[_Sentence]) -> str | None:
    """`Act as a Linux terminal: list the files`, where the message sets up a role."""
    # A prompt from a collection may have its title above the role.
    place = next((i for i, s in enumerate(sentences[:2]) if _sets_role(s.text)), None)
    if place is None:
        return None
    text, rest = sentences[place].text, sentences[place + 1 :]
    role = to_imperative(PERSONA.sub("Act as ", strip_lead(text), count=1))
    if not role.startswith("Act as "):
        return None
    wanted = _task_of_role([sentences[place], *rest])
    if not wanted:
        return shorten(role)
    if PERSONA.match(text) and len(rest) < _LONG_PROMPT:
        return shorten(wanted)  # "You are a copywriter. Write a headline" asks for the headline
    return f"{shorten(role, words=9)}: {_lower_first(shorten(wanted, words=13))}"


def _sets_role(sentence: str) -> bool:
    return bool(ROLE.match(strip_lead(sentence)) or PERSONA.match(sentence))


def _task_of_role(sentences: list[_Sentence]) -> str | None:
    for sentence in sentences:
        match = ROLE_REQUEST.search(sentence.text)
        if match:
            return to_imperative(match.group(1).rstrip("\"”')]} ."))
    asked = (s.text for s in sentences[1:] if s.strength == ASKED and not RULE.match(s.text))
    task = next(asked, None)
    return to_imperative(task) if task else None


def _with_context(phrase: str, sentences: list[_Sentence], place: int, *, code: str | None) -> str:
    """The phrase, with words from a neighbouring sentence where alone it lacks its subject."""
    room = MAX_WORDS - len(phrase.split())
    vague = len(content_words(phrase)) < MIN_CONTENT_WORDS or VAGUE.search(phrase)
    if room < 4 or not (vague or _rests_on_what_was_said(phrase, sentences[:place])):
        return phrase
    near = sentences[:place][::-1] + sentences[place + 1 :]
    if near:
        told = max(near, key=lambda sentence: sentence.strength)
        text = to_imperative(told.text) if told.strength == ASKED else strip_lead(told.text)
        context = _lower_first(shorten(text.rstrip(" ?.!:"), words=room))
        if OWN_WORK.search(context):
            phrase = phrase.replace("Explain whether", "Check whether", 1)
        return f"{phrase}: {context}" if context else phrase
    return phrase if code is None else f"{phrase} ({f'{_code_name(code)} code'.strip()})"


def _rests_on_what_was_said(phrase: str, before: list[_Sentence]) -> bool:
    """Whether a short question follows a statement: `I moved the sofa. Is it better there`."""
    told = bool(before) and before[-1].strength == STATED
    short = len(phrase.split()) <= MAX_QUESTION_WORDS
    return told and short and phrase.startswith("Explain")


def _plain(sentences: list[_Sentence]) -> str:
    """The request in its own language: the first question, else the first sentence."""
    asked = next((s for s in sentences if re.search("[?？؟]", s.text)), sentences[0])
    text = asked.text.strip(" ¿?¡!.。？！،؟,;:\"'«»“”")
    return shorten(capitalise(text))


def _about_code(name: str) -> str:
    return f"Explain or fix {_code_name(name)} code".replace("  ", " ")


_CODE_NAMES = {
    "py": "Python", "python": "Python", "js": "JavaScript", "javascript": "JavaScript",
    "ts": "TypeScript", "typescript": "TypeScript", "cpp": "C++", "c++": "C++", "cs": "C#",
    "csharp": "C#", "sh": "shell", "bash": "shell", "html": "HTML", "css": "CSS", "sql": "SQL",
    "json": "JSON", "yaml": "YAML", "yml": "YAML", "php": "PHP", "rb": "Ruby", "rs": "Rust",
    "golang": "Go", "xml": "XML", "jsx": "React", "tsx": "React", "latex": "LaTeX", "txt": "",
    "text": "", "plaintext": "", "console": "shell",
}  # fmt: skip


def _code_name(code: str) -> str:
    return _CODE_NAMES.get(code.lower(), code.capitalize())


def content_words(text: str) -> list[str]:
    """The words of a text that say something about its subject, lower case, in order."""
    words = (match.group().lower() for match in _WORD.finditer(text))
    return [word for word in words if word not in FUNCTION_WORDS and word not in VERBS]


def shorten(phrase: str, *, words: int = MAX_WORDS) -> str:
    """The phrase cut to so many words, at a clause where one ends late enough."""
    parts = phrase.split()
    if len(parts) == 1 and len(phrase) > 6 * words:
        return phrase[: 3 * words]  # a script without spaces
    if len(parts) <= words:
        return phrase
    end = next(_clause_ends(parts, words), words)
    while end > 1 and parts[end - 1].lower().strip(",;:") in FUNCTION_WORDS:
        end -= 1
    return " ".join(parts[:end]).rstrip(" ,;:.!?-(\"'")


def _clause_ends(parts: list[str], words: int) -> Iterator[int]:
    for end in range(words, min(MIN_CLAUSE_WORDS, words - 1), -1):
        if parts[end - 1].endswith((",", ";", ":")) or parts[end].lower() in _CLAUSE:
            yield end
