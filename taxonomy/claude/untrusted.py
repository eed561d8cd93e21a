"""A text in, signs out that it should not be believed or shown: leaks, echoes, obedience.

Whoever writes a conversation can write to the model that reads it. These rules look at what came
back. They find the plain cases only; what they miss, the floors and the closed lists of answers
must hold.
"""

from __future__ import annotations

import re
from functools import lru_cache

ECHO_WORDS = 6
"""So many words in a row are not shared with our instructions by chance."""
MOST_PLACES = 200
"""Places in a transcript to look at, for one answer."""
_BEFORE = 90
"""Characters before a quoted answer in which somebody may have ordered it."""

_PRIVATE = (
    (("@",), re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w"), "email address"),
    (("://", "www."), re.compile(r"(?:https?://|www\.)[^\s<>)\]\"']+", re.I), "link"),
    (
        (".com", ".org", ".net", ".edu", ".gov", ".co.uk"),
        re.compile(
            # ASP.NET and its kin are names of software.
            r"\b(?!(?:asp|ado|vb|ml)\.net\b)(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|co\.uk)\b"
            r"(?:\.[a-z]{2}\b)?(?:/\S*)?",
            re.IGNORECASE,
        ),
        "website",
    ),
)
"""Signs to look for first, which is cheap; the string that is private; the word for it."""
_MAYBE_IP = re.compile(r"\d\.\d{1,3}\.\d|:[0-9a-fA-F]{0,4}:")
_IP = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\w|\.\d)"
    r"|(?<![\w:])(?=[\d:]*[a-f])(?=[a-f:]*\d)(?:[\da-f]{1,4}::?){3,7}[\da-f]{1,4}(?![\w:])",
    re.IGNORECASE,
)
_LONG_TOKEN = re.compile(r"\S{20}")
_KEY = re.compile(
    r"\b(?:sk|pk|ghp|gho|xox[bp]|AKIA|AIza)[-_A-Za-z0-9]{12,}"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    r"|\b(?=(?:[A-Za-z+]*\d){2})(?=[\d+]*[A-Za-z])[A-Za-z0-9+]{20,}={0,2}(?![\w-])"
)
_DIGITS = re.compile(r"\d[\d .()-]{5}")
_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ .()-]{0,2}\d){6,80}(?!\w)")
_DATE = re.compile(
    r"\b(?:(?:1\d|20)\d\d([.-])[01]?\d\1[0-3]?\d|[0-3]?\d([.-])[0-3]?\d\2(?:1\d|20)\d\d)\b"
)
_QUANTITY = re.compile(r"\d+\.\d+|[1-9]\d?(?:[ .]\d{3})+|[1-9]\d*-[1-9]\d*00")
_YEAR = re.compile(r"1\d{3}|20\d\d")

_WORD = re.compile(r"[^\W_]+")
_MARKUP = re.compile(r"</?[a-z_]+-[0-9a-f]{6,}|</?(?:transcript|system|assistant)\b", re.IGNORECASE)
_JSON = re.compile(r'[{,]\s*"[a-z_]+"\s*:')

_ORDERED = re.compile(
    r"""\b(?:
        (?:answer|respond|reply|output|return|print|say|repeat|classify|categori[sz]e|label|tag
            |summari[sz]e|describe|record|report|mark|name|call|write)\b
        (?:\W+\w+){0,7}?
        \W+(?:with|as|is|exactly|only|just|verbatim|literally|simply|nothing\ but
            |the\ (?:exact\ )?(?:words?|phrase|text|string|sentence|label|answer))
      | (?:set|change|put|fill)\b (?:\W+\w+){0,7}? \W+(?:to|to\ be|as|with)
    )\W*$""",
    re.VERBOSE | re.IGNORECASE,
)
"""What stands before a text that a conversation orders to be given as the answer."""
_ASSISTANT = re.compile(
    r"""^\W*(?:i['’]?m\ sorry|i\ am\ sorry|sorry,|i\ apologi[sz]e|i\ can(?:not|['’]t|\ not)\b
        |i['’]?m\ (?:unable|not\ able)|i\ am\ (?:unable|not\ able)|i\ (?:won['’]t|will\ not)\b
        |as\ an?\ (?:ai|artificial|large\ language|language\ model)|sure[,!]|certainly[,!]
        |of\ course[,!]|okay[,!]|here(?:['’]s|\ is|\ are)\ |my\ system\ prompt
        |(?:ignore|disregard|forget)\ (?:all\ |any\ |the\ |your\ |my\ )*(?:previous|prior|above
            |earlier|preceding)\b)
      | \bas\ an?\ (?:ai|large)\ (?:language\ )?(?:model|assistant)\W+i\b""",
    re.VERBOSE | re.IGNORECASE,
)


