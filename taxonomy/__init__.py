"""Bottom-up hierarchical taxonomies of conversations with AI assistants.

    from taxonomy import Taxonomy, build

The names below are imported when they are first used, so that `taxonomy --help` does not wait for
polars and torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taxonomy.conversations import read_conversations
    from taxonomy.pipeline import build
    from taxonomy.release.read import Release
    from taxonomy.settings import Settings
    from taxonomy.tree import Taxonomy

__all__ = ["Release", "Settings", "Taxonomy", "build", "read_conversations"]

_HOME = {
    "Release": "taxonomy.release.read",
    "Settings": "taxonomy.settings",
    "Taxonomy": "taxonomy.tree",
    "build": "taxonomy.pipeline",
    "read_conversations": "taxonomy.conversations",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'taxonomy' has no attribute {name!r}")
