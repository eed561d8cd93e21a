"""Evidence in, honest broad names out, for groups whose members share too little to be named.

Nothing here comes from the members but languages and verbs that enough users share.
"""

from __future__ import annotations

from collections.abc import Iterator

from taxonomy.naming.evidence import Evidence
from taxonomy.naming.lexicon import load_lexicon
from taxonomy.naming.picks import join
from taxonomy.naming.work import kind_of_work

ENGLISH = ("en", "english", "und", "unknown")
BARE_SHARE = 0.25

ASSORTED = {
    "how_to": "Give guidance on various unrelated tasks",
    "advice": "Give advice on various unrelated matters",
    "compare": "Explain how different options compare",
    "why": "Explain various unrelated things",
    "fact": "Answer assorted questions on unrelated subjects",
}
GENERAL = (
    "Handle assorted requests on unrelated subjects",
    "Handle brief requests that share no subject",
    "Handle various requests that share few words",
    "Handle mixed requests on many different subjects",
)
CONTINUING = (
    "Continue or adjust an earlier answer",
    "Respond to short remarks and follow-up questions",
    "Continue conversations from short remarks",
)


def broad_names(evidence: Evidence) -> Iterator[str]:
    """Broad names, the most telling first; without end, so that each group finds one of its own."""
    languages = foreign_languages(evidence)
    if languages:
        yield f"Handle requests written in {join(languages[:2])}"
        yield f"Handle various requests written in {join(languages[:2])}"
    if len(evidence.bare) >= BARE_SHARE * max(evidence.n_users, 1):
        yield from CONTINUING
    frame = kind_of_work(evidence).frame
    if frame in ASSORTED:
        yield ASSORTED[frame]
    verbs = [verb for verb in leading_verbs(evidence) if " " not in verb and verb != "answer"]
    for n in range(min(3, len(verbs)), 1, -1):
        yield f"Handle requests to {join(verbs[:n], last=' or ')} unrelated things"
    yield from GENERAL
    number = 2
    while True:
        yield f"Handle assorted unrelated requests, part {number}"
        number += 1


def foreign_languages(evidence: Evidence, *, share: float = 0.5) -> list[str]:
    """The languages but English of at least this share of the users together, most used first."""
    names = load_lexicon().languages
    counts = {
        names.get(language.lower(), language): len(users)
        for language, users in evidence.languages.items()
        if language.lower() not in ENGLISH and (len(language) > 3 or language.lower() in names)
    }
    if sum(counts.values()) < share * max(evidence.n_users, 1):
        return []
    return sorted(counts, key=lambda name: (-counts[name], name))


def leading_verbs(evidence: Evidence) -> list[str]:
    """Verbs that many users of the group began with, as published, most used first."""
    lexicon = load_lexicon()
    counts: dict[str, set[int]] = {}
    for verb, users in evidence.verbs.items():
        if verb in lexicon.family_of:
            counts.setdefault(lexicon.published[verb], set()).update(users)
    return sorted(counts, key=lambda verb: (-len(counts[verb]), verb))
