"""An answer of Claude about one conversation in, its facets and what is odd about them out.

The shape of an answer was checked before it comes here; here its words are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taxonomy.claude.records import Answer
from taxonomy.claude.untrusted import scrub, signs_of_echo, signs_of_obeying
from taxonomy.conversations.languages import LANGUAGE_CODES
from taxonomy.facets.language import UNKNOWN, detect_language
from taxonomy.facets.questionnaire import Questionnaire

Messages = Sequence[Mapping[str, str | None]]

_NAMES = LANGUAGE_CODES | {"mandarin": "zh", "cantonese": "zh", "farsi": "fa", "filipino": "tl"}
_WORD = re.compile(r"[^\W\d_]+")


def read_answer(answer: Answer, messages: Messages, questionnaire: Questionnaire) -> dict[str, Any]:
    """The facets of a conversation, its `status` and its `flags`; what is missing is null.

    A text that echoes our instructions or obeys the conversation makes the whole answer invalid:
    who steered one facet may have steered them all.

    Parameters
    ----------
    messages : the conversation that was asked about
    """
    if answer.status != "ok":
        return {"status": answer.status}
    facets: dict[str, Any] = answer.value.model_dump()
    texts = {
        facet.name: _plain(facets[facet.name])
        for facet in questionnaire.facets
        if facet.kind == "text" and facet.name != "language"
    }
    steered = _signs_of_steering(texts.values(), messages, questionnaire.instructions)
    if steered:
        return {"status": "invalid", "flags": _joined(steered)}
    clean = {name: scrub(text) for name, text in texts.items()}
    language = language_code(facets["language"])
    flags = {"leak"} if clean != texts else set()
    if language is None:
        flags.add("language")
        language = detect_language(" ".join(_contents(messages, "user")))
    return facets | {
        **{name: text or None for name, text in clean.items()},
        "language": language,
        "status": "ok" if clean["request"] else "empty",
        "flags": _joined(flags),
    }


def language_code(name: str) -> str | None:
    """The ISO 639-1 code of a language's English name; None for a name that is not known.

    `Brazilian Portuguese` is Portuguese; `Unknown` is a known answer, `und`.
    """
    words = (word for word in _WORD.findall(name.lower()) if word in _NAMES)
    found = next(words, None)
    return None if found is None else _NAMES[found] or UNKNOWN


def _signs_of_steering(texts: Iterable[str], messages: Messages, instructions: str) -> set[str]:
    transcript = "\n".join(_contents(messages, "user", "assistant"))
    flags = set()
    for text in texts:
        if signs_of_echo(text, instructions):
            flags.add("echo")
        if signs_of_obeying(text, transcript):
            flags.add("obeyed")
    return flags


def _contents(messages: Messages, *roles: str) -> list[str]:
    return [message["content"] or "" for message in messages if message["role"] in roles]


def _plain(text: str) -> str:
    """The text with single spaces, and without characters that do not show."""
    shown = (c for c in text if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join("".join(shown).split())


def _joined(flags: set[str]) -> str | None:
    return ",".join(sorted(flags)) or None
