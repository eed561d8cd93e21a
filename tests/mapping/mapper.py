"""A process that maps the conversations of a run by Claude, and may be killed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def main(url, run, cache, ledger):
    """Map by the shortlist route."""
    from taxonomy.mapping import Asking, OnetSource, map_conversations
    from taxonomy.settings import Settings

    tests = Path(__file__).parents[1]
    onet = load("onet_asking", tests / "onet" / "asking.py").small_onet()
    encoder = load("shared", tests / "conftest.py").HashingEncoder()
    given = ["llm=claude", "claude.mode=direct", f"claude.base_url={url}"]
    asking = Asking(Settings.load(None, given), Path(ledger))
    source = OnetSource(onet, Path(cache))
    map_conversations(run, source, "shortlist", asking=asking, encoder=encoder)


if __name__ == "__main__":
    main(*sys.argv[1:])
