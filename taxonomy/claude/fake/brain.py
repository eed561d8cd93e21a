"""A question in, an answer out that a careful model could have given, by the offline rules.

What is asked is told by the tags of the material, and how it is answered by the schema: no prompt
is read. The same question gets the same answer, on any server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from taxonomy.claude.fake.fitting import fit
from taxonomy.claude.fake.naming import name_cluster, name_parent
from taxonomy.claude.fake.parents import assign_parent, deduplicate_parents, propose_parents
from taxonomy.claude.fake.question import Question
from taxonomy.claude.fake.tasks import choose_branches, choose_task, match_cluster
from taxonomy.conversations.languages import LANGUAGE_CODES
from taxonomy.facets import answer_by_rules
from taxonomy.facets.language import UNKNOWN
from taxonomy.facets.words import word_set

USE_WORDS = {
    "coursework": word_set(
        "homework essay exam assignment class professor student students teacher quiz thesis "
        "lecture school university coursework"
    ),
    "work": word_set(
        "report email client customer team code python sql function script api database bug error "
        "server marketing sales business company product project meeting invoice resume deploy "
        "test data spreadsheet contract employee manager"
    ),
}
"""What a conversation serves, and the words of a request that show it; else it is personal."""


def answer_question(question: Question) -> dict[str, Any]:
    """The fields of the answer, in the order of the schema."""
    known: Mapping[str, Any] = {}
    for tag, answer in _ANSWERS.items():
        if tag in question.material:
            known = answer(question)
            break
    return {name: _field(name, part, known, question) for name, part in question.properties.items()}


def _field(name: str, part: Mapping[str, Any], known: Mapping[str, Any], question: Question) -> Any:
    if isinstance(known.get(name), list | float):
        return known[name]
    part = next((one for one in part.get("anyOf", ()) if one.get("type") != "null"), part)
    # A field we do not know takes what fits it best: words, a count, or one of its choices.
    usual = known.get("request", "") if part.get("type") == "string" else known.get("")
    return fit(known.get(name, usual), part, seed=f"{name}\n{question.seed}")


def _facets(question: Question) -> dict[str, Any]:
    """The facets of a transcript, and under no name how many messages it has."""
    messages = question.material["transcript"]["messages"]
    texts = [message["content"] for message in messages if message["role"] == "user"]
    found, language, collaboration = answer_by_rules(texts)
    request = found or ""
    return {
        "": len(messages),
        "request": request,
        "task": request,
        "language": "Unknown" if language == UNKNOWN else _language_names()[language],
        "collaboration": collaboration,
        "use_case": _use_case(request),
        "concern": 1,
    }


def _use_case(request: str) -> str:
    words = set(request.lower().split())
    return next((use for use, shown in USE_WORDS.items() if words & shown), "personal")


@cache
def _language_names() -> dict[str, str]:
    """ISO 639-1 code -> English name."""
    return {code: name.capitalize() for name, code in LANGUAGE_CODES.items() if code}


_ANSWERS: dict[str, Callable[[Question], Mapping[str, Any]]] = {
    "transcript": _facets,
    "members": name_cluster,
    "children": name_parent,
    "clusters": propose_parents,
    "proposals": deduplicate_parents,
    "child": assign_parent,
    "branches": choose_branches,
    "tasks": choose_task,
    "candidates": match_cluster,
}
"""The tag that tells what is asked -> who answers it."""
