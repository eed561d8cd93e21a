"""One English question in, the order it amounts to out: `What is DNA` -> `Explain what DNA is`.

There is no parser here: the subject of an inverted clause is guessed from its words, and where
the guess is poor the phrase keeps every content word of the question all the same.
"""

# ruff: noqa: E501  (a pattern is easier to check on one line)

from __future__ import annotations

import re

from taxonomy.facets.words import (
    AUXILIARIES,
    BASE_VERBS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    word_set,
)

_EXPLAINED_NOUN = (
    r"(?:main |key |exact |basic |real |actual )?(?:differences?|meaning|purpose|concept|point|roles?"
    r"|relation(?:ship)?|theory|reasons?|effects?|significance|importance|idea|definition|history"
    r"|impacts?|process|logic|story|philosophy|principles?|causes?|deal|benefits?|advantages?"
    r"|disadvantages?|pros|implications?|function|problem|issue|error|mechanism|consequences?)\b"
)
_SOMEONE = r"(?:i|we|you|one|u|someone|somebody|anyone|a person)\b"
_DO = r"(?:do|does|did|can|could|would|should|might|to|will|shall|must)"

_ANSWERS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (rf"how(?: exactly| else| best)? {_DO} {_SOMEONE}(?: go about (?=\w+ing\b)| best)? ?(?=\w)(?!feel|think|know|like|work|look)", "Explain how to "),
        (r"how to ", "Explain how to "),
        (r"(?:is|are|was) there (?:any|a|some|another|an)(?: other)? (?:good |easy |better |simple |possible )?ways?(?: (?:that )?(?:i|we|you|one) (?:can|could|might)| to| for (?:me|us) to) ", "Explain how to "),
        (r"what(?:'s| is|s) the way to ", "Explain how to "),
        (r"(?:is|are) there (?:an?|any|some) (?:good )?(?!chance|risk|difference|reason|evidence|possibility|need|point|link|limit|connection|truth|danger|god|life)", "Find "),
        (r"(?:do you|you)(?: happen to)? (?:have|know)(?: of)? (?:any|some|a|an|more|other)? ?(?=\w)", "Provide "),
        (r"(?:do you|you) (?:think|believe|agree)(?: that)? ", "Discuss whether "),
        (r"what (?:do|would) you (?:think|say|feel) (?:about|of) ", "Discuss "),
        (r"what(?:'s| is| are) your (?:opinions?|thoughts?|views?|take) (?:on|about|of) ", "Discuss "),
        (r"what(?: else)? (?:can|could|do) you (?:tell (?:me|us)|say|know) about ", "Describe "),
        (rf"what (?:should|can|could|do|must) {_SOMEONE} (?!think|know|mean|call)(?=\w)", "Explain what to "),
        (rf"where (?:can|could|do|should|would) {_SOMEONE} ", "Explain where to "),
        (rf"when (?:can|could|do|should|would) {_SOMEONE} ", "Explain when to "),
        (r"should (?:i|we|you|one) ", "Advise whether to "),
        (r"(?:what|whats|what's|how)(?: about)(?: if)? ", "Discuss "),
        (rf"(?:what|whats|what's)(?: is| are| was| were)? (?:the |some |an? )?(?={_EXPLAINED_NOUN})", "Explain the "),
        (r"(?:what|which)(?:'s| is| was| would be) (?=the (?:\w+ )?(?:\w+est|most|least|best|worst|first|last|name|number|capital|current|minimum|maximum|average)\b)", "Identify "),
        (r"(?:what|whats|what's)(?: is| was) (?=(?:the|my|your|his|her|their|our) .*\b(?:of|in|for|to|that|between|with|on|from|behind)\b)", "Identify "),
        (r"(?:what|which)(?: are| were|'re) (?=(?:the|your|my|our|their|some|good|great|popular|common|few|a few|\d+|two|three|four|five|ten)\b)", "List "),
    )
)  # fmt: skip

_COPULA = re.compile(r"what(?:'s|s| is| are| was| were)\b\s*", re.IGNORECASE)
_PARTICIPLES = word_set("meant called happening going wrong causing considered used known new")
_DROPPED = word_set("do does did")
_MODALS = word_set("can could will would should may might must can't won't couldn't")
_PLACED = word_set("who where when")
_THIRD_PERSON = {"work": "works", "mean": "means", "do": "does", "happen": "happens",
                 "exist": "exists", "fail": "fails", "crash": "crashes", "take": "takes", "matter": "matters", "stand": "stands", "affect": "affects", "differ": "differs",
                 "have": "has", "cost": "costs", "look": "looks", "feel": "feels"}  # fmt: skip
_BREAK_WORDS = (
    PREPOSITIONS
    | AUXILIARIES
    | word_set(
        """
        be been a an the not so too more less very able always never still often also actually
        really only just currently considered that which who when if because better worse good bad
        important necessary possible legal illegal safe true real same different worth popular
        harder easier right wrong hard easy dangerous magnetic violent free
        """
    )
)
_BREAK_ENDING = re.compile(r".{2,}(?:ing|ed|ous|able|ible|ful|ive|ally|less)$")
_POINTING = word_set("this that these those")
_JUDGEMENTS = word_set(
    """
    like enough okay ok fine sound correct risky normal wise smart sensible reasonable realistic
    fair rude accurate complete clear needed significant plausible acceptable overkill cheating
    something anything fit pass work help count hold defensible credible convincing valid rigorous
    """
)
_VERB_OF = {
    "why": "Explain why", "how": "Explain how", "what": "Explain what", "who": "Identify who",
    "whom": "Identify whom", "whose": "Identify whose", "which": "Identify which",
    "when": "Identify when", "where": "Identify where",
}  # fmt: skip


