"""Evidence in, the kind of work out: which frame and which verbs a name should have."""

from __future__ import annotations

from dataclasses import dataclass

from taxonomy.naming.evidence import Evidence
from taxonomy.naming.lexicon import load_lexicon
from taxonomy.naming.reading import QUESTION

ASKING_FAMILIES = frozenset({"explain", "answer", "compare"})
VERB_SHARE = 0.3
"""A verb leads the name when this share of users wrote it or one of its family."""
ASKING_SHARE = 0.25


@dataclass(frozen=True)
class Work:
    """What kind of work a group asks for."""

    frame: str
    """verb; or how_to, advice, compare, why or fact, where they ask; or help, where none leads."""
    family: str = ""
    verbs: tuple[str, ...] = ()
    """One or two verbs, as published."""


def kind_of_work(evidence: Evidence) -> Work:
    """The work that most users of the group ask for."""
    families, asking = _families(evidence)
    n = max(evidence.n_users, 1)
    best = min(families, key=lambda f: (-len(families[f]), f), default="")
    share = len(families[best]) / n if best else 0.0
    # What many clusters do is mixed: a parent is named by its verb only where that is clear.
    floor = 0.5 if evidence.is_parent else ASKING_SHARE
    if len(asking) / n >= max(floor, share):
        return Work(_manner(evidence, asking))
    if share < VERB_SHARE:
        return Work("help")
    verbs = [_published_verb(evidence, best)]
    rest = {family: users for family, users in families.items() if family != best}
    second = min(rest, key=lambda f: (-len(rest[f]), f), default="")
    if second and len(rest[second]) / n >= max(0.2, 0.5 * share) and "act" not in (best, second):
        verbs.append(_published_verb(evidence, second))
    return Work("verb", best, tuple(dict.fromkeys(verbs)))


def _families(evidence: Evidence) -> tuple[dict[str, set[int]], set[int]]:
    families: dict[str, set[int]] = {}
    asking = set(evidence.manners.get("how_to", ())) | evidence.manners.get("compare", set())
    lexicon = load_lexicon()
    for verb, users in evidence.verbs.items():
        family = lexicon.family_of.get(verb, "")
        if verb == QUESTION or family in ASKING_FAMILIES:
            asking |= users
        elif verb in lexicon.family_of:
            families.setdefault(family, set()).update(users)
    return families, asking


def _manner(evidence: Evidence, asking: set[int]) -> str:
    """`fact`, unless two in five ask for something more particular."""
    particular = {manner: users for manner, users in evidence.manners.items() if manner != "fact"}
    best = min(particular, key=lambda m: (-len(particular[m]), m), default="")
    return best if best and len(particular[best]) >= 0.4 * len(asking) else "fact"


def _published_verb(evidence: Evidence, family: str) -> str:
    lexicon = load_lexicon()
    counts: dict[str, set[int]] = {}
    for verb, users in evidence.verbs.items():
        if lexicon.family_of.get(verb, verb) == family:
            counts.setdefault(lexicon.published.get(verb, verb), set()).update(users)
    return min(counts, key=lambda verb: (-len(counts[verb]), verb))
