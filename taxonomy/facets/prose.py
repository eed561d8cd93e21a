"""A message in, the sentences its author wrote out: no code, logs, quotes or private strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_CHARACTERS = 2_400
TAIL_CHARACTERS = 600
"""People state what they want at one end of a message, and paste in between."""

_FENCE = re.compile(r"```[ \t]*([\w+#.-]*)[^\n]*\n.*?(?:```|\Z)|```[^`]*```", re.DOTALL)
_TRIPLE_QUOTES = re.compile(r'("""|\'\'\').*?(?:\1|\Z)', re.DOTALL)
_LONG_QUOTE = re.compile(r'["“][^"“”]{160,}["”]', re.DOTALL)
_QUOTED_LINE = re.compile(r"^\s*>+ .*$", re.MULTILINE)
_BREAK = re.compile(r"<(?:br|p|/p|li|div)\b[^<>]{0,40}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
_BULLET = re.compile(r"^[ \t]*(?:[#>*•–-]+|\(?\d{1,2}[.)])[ \t]+", re.MULTILINE)
_MARKS = re.compile(r"\*\*|__(?=\w)|(?<=\w)__|~~|`|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]")

_CODE_LINE = re.compile(
    r"""^\s*(?:
        (?:from\s+[\w.]+\s+import|import\s+[\w.{*]+\s*(?:;|$|,|as\b|from\b)|\#include|using\s+\w+;
          |package\s+[\w.]+;)
        | (?:def|class|func|fn)\s+\w+.*[:({]\s*\{?\s*$
        | (?:public|private|protected|static|export)\s+\w+.*[({;]
        | (?:const|let|var|int|float|double|char|void|bool|string|auto)\s+\w+\s*(?:=|\().*
        | (?:if|for|while|switch|elif|else\ if)\s*\(.*\)\s*\{?\s*$
        | (?:return|else|try|elif|except|finally|catch)\b.*[;:{]\s*$
        | [\w.\[\]'"]+\s*(?:=|\+=|:=)\s*\S.*[;)\]}'"\d]\s*$
        | [\w.]+\([^)]*\)\s*[;{]?\s*$
        | .*[;{}]\s*$ | [{}()\[\];,]+\s*$
        | <[/!a-zA-Z?][^>]*>.*
        | (?:SELECT|INSERT|UPDATE|DELETE|CREATE)\s+.*\b(?:FROM|INTO|SET|TABLE)\b.*
        | "[^"]{1,60}"\s*:\s.*
        | (?:\$|>>>|\.\.\.|PS\s\S+>|C:\\\S*>)\s.*
    )""",
    re.VERBOSE,
)
_LOG_LINE = re.compile(
    r"""^\s*(?:
        \[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d | \[?\d\d:\d\d:\d\d
        | Traceback\ \(most | File\ ".*",\ line\ \d+ | at\s+[\w$.<>]+\(.*\)
        | (?:[A-Za-z_.]+)?(?:Error|Exception|Warning):\s
        | (?:ERROR|WARN|INFO|DEBUG|FATAL)\b | npm\ ERR!
    )""",
    re.VERBOSE,
)

_TRACES = ("Traceback (most recent", "npm ERR!", "error[E", "egmentation fault", "Error: ")

_PRIVATE = (
    (("@",), re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w"), "email address"),
    (("://", "www."), re.compile(r"(?:https?://|www\.)[^\s<>)\]\"']+", re.I), "link"),
    (
        (".com", ".org", ".net", ".edu", ".gov", ".co.uk"),
        re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|co\.uk)\b(?:/\S*)?", re.I),
        "website",
    ),
)
"""Signs to look for first, which is cheap; the string that is private; the word for it."""
_LONG_TOKEN = re.compile(r"\S{20}")
_KEY = re.compile(
    r"\b(?:sk|pk|ghp|gho|xox[bp]|AKIA|AIza)[-_A-Za-z0-9]{12,}"
    r"|\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9_-]{24,}(?![\w-])"
)
_DIGITS = re.compile(r"\d[\d .()-]{5}")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,5}(?![\w.])")
_LONG_NUMBER = re.compile(r"\d[\d,. -]{5,}\d")

_SOFT_BREAK = re.compile(r"(?<![.!?:;\n])\n(?=[a-z(])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|prof|approx|u\.s|u\.k|(?-i:[A-Z]))\.$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”')\]]*\s+|(?<=[。！？])\s*|\n+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Prose:
    """What a message says once code and pasted text are gone."""

    sentences: tuple[str, ...]
    code: str | None = None
    """The language of the code that was there, `""` where it is unknown, None without code."""
    log: bool = False
    """Whether an error report or a log was pasted in."""


def read_prose(message: str) -> Prose:
    """The sentences of a message, in order, and whether it held code.

    Only the two ends of a long message are read. Addresses, keys and long numbers are replaced
    by a general word.
    """
    text = _ends(message)
    text, code = _without_fences(text)
    text, n_code, n_log = _without_code_lines(text)
    if '"' in text or "“" in text or "'''" in text:
        text = _LONG_QUOTE.sub(" ", _TRIPLE_QUOTES.sub(" ", text))
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = _MARKS.sub("", _BULLET.sub("", _QUOTED_LINE.sub("", text)))
    code = "" if code is None and n_code + n_log else code
    return Prose(_sentences(redact(text)), code, log=n_log > 0 or _holds_trace(message))


def redact(text: str) -> str:
    """The text with addresses, links, keys and long numbers replaced by general words."""
    lowered = text.lower()
    for signs, pattern, word in _PRIVATE:
        if any(sign in lowered for sign in signs):
            text = pattern.sub(word, text)
    if _LONG_TOKEN.search(text):
        text = _KEY.sub("key", text)
    if _DIGITS.search(text):
        text = _LONG_NUMBER.sub(_long_number, _PHONE.sub("phone number", text))
    return text


def _long_number(match: re.Match[str]) -> str:
    # 1,250,000 and 3.1415926 are quantities; 4111 1111 1111 1111 is somebody's card.
    digits = re.sub(r"\D", "", match.group())
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+", match.group())
    return match.group() if grouped or len(digits) < 7 else "number"


def _holds_trace(message: str) -> bool:
    return any(trace in message for trace in _TRACES)


def _ends(message: str) -> str:
    if len(message) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return message
    return f"{message[:HEAD_CHARACTERS]}\n{message[-TAIL_CHARACTERS:]}"


def _without_fences(text: str) -> tuple[str, str | None]:
    if "```" not in text:
        return text, None
    fence = _FENCE.search(text)
    return _FENCE.sub("\n", text), (fence.group(1) or "") if fence else None


def _without_code_lines(text: str) -> tuple[str, int, int]:
    """The text without its lines of code and of logs, and how many there were of each."""
    lines = text.split("\n")
    without_logs = [line for line in lines if not _LOG_LINE.match(line)]
    kept = [line for line in without_logs if not _CODE_LINE.match(line)]
    n_logs = len(lines) - len(without_logs)
    return "\n".join(kept), len(without_logs) - len(kept), n_logs


def _sentences(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    for part in _SENTENCE_END.split(_SOFT_BREAK.sub(" ", text)):
        if parts and parts[-1].endswith(".") and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    squeezed = (" ".join(part.split()) for part in parts)
    return tuple(part for part in squeezed if _LETTER.search(part))
