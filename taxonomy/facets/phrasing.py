"""One English sentence in, one imperative phrase out: `How do I sort a list?` -> `Explain how to
sort a list`.

The rules are tables of (pattern, replacement), tried in order at the start of the sentence:
first what only leads in is stripped, then a question or a wish is turned into an order.
"""

# ruff: noqa: E501  (a pattern is easier to check on one line)

from __future__ import annotations

import re
from functools import lru_cache

from taxonomy.facets.questions import answer_question
from taxonomy.facets.words import VERBS

_ASSISTANT = r"(?:there|all|everyone|again|claude|chatgpt|chat ?gpt|gpt(?:-?\d(?:\.\d)?)?|open ?assistant|assistant|ai|bot|siri|sir|dear|friend|my friend|buddy|mate|guys)"
_I = r"(?:i|we|id|i'd|we'd|im|i'm|we're|ill|i'll)"

_LEADS = re.compile(
    "|".join((
        rf"(?:hi|hii+|hello|hey|heya?|hiya|yo|greetings|dear|good (?:morning|afternoon|evening|day))\b(?: {_ASSISTANT}\b)*(?:[\s,.!:;-]+|$)",
        rf"(?:{_ASSISTANT})[,:!.]\s*",
        r"(?:if (?:so|yes|not|possible)|please|pls|plz|kindly|ok|okay|okey|alright|so|well|now|also|and|but|then|great|thanks|thank you|yes|sure|cool|nice|awesome|interesting|right|first|next|oh|hmm|wow|actually|just|maybe|anyway|sorry|excuse me|quick question|question|task|prompt|instructions?|request|q)\b[\s,.:;!-]+(?=\S)",
        r"(?:\d{1,2} ?/ ?\d{1,2}|\d{1,2}[.)]) ?(?=[A-Za-z])",
        r"(?:i )?hope (?:you are|you're|this finds you|all is) (?:doing )?well[\s,.!;:-]+",
        r"(?:user|human|input|title|problem)\s*:\s*",
        r"(?:can|could|would|will|may|might|can't|couldn't) (?:you|u|ya)(?: guys)?\b(?: (?:please|pls|kindly|also|maybe|possibly|perhaps|just|now|try to|try and|be able to|be so kind (?:as|and) to|mind))*,?\s+(?=\w)",
        r"(?:are you able to|do you mind|do you think you (?:can|could)|is it possible for you to|if you (?:can|could),?|i wonder if you (?:can|could)|i was wondering if you (?:can|could))\s+",
        rf"{_I}(?: would| really| also| just| now| do| will)*(?: want| need| like| love| wish| require| prefer)(?: for)? you to\s+",
        rf"{_I}(?: would| really)* (?:appreciate|like|love) (?:it )?if you (?:can|could|would)\s+",
        r"(?:your (?:task|job|goal|mission|role) (?:is|will be) to|the task is to|you (?:will|must|should|have to|need to|are to|are going to|are tasked (?:with|to)|are asked to|can|could))\s+",
        rf"{_I}(?: would| really| also| just| do)*(?: want| need| like| wish| love| have)(?: some| your| a little| a bit of)? (?:help|assistance|support|guidance)(?: please)? to\s+",
        r"(?:help|assist)(?: (?:me|us))(?: to)?\s+(?!with\b|out\b|in\b|on\b)",
        rf"{_I}(?: am| are| was| have been|'ve been)? (?:currently |really |just |also )*(?:trying|attempting|looking|hoping|planning|wanting|willing|going|gonna|working) (?:to|on)\s+",
        rf"{_I}(?: would| really| also| just| do| only)*(?: want| need| like| wish| love| have|'d like) to (?=(?!know|ask|understand|learn|thank|see if|hear|say|be|have|go)\w)",
        r"(?:let's|lets|let us)\s+(?=\w)",
        r"(?:do )?(?:you )?think about (?:how|what) (?=\bto\b)",
        r"(?:go ahead and|proceed to|try to|try and|be sure to|make sure (?:to|you))\s+",
        r"(?:in this (?:task|conversation|exercise|session),? (?:you(?:'ll| will)? )?)",
        r"(?:i have (?:a|one|another|some) (?:quick |simple |short )?(?:questions?|requests?|tasks?)(?: for you)?)\b[\s,.:;!-]*",
    )),
    re.IGNORECASE,
)  # fmt: skip

