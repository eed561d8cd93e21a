"""The messages of a conversation in, a JSON value of bounded length out, for a model to read.

What a conversation is about shows at its two ends, and at the two ends of each message. So a long
one loses messages from its middle, and a long message loses its own middle; a mark says how much.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

BYTES_PER_TOKEN = 3.5
"""An estimate on the safe side for English prose; code and other scripts differ."""
MIN_BYTES = 400
"""A message in the middle is kept with at least so much of it, or left out."""


def estimate_tokens(text: str) -> int:
    """How many tokens a text is likely to have: its UTF-8 bytes / 3.5, rounded up."""
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def make_transcript(messages: Iterable[Mapping[str, str | None]], tokens: int) -> dict[str, Any]:
    """`{"messages": [{"role", "content"}, ...]}` in order, shortened where it is too long.

    Its JSON, as it is sent, never exceeds the budget. Messages that were left out are replaced by
    one of the role `note`. The time is linear in the length of the conversation.

    Parameters
    ----------
    tokens : the budget in tokens by `estimate_tokens`, at least 200
    """
    said = [{"role": m["role"] or "", "content": m["content"] or ""} for m in messages]
    room = math.floor(tokens * BYTES_PER_TOKEN) - _size({"messages": []})
    sizes = [_size(message) + 1 for message in said]
    if sum(sizes) > room:
        note = _note(len(said))
        rooms = _share_out(sizes, room - _size(note) - 1)
        said = list(_shortened(said, sizes, rooms))
    return {"messages": said}


def _share_out(sizes: Sequence[int], room: int) -> dict[int, int]:
    """Place of a message -> the bytes it may take; messages to leave out have none.

    The first and the last are sure of a third of the room each, the others come in from both ends
    while they fit; what is left over makes first the two ends whole, then the others.
    """
    last = len(sizes) - 1
    rooms = {place: min(sizes[place], room // 3) for place in (0, last)}
    spare = room - sum(rooms.values())
    for place in _inwards(last):
        least = min(sizes[place], MIN_BYTES)
        if least > spare:
            break
        rooms[place] = least
        spare -= least
    for place in list(rooms):
        more = min(sizes[place] - rooms[place], spare)
        rooms[place] += more
        spare -= more
    return rooms


def _inwards(last: int) -> Iterator[int]:
    """The places between the first and the last, from both ends in turn: 1, last - 1, 2, ..."""
    for step in range(1, last // 2 + 1):
        yield step
        if last - step > step:
            yield last - step


def _shortened(
    said: Sequence[dict[str, str]], sizes: Sequence[int], rooms: Mapping[int, int]
) -> Iterator[dict[str, str]]:
    places = sorted(rooms)
    before = -1
    for place in places:
        if place > before + 1:
            yield _note(place - before - 1)
        before = place
        message = said[place]
        whole = sizes[place] <= rooms[place]
        yield message if whole else _cut(message, rooms[place] - 1)


def _cut(message: dict[str, str], room: int) -> dict[str, str]:
    """A message without the middle of its content, in at most so many bytes."""
    text = message["content"]
    mark = _mark(len(text), "characters")
    left = max(0, room - _size(message | {"content": mark}))
    head = _fitting(text, left // 2)
    tail = _fitting(text[::-1][: left + 1], left - left // 2)
    end = text[len(text) - tail :]
    mark = _mark(len(text) - head - len(end), "characters")
    return message | {"content": f"{text[:head]}{mark}{end}"}


def _fitting(text: str, room: int) -> int:
    """How many characters of a text fit into so many bytes, once written as JSON."""
    ends = range(min(len(text), room) + 1)
    return bisect_right(ends, room, key=lambda end: _size(text[:end]) - 2) - 1


def _note(count: int) -> dict[str, str]:
    return {"role": "note", "content": _mark(count, "messages").strip()}


def _mark(count: int, what: str) -> str:
    return f"\n[... {count} {what} left out ...]\n"


def _size(value: object) -> int:
    """Bytes of a value as JSON; `<` and `>` are sent as six bytes each."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "replace")) + 5 * (text.count("<") + text.count(">"))
