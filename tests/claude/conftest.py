from __future__ import annotations

import pytest

from taxonomy.claude.ledger import Ledger, Sending


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "answers.sqlite") as opened:
        yield opened


def _sending(name, *, usd=0.5, about=(), step="first", version="v1"):
    key = name.encode().ljust(32, b".")
    return Sending(key, step, usd, "facets", "claude-haiku-5-5", version, tuple(about))


@pytest.fixture
def sending():
    return _sending