_REWRITES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"(?:pretend|act|behave|respond|answer|reply)(?: (?:to be|like|as if|as though|as)) you(?:'re| are| were) ", "Act as "),
        (r"(?:pretend|imagine)(?: that)? (?:to be|you(?:'re| are| were)) ", "Act as "),
        (r"(?:act|behave|respond) like ", "Act as "),
        (r"(?:be|become|play|assume|take on|take)(?: the role of| a role of| the part of| my) ", "Act as "),
        (rf"(?:{_I}(?: would| really| also| just| do)*(?: want| need| like| wish| love| have)(?: some| your| a little| a bit of)? )?(?:help|assistance|assist|support|guidance)(?: me| us)?(?: please)?(?: out)?(?: (?:in|on|with|for|regarding|about)\s+| (?=\w+ing\b))", "Help with "),
        (r"(?:i am|i'm) looking for ", "Find "),
        (rf"{_I}(?: would| really)*(?: want| like| need|'d like) to (?:know|understand|learn|hear)(?: more)? about ", "Describe "),
        (rf"{_I}(?: would| really)*(?: want| like| need|'d like) to (?:know|understand|learn|ask|see)(?: you)?,? ", "Explain "),
        (rf"{_I}(?:'m| am)?(?: just)? (?:curious|wondering|interested)(?: to know| in knowing)?(?: about)?,? ", "Explain "),
        (r"i(?:'m| was)? (?:wonder|wondering),? ", "Explain "),
        (r"i (?:do not|don't|dont|didn't|can't|cannot) (?:really |fully |quite )?(?:understand|get|figure out) ", "Explain "),
        (r"i have (?:a|some) (?:quick )?questions? (?:about|on|regarding) ", "Explain "),
        (r"(?:i(?:'m| am)?|we(?:'re| are)?) (?:keep |always |currently |still )?(?:get|getting|have|having|see|seeing|facing|running into) (?=(?:an?|this|the|some|trouble|problems?|issues?|errors?)\b.{0,40}\b(?:error|problem|issue|exception|trouble|bug)s?\b)", "Fix "),
        (rf"{_I}(?: would| really| also)*(?: want| need| like| require|'d like) (?=(?:an?|some|the|your|\d+|ideas|advice|tips|help)\b)", "Provide "),
        (r"(?:tell|inform)(?: me| us)? (?:more |something |everything |all |a (?:bit|little)(?: more)? )?(?:you (?:know|can) )?about ", "Describe "),
        (r"(?:tell|inform|show|teach|explain to|let)(?: me| us)(?: know)? (?=(?:how|what|why|when|where|which|who|whether|if)\b)", "Explain "),
        (r"explain (?:to )?(?:me|us) ", "Explain "),
        (r"tell (?:me|us) (?=an?\b|some|another)", "Tell "),
        (r"tell (?:me|us) ", "State "),
        (r"(give|write|show|make|find|create|draw|provide|generate|suggest|teach|recommend|list|get|send|build|code|bring|read|sing|offer|design|compose|tell|play)(?: (?:to|for))? (?:me|us)(?: with)? ", r"\1 "),
        (r"(?:do you )?(?:know|happen to know|remember) (?=(?:how|what|why|when|where|which|who|whether|if|about)\b)(?:about )?", "Explain "),
    )
)  # fmt: skip

