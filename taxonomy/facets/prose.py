"""A message in, the sentences its author wrote out: no code, logs, quotes or private strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from taxonomy.claude.untrusted import scrub

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
    return Prose(_sentences(scrub(text)), code, log=n_log > 0 or _holds_trace(message))


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
