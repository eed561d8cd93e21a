"""A small run whose conversations ask for tasks of a small O*NET, or for nothing in it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from taxonomy.claude.fake import FakeClaude, Script
from taxonomy.mapping import Asking, OnetSource
from taxonomy.pipeline import build
from taxonomy.settings import Settings

MARK = "ZQXSECRET"
# What is asked, how often, by how many users, in which pattern, with thinking on or off.
GROUPS = [
    ("Cook soup of the hotel for kitchen diners with cook tools", 20, 6, "directive", None),
    ("Program parser of the bank for software users with program tools", 16, 5, "learning", True),
    ("Draft contract of the tenant for legal courts with draft tools", 18, 4, "directive", None),
    ("Treat fever of the child for medical patients with treat tools", 9, 6, "validation", None),
    ("Sing rhymes about rain over distant meadows in autumn", 17, 6, "none", False),
]
ENDINGS = ["now", "today", "soon"]
BUILT = ["cluster.n_clusters=5", "cluster.smoothing=false", "privacy.min_conversations=10"]


def conversation(group, place):
    text, _, n_users, pattern, thinking = GROUPS[group]
    return {
        "conversation_id": f"{MARK}-c{group}-{place:02}",
        "user_id": f"{MARK}-u{group}-{place % n_users}",
        "messages": [{"role": "user", "content": f"{text} and keep {MARK} {group} {place}"}],
        "request": f"{text} {ENDINGS[place % 3]}",
        "collaboration": pattern,
        "thinking": thinking,
    }


@pytest.fixture(scope="session")
def helpers():
    """The helper `onet/asking.py`, under a name of its own since tests are no package."""
    name, path = "mapping_onet_asking", Path(__file__).parents[1] / "onet" / "asking.py"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def source(helpers, tmp_path_factory) -> OnetSource:
    return OnetSource(helpers.small_onet(), tmp_path_factory.mktemp("onet"))


@pytest.fixture(scope="session")
def built(tmp_path_factory, hashing_encoder) -> Path:
    """The finished run; tests copy it."""
    folder = tmp_path_factory.mktemp("built")
    rows = [conversation(group, n) for group, row in enumerate(GROUPS) for n in range(row[1])]
    corpus = folder / "conversations.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return build([corpus], folder / "run", Settings.load(None, BUILT), encoder=hashing_encoder)


@pytest.fixture
def run(built, tmp_path) -> Path:
    return shutil.copytree(built, tmp_path / "run")


@pytest.fixture
def serve():
    """Start a fake server that goes wrong by these rules; all are stopped at the end."""
    with ExitStack() as stack:
        yield lambda *rules: stack.enter_context(FakeClaude(Script(rules)))


@pytest.fixture
def asking(tmp_path):
    """Who is asked: a server, or without one the ledger alone."""

    def of(server=None, *changes, mode="direct", budget=None):
        given = ["llm=claude", f"claude.mode={mode}", *changes]
        if server is not None:
            given.append(f"claude.base_url={server.url}")
        return Asking(Settings.load(None, given), tmp_path / "answers.sqlite", budget)

    return of
