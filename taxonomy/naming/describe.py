"""Evidence and ranked phrases in, a description of two sentences out, in the past tense."""

from __future__ import annotations

from collections.abc import Sequence

from taxonomy.naming.broad import foreign_languages, leading_verbs
from taxonomy.naming.evidence import Evidence
from taxonomy.naming.frames import is_object
from taxonomy.naming.lexicon import load_lexicon
from taxonomy.naming.phrases import Phrase
from taxonomy.naming.picks import join, pick, stems
from taxonomy.naming.work import Work, kind_of_work

N_FIRST = 4
N_SECOND = 4
OPENINGS = {
    "how_to": "Users asked for guidance on {}",
    "advice": "Users sought advice on {}",
    "compare": "Users asked for comparisons, among them of {}",
    "why": "Users asked for explanations of {}",
    "fact": "Users asked questions about {}",
    "help": "Users sought help with {}",
}
SHARES = ((0.85, "nearly all"), (0.6, "most"), (0.4, "about half"), (0.25, "about a third"))


def describe(evidence: Evidence, phrases: Sequence[Phrase]) -> str:
    """Two sentences: what users asked for, and what else their requests held."""
    work = kind_of_work(evidence)
    own = [phrase for phrase in phrases if not phrase.is_subject]
    first = pick(own, evidence, limit=6 if evidence.is_parent else N_FIRST)
    said = {stem for phrase in first for stem in stems(phrase)}
    rest = [phrase for phrase in own if not stems(phrase) & said and not phrase.is_product]
    second = pick(rest, evidence, limit=N_SECOND)
    return f"{_opening(work, evidence, first, phrases)} {_details(evidence, second, phrases)}"


def _opening(
    work: Work, evidence: Evidence, first: Sequence[Phrase], phrases: Sequence[Phrase]
) -> str:
    if work.frame == "verb":
        return _verb_opening(work, first)
    texts = [phrase.text for phrase in first if not phrase.is_product] or [
        phrase.text for phrase in phrases if phrase.is_subject
    ][:1]
    if not texts:
        languages = foreign_languages(evidence)
        within = f" in {join(languages[:2])}" if languages else " on unrelated subjects"
        return f"Users made various requests{within}."
    return OPENINGS[work.frame].format(join(texts)) + "."


def _verb_opening(work: Work, first: Sequence[Phrase]) -> str:
    objects = [phrase.text for phrase in first if is_object(phrase, work)]
    topics = [p for p in first if p.text not in objects and not p.is_product]
    lexicon = load_lexicon()
    what = join(objects) or lexicon.default_objects.get(work.family, "")
    if work.family == "act":
        what = f"as {join([p.text for p in topics if p.slot == 'as'], last=' or ')}"
        topics = [phrase for phrase in topics if phrase.slot != "as"]
        what = "" if what == "as " else what
    begun = f"Users asked the assistant to {join(work.verbs)} {what}".rstrip()
    about = f", often involving {join([phrase.text for phrase in topics])}" if topics else ""
    return f"{begun}{about}."


def _details(evidence: Evidence, second: Sequence[Phrase], phrases: Sequence[Phrase]) -> str:
    clauses = []
    if second:
        clauses.append(f"requests also mentioned {join([phrase.text for phrase in second])}")
    field = _field(evidence, phrases)
    if field:
        clauses.append(field)
    languages = foreign_languages(evidence, share=0.1)
    if languages:
        clauses.append(f"some of them were written in {join(languages[:3])}")
    verbs = leading_verbs(evidence) if kind_of_work(evidence).frame != "verb" else []
    if len(clauses) < 2 and len(verbs) > 1:
        clauses.append(f"they typically asked the assistant to {_either(verbs[:3])}")
    text = ", and ".join(clauses[:2]) or "the requests had few words in common"
    return text[0].upper() + text[1:] + "."


def _field(evidence: Evidence, phrases: Sequence[Phrase]) -> str:
    """The general subject that at least a quarter of the users touched on."""
    subjects = [phrase for phrase in phrases if phrase.is_subject]
    if len(subjects) == len(phrases):
        return ""  # the first sentence has it
    for phrase in subjects[:1]:
        share = len(phrase.users) / max(evidence.n_users, 1)
        for floor, words in SHARES:
            if share >= floor:
                return f"{words} concerned {phrase.text}"
    return ""


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)