def answer_question(text: str, *, asked: bool) -> str:
    """The order a question amounts to; any other text as it came.

    Parameters
    ----------
    asked : the sentence ended in a question mark, so that `Is it raining` counts as a question
    """
    for pattern, replacement in _ANSWERS:
        match = pattern.match(text)
        if match:
            return replacement + text[match.end() :]
    words = text.split()
    if len(words) < 2:
        return text
    first = words[0].lower().replace("’", "'")
    second = words[1].lower()
    # "Where there is frost, windows are double" is no question, nor is "Do a rewrite".
    if first in QUESTION_WORDS and (
        asked or first not in ("when", "where") or second in AUXILIARIES
    ):
        return _wh_question(first, words[1:], text)
    if first in AUXILIARIES and (asked or (first != "do" and second in DETERMINERS | PRONOUNS)):
        return f"Explain whether {' '.join(_statement(first, words[1:]))}"
    return text


def _wh_question(first: str, rest: list[str], text: str) -> str:
    word, contracted = re.subn(r"'?s$|'re$", "", first) if first != "whose" else (first, 0)
    rest = ["is", *rest] if contracted else rest
    if word == "what" and _COPULA.match(text) and rest[1:]:
        return _what_is(rest)
    return " ".join([_VERB_OF.get(word, "Explain"), *_after_question_word(word, rest)])


def _after_question_word(word: str, rest: list[str]) -> list[str]:
    if rest[0].lower() in AUXILIARIES and rest[1:]:
        if word in _PLACED and not _broken(rest[1:]) and len(rest) <= 7:
            return [*rest[1:], rest[0].lower()]  # who the president of Germany is
        return _statement(rest[0].lower(), rest[1:])
    # "How long will it take": the auxiliary stands later, before a pronoun or as a bare "do".
    for place in range(1, min(5, len(rest) - 1)):
        auxiliary, subject = rest[place].lower(), rest[place + 1].lower()
        if auxiliary in _DROPPED or (auxiliary in AUXILIARIES and subject in PRONOUNS):
            return [*rest[:place], *_statement(auxiliary, rest[place + 1 :])]
    return rest


def _what_is(rest: list[str]) -> str:
    verb, thing = rest[0], rest[1:]
    if thing[0].lower() in _PARTICIPLES:
        return f"Explain what {' '.join(rest)}"
    if thing[0].lower() in PRONOUNS:
        return f"Explain what {' '.join(_statement(verb.lower(), thing))}"
    plain = len(thing) <= 5 and not {"or", "that", "if"} & {word.lower() for word in thing}
    if plain and not any(word.lower() in PREPOSITIONS for word in thing[2:]):
        return f"Explain what {' '.join(thing)} {verb}"
    return f"Explain {' '.join(thing)}"


def _statement(auxiliary: str, words: list[str]) -> list[str]:
    """`is`, `the sky blue` -> `the sky is blue`; `do` only marked the question, and goes."""
    if auxiliary in _DROPPED:
        last = words[-1].lower()
        agrees = auxiliary == "does" and last in _THIRD_PERSON
        return [*words[:-1], _THIRD_PERSON[last]] if agrees else words
    if words[0].lower() in ("be", "have", "been"):
        return [auxiliary, *words]
    end = _subject_length(words, modal=auxiliary in _MODALS)
    return [*words[:end], auxiliary, *words[end:]]


def _subject_length(words: list[str], *, modal: bool) -> int:
    if words[0].lower() in PRONOUNS or _stands_alone(words):
        return 1
    end = _broken(words, modal=modal)
    if not modal:
        return end or max(1, len(words) - 1)
    # After a modal the verb has to come: before the first preposition, or behind the noun.
    noun = 1 + (words[0].lower() in DETERMINERS)
    if end is None:
        return min(noun, len(words) - 1) or 1
    before = words[end].lower() in PREPOSITIONS and end - 1 >= noun
    return end - 1 if before else end


def _stands_alone(words: list[str]) -> bool:
    """Whether `this` or `that` is the whole subject: `is this | the right order`."""
    if words[0].lower() not in _POINTING or not words[1:]:
        return False
    following = words[1].lower().strip(",;")
    return following in _BREAK_WORDS | DETERMINERS | _JUDGEMENTS


def _broken(words: list[str], *, modal: bool = False) -> int | None:
    """The place of the first word that no longer belongs to the subject."""
    lowered = [word.lower().strip(",;") for word in words]
    start = next((i for i, word in enumerate(lowered) if word not in DETERMINERS), 0) + 1
    for place in range(start, len(words)):
        word, after_of = lowered[place], lowered[place - 1] == "of"
        ends = word in _BREAK_WORDS or _BREAK_ENDING.match(word) or (modal and word in BASE_VERBS)
        if ends and not after_of:
            # "time can | seem to": the verb before "to" is not the subject's.
            return place - 1 if word == "to" and place - 1 >= start else place
    return None
