from __future__ import annotations

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from taxonomy.claude.entries import Sending
from taxonomy.claude.fake import FakeClaude, Script
from taxonomy.claude.ledger import Ledger

ASKING = Path(__file__).with_name("asking.py")


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "answers.sqlite") as opened:
        yield opened


def _sending(name, *, usd=0.5, step="first", version="v1"):
    key = name.encode().ljust(32, b".")
    return Sending(key, step, usd, "facets", "claude-haiku-5-5", version)


@pytest.fixture
def sending():
    return _sending


def _load_asking():
    """The helper beside this file, under a name of its own since tests are no package."""
    spec = importlib.util.spec_from_file_location("claude_asking", ASKING)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def asking():
    return sys.modules.get("claude_asking") or _load_asking()


@pytest.fixture
def serve():
    """Start a fake server with a script; all are stopped at the end."""
    with ExitStack() as stack:

        def start(*rules, queues=None, **given):
            script = Script(rules, queues, hang_seconds=1.0)
            return stack.enter_context(FakeClaude(script, **given))

        yield start


@pytest.fixture
def ask_in(asking, tmp_path):
    """A way to ask a server in a mode; gives the answers and the ledger."""
    with ExitStack() as stack:

        def in_mode(mode, n_usual):
            def asked(server, n=n_usual, **given):
                file = tmp_path / "a.sqlite"
                claude = stack.enter_context(
                    asking.open_claude(server.url, file, mode=mode, **given)
                )
                return list(claude.ask([asking.facet_request(i) for i in range(n)])), claude.ledger

            return asked

        yield in_mode