_EXPLAIN_INVERTED = re.compile(
    r"explain (?=(?:how|what|why|when|where|which|who)\b)", re.IGNORECASE
)
_EXPLAIN_IF = re.compile(r"explain (?:if|whether) ", re.IGNORECASE)
_ADDRESSED = re.compile(r"\b(?:you|u)\b", re.IGNORECASE)
_LONE_I = re.compile(r"\bi(?=[ '’])")
_GERUND = re.compile(r"([a-z]{2,})ing\b", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:[\s,;:.!?…-]+|\b(?:please|pls|plz|(?:many )?thanks(?: a lot)?(?: in advance)?|thank you(?: in advance)?|much appreciated|cheers|for me|if possible|or not)\b)+$",
    re.IGNORECASE,
)
_MAY_TRAIL = re.compile(
    r"(?:[\s,;:.!?…-]|please|pls|plz|thanks|lot|advance|you|appreciated|cheers|me|possible|not)$",
    re.IGNORECASE,
)
"""A cheap look at the last word: most phrases end in neither."""
_SECOND_ASK = re.compile(
    r"(?<=\w{3}),? (?:and )?(?:can|could|would) you (?:also |please )+.*$", re.I | re.S
)
_TAG_QUESTION = re.compile(
    r",? (?:can|could|would|will) you(?: please)?(?: help(?: me)?)?\?+$", re.I
)


@lru_cache(maxsize=4_096)  # a sentence is asked about several times in a row
def strip_lead(sentence: str) -> str:
    """The sentence without greeting, politeness and `I want you to`; empty if nothing is left."""
    text = sentence.lstrip(" ,.:;!-#\"'“”‘([").rstrip()
    while match := _LEADS.match(text):
        text = text[match.end() :].lstrip(" ,.:;-#")
    return text


def to_imperative(sentence: str) -> str:
    """The order that an English sentence amounts to, in sentence case, not yet shortened.

    A question becomes `Explain ...`, `Identify ...` or the like; an order loses what leads in;
    a bare noun phrase or a statement is kept.
    """
    if _is_shouted(sentence):
        sentence = sentence.lower()
    sentence = _TAG_QUESTION.sub("", sentence)
    text = strip_lead(sentence)
    # "Can you do a rewrite?" is an order; what is left of it only looks like "Do I rewrite?".
    asked = "?" in sentence and not _ADDRESSED.search(sentence[: -len(text) or None])
    text = _rewrite(_SECOND_ASK.sub("", text))
    text = _base_form(text)
    text = answer_question(_without_end(text), asked=asked)
    return capitalise(_without_end(text))


def capitalise(text: str) -> str:
    """The text in sentence case: its first letter and the word `I` in upper case."""
    if " i" in text:
        text = _LONE_I.sub("I", text)
    return text[:1].upper() + text[1:]


def _is_shouted(sentence: str) -> bool:
    n_capitals = sum(word.isupper() for word in sentence.split() if len(word) > 1)
    return n_capitals > 3 and n_capitals * 10 > 8 * len(sentence.split())


def _without_end(text: str) -> str:
    """The text without closing punctuation and politeness."""
    if not _MAY_TRAIL.search(text[-14:]):
        return text
    return text[:-60] + _TRAILING.sub("", text[-60:])


def _rewrite(text: str) -> str:
    for pattern, replacement in _REWRITES:
        match = pattern.match(text)
        if match:
            text = match.expand(replacement) + text[match.end() :]
            break
    if _EXPLAIN_IF.match(text):
        return _EXPLAIN_IF.sub("Explain whether ", text, count=1)
    inner = _EXPLAIN_INVERTED.match(text)
    # "Explain how do I sort" is a question inside an order: the question's own rules apply.
    return text[inner.end() :] if inner else text


def _base_form(text: str) -> str:
    """`writing an essay` -> `write an essay`, where the first word is a verb we know."""
    if text.startswith("Help with "):
        helped = _base_form(text[len("Help with ") :])
        return text if helped == text[len("Help with ") :] else helped
    match = _GERUND.match(text)
    if not match:
        return text
    stem = match.group(1).lower()
    doubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
    verb = next((word for word in (stem, f"{stem}e", doubled) if word in VERBS), None)
    return verb + text[match.end() :] if verb else text
