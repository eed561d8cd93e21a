"""What a shell offers after Tab for the values of options; light, since it runs at every Tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

STAGES = (
    "conversations",
    "facets",
    "embeddings",
    "clusters",
    "names",
    "hierarchy",
    "map",
    "measures",
)
LLMS = {
    "offline": "rules and statistics; nothing leaves this machine",
    "claude": "a model makes facets, names and levels",
    "auto": "Claude where there is a key",
}
ROUTES = {
    "offline": "retrieval",
    "shortlist": "Claude chooses from a list",
    "descent": "Claude descends a tree of tasks",
}
STATUSES = ("ok", "refused", "truncated", "invalid", "errored", "expired")


def stages(incomplete: str) -> list[str]:
    """Stages of a run, for `--until`."""
    return _starting(STAGES, incomplete)


def llms(incomplete: str) -> list[tuple[str, str]]:
    """Makers, for `--llm`."""
    return [(name, help_) for name, help_ in LLMS.items() if name.startswith(incomplete)]


def routes(incomplete: str) -> list[tuple[str, str]]:
    """Ways to a task, for `--route`."""
    return [(name, help_) for name, help_ in ROUTES.items() if name.startswith(incomplete)]


def statuses(incomplete: str) -> list[str]:
    """What becomes of a request, for `--status`."""
    return _starting(STATUSES, incomplete)


def settings(incomplete: str) -> list[str]:
    """`section.key=` for `--set`; behind the equals sign the values, where there are only some."""
    from taxonomy.settings import setting_keys

    key, equals, _ = incomplete.partition("=")
    keys = setting_keys()
    if not equals:
        return _starting([f"{name}=" for name in keys], incomplete)
    return _starting([f"{key}={value}" for value in _allowed(keys.get(key))], incomplete)


def _allowed(kind: Any) -> list[str]:
    if kind is bool:
        return ["true", "false"]
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [value for part in get_args(kind) for value in _allowed(part)]


def _starting(values: Sequence[str], incomplete: str) -> list[str]:
    return [value for value in values if value.startswith(incomplete)]
