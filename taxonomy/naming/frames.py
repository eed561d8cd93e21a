"""Evidence and phrases in, names out: a few sentence frames, filled only with what users share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taxonomy.naming.evidence import Evidence
from taxonomy.naming.lexicon import base_verb, load_lexicon, singular
from taxonomy.naming.phrases import Phrase
from taxonomy.naming.picks import fits, join, join_phrases, sets_of_phrases, spoken_share
from taxonomy.naming.style import draft_faults
from taxonomy.naming.work import Work, kind_of_work

# Prepositions that read well after the object of a name.
NAME_PREPOSITIONS = frozenset({"about", "for", "in", "on", "with", "from", "using", "into"})
ASKING_FRAMES = {
    "how_to": "Give guidance on {}",
    "advice": "Give advice on {}",
    "compare": "Compare {}",
    "why": "Explain {}",
    "fact": "Answer questions about {}",
    "help": "Help with {}",
}
WEAK_FRAMES = {
    "how_to": "Give guidance on assorted tasks, some about {}",
    "advice": "Give advice on assorted matters, some about {}",
    "compare": "Compare assorted options, some about {}",
    "help": "Handle assorted requests, some about {}",
}
WEAK_ANSWER = "Answer assorted questions, some about {}"
WEAK_SHARE = 0.12
"""A name that speaks for fewer says that the rest is something else."""


def name_drafts(evidence: Evidence, phrases: Sequence[Phrase]) -> Iterator[str]:
    """Names for the group without a fault of style, best first; maybe none."""
    work = kind_of_work(evidence)
    if work.frame == "verb":
        yield from _keep_sound(_verb_names(work, evidence, phrases))
        work = Work("help")
    topics = [phrase for phrase in phrases if not phrase.is_product]
    limit = 4 if evidence.is_parent else 3
    for picked in sets_of_phrases(topics, evidence, limit=limit):
        if spoken_share(picked, evidence) < WEAK_SHARE:
            weak = WEAK_FRAMES.get(work.frame, WEAK_ANSWER)
            yield from _keep_sound([weak.format(join_phrases(picked[:2]))])
        else:
            yield from _keep_sound([_asking_name(work, picked), _asking_name(Work("fact"), picked)])


def _keep_sound(names: Iterator[str] | list[str]) -> Iterator[str]:
    for name in names:
        if name and not draft_faults(name):
            yield name


def _asking_name(work: Work, picked: Sequence[Phrase]) -> str:
    actions = [phrase.is_action for phrase in picked]
    if work.frame == "how_to" and all(actions):
        return f"Explain how to {join([_infinitive(phrase) for phrase in picked])}"
    frame = work.frame
    if frame == "why" and (any(actions) or _is_countable(picked[0])):
        frame = "fact"  # one explains physics, but answers questions about cats
    texts = join_phrases(picked)
    name = ASKING_FRAMES[frame].format(texts)
    if frame == "help" and len(name.split()) < 4:
        return f"Help with questions about {texts}"
    if frame == "compare" and len(picked) == 1:
        return f"Compare different kinds of {texts}" if _is_countable(picked[0]) else ""
    return name


def _is_countable(phrase: Phrase) -> bool:
    return phrase.text.split()[-1].lower() != phrase.key.split()[-1]


def _infinitive(phrase: Phrase) -> str:
    head, *rest = phrase.text.split()
    return " ".join([base_verb(head.lower()) or head, *rest])


def _verb_names(work: Work, evidence: Evidence, phrases: Sequence[Phrase]) -> Iterator[str]:
    """`Write stories and poems about dragons`: what is worked on, then what it is about."""
    objects = [phrase for phrase in phrases if is_object(phrase, work)]
    others = [phrase for phrase in phrases if phrase not in objects and not phrase.is_product]
    for chosen in [*sets_of_phrases(objects, evidence, limit=2), []]:
        rest = [phrase for phrase in others if fits(phrase, chosen)]
        # `Write Python code about programming` says nothing more than `Write Python code`.
        rest = [topic for topic in rest if not topic.instances_in(chosen)]
        for topics in [*sets_of_phrases(rest, evidence, limit=2), []]:
            if spoken_share([*chosen, *topics], evidence) >= WEAK_SHARE:
                yield _fill_verb(work, chosen, topics)


def is_object(phrase: Phrase, work: Work) -> bool:
    """Whether a phrase was the object of one of the verbs of this work."""
    family_of = load_lexicon().family_of
    if phrase.slot or phrase.is_subject or phrase.is_action:
        return False
    return any(family_of.get(verb, verb) == work.family for verb in phrase.object_verbs)


def _fill_verb(work: Work, objects: Sequence[Phrase], topics: Sequence[Phrase]) -> str:
    if work.family == "thank":
        return "Thank the assistant for its help"
    if work.family == "act":
        return _fill_role(topics)
    what = join_phrases(objects) or load_lexicon().default_objects.get(work.family, "")
    if not what or not (objects or topics):
        return ""
    if not objects and any(topic.is_action for topic in topics):
        return ""
    preposition = _preposition(what, topics)
    if topics and not preposition:
        return ""
    name = f"{join(work.verbs)} {what}"
    if topics:
        name = f"{name} {preposition} {join_phrases(topics)}"
    elif len(name.split()) < 4:
        name = f"{name} of various kinds"
    return name[0].upper() + name[1:]


def _fill_role(topics: Sequence[Phrase]) -> str:
    roles = [phrase.text for phrase in topics if phrase.slot == "as"]
    return f"Take the role of {join(roles, last=' or ')}" if roles else ""


def _preposition(what: str, topics: Sequence[Phrase]) -> str:
    """The word between an object and its topics; empty where none would be true."""
    slots = {"" if phrase.is_subject else phrase.slot for phrase in topics}
    if len(slots) == 1 and slots <= NAME_PREPOSITIONS:
        return slots.pop()
    head = singular(what.rsplit(maxsplit=1)[-1].lower())
    if head in load_lexicon().for_objects:
        return "for"
    return "about" if head in load_lexicon().textual else ""