def signs_of_leak(text: str) -> bool:
    """Whether a text holds an address, a link, a key or a long number."""
    return scrub(text) != text


def scrub(text: str) -> str:
    """The text with addresses, links, keys and long numbers replaced by general words."""
    lowered = text.lower()
    for signs, pattern, word in _PRIVATE:
        if any(sign in lowered for sign in signs):
            text = pattern.sub(word, text)
    if _MAYBE_IP.search(text):
        text = _IP.sub("IP address", text)
    if _LONG_TOKEN.search(text):
        text = _KEY.sub("key", text)
    return _NUMBER.sub(_number, text) if _DIGITS.search(text) else text


def signs_of_echo(text: str, instructions: str) -> bool:
    """Whether a text repeats our instructions, or holds tags or JSON such as we send."""
    if _MARKUP.search(text) or _JSON.search(text):
        return True
    return not _runs(text).isdisjoint(_instruction_runs(instructions))


def signs_of_obeying(text: str, transcript: str) -> bool:
    """Whether a text says what a conversation told the model to say, or speaks as the model.

    Parameters
    ----------
    transcript : the words of all messages that the model was shown
    """
    return bool(_ASSISTANT.search(text)) or _is_ordered(_plain(text), transcript)


def _number(match: re.Match[str]) -> str:
    """A general word for a number that may be somebody's; quantities, dates and lists stay."""
    text = match.group()
    if text[0] == "(" and ")" not in text:
        return "(" + _NUMBER.sub(_number, text[1:])
    groups = re.findall(r"\d+", text)
    digits = "".join(groups)
    dialled = text[0] in "+(" or (text[0] == "0" and len(groups[0]) > 1)
    listed = max(map(len, groups)) <= 2 and not dialled
    if listed or len(digits.rstrip("0")) <= 2 or _QUANTITY.fullmatch(text):
        return text
    if sum(map(str.isdigit, _DATE.sub("", text))) < 7 or all(map(_YEAR.fullmatch, groups)):
        return text
    if 13 <= len(digits) <= 19 and _holds_luhn(digits):
        return "card number"
    return "phone number" if len(digits) <= 15 and (dialled or len(groups) >= 3) else "number"


def _holds_luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on a bank card (ISO/IEC 7812-1)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


@lru_cache(maxsize=16)
def _instruction_runs(instructions: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_runs(instructions))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return set(zip(*(words[start:] for start in range(ECHO_WORDS)), strict=False))


def _is_ordered(answer: str, transcript: str) -> bool:
    """Whether the answer stands in the transcript right after an order to give it."""
    if not answer:
        return False
    told = _plain_transcript(transcript)
    place = told.find(answer)
    for _ in range(MOST_PLACES):
        if place < 0:
            break
        if _ORDERED.search(told[max(0, place - _BEFORE) : place]):
            return True
        place = told.find(answer, place + 1)
    return False


@lru_cache(maxsize=1)
def _plain_transcript(transcript: str) -> str:
    return _plain(transcript)


def _plain(text: str) -> str:
    """Lower case, single spaces, no full stop and no quotes at the ends."""
    return " ".join(text.lower().split()).strip(" .!\"'“”")
