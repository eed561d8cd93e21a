"""Messages with parents -> the one branch that is read as the conversation.

In come messages as rows or nested replies; out comes a list from the first message down.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from taxonomy.conversations.schema import BadRow, Row


class Node(NamedTuple):
    """A message in a tree of messages."""

    own_id: Hashable
    parent_id: Hashable
    row: Row


def best_path(nodes: Sequence[Node]) -> list[Row]:
    """The best-ranked branch of a tree of messages, given in any order.

    It starts at the first message without a parent (failing that, at the first whose parent is
    missing), and at each fork follows the lowest `rank`; where there is no rank, the message
    that comes first. Of messages with the same id the first counts.
    """
    by_id: dict[Hashable, Node] = {}
    for node in nodes:
        by_id.setdefault(node.own_id, node)
    replies: dict[Hashable, list[Row]] = defaultdict(list)
    ids: dict[int, Hashable] = {}
    for node in by_id.values():
        replies[node.parent_id].append(node.row)
        ids[id(node.row)] = node.own_id
    return _descend(_root(by_id), lambda row: replies[ids[id(row)]])


def best_replies(root: Row) -> list[Row]:
    """The best-ranked branch of a tree of messages that nests its `replies`."""
    return _descend(root, lambda row: rows_at(row, "replies"))


def chatgpt_branch(mapping: Mapping[str, Any], current: Any) -> list[Row]:
    """The messages of a ChatGPT conversation that were on screen last.

    Without a `current` node, the last child is followed at each fork.
    """
    node_id = current if isinstance(current, str) and current in mapping else _last_leaf(mapping)
    branch: list[Row] = []
    for _ in mapping:  # no branch is longer than its tree, whatever the links say
        node = as_row(mapping.get(node_id)) if isinstance(node_id, str) else {}
        branch.append(as_row(node.get("message")))
        node_id = node.get("parent")
    return [message for message in reversed(branch) if message]


def _descend(root: Row, replies: Callable[[Row], Sequence[Row]]) -> list[Row]:
    path = [root]
    while below := replies(path[-1]):
        path.append(min(below, key=_rank))  # the first of equals
    return path


def _root(by_id: Mapping[Hashable, Node]) -> Row:
    orphans = [node for node in by_id.values() if node.parent_id not in by_id]
    if not orphans:
        raise BadRow("parent ids that form a circle")
    return next((node for node in orphans if node.parent_id is None), orphans[0]).row


def _rank(row: Row) -> float:
    try:
        rank = float(row["rank"])
    except (KeyError, TypeError, ValueError):
        return float("inf")
    return float("inf") if math.isnan(rank) else rank


def _last_leaf(mapping: Mapping[str, Any]) -> str | None:
    leaf = next((name for name, node in mapping.items() if not as_row(node).get("parent")), None)
    for _ in mapping:
        children = as_row(mapping.get(leaf or "")).get("children")
        if not isinstance(children, list) or not children or not isinstance(children[-1], str):
            break
        leaf = children[-1]
    return leaf


def as_row(value: Any) -> Row:
    """The value if it is a row, else an empty row."""
    return value if isinstance(value, dict) else {}


def rows_at(row: Row, key: str) -> list[Row]:
    """The rows in the list that a row has at a key; none where it has no list there."""
    values = row.get(key)
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
