"""Settings and environment in, the Claude that a run asks out, or None for the offline rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from taxonomy.claude.ask import Claude
from taxonomy.claude.connection import connect, is_configured
from taxonomy.settings import Settings


def open_claude(
    settings: Settings,
    ledger: Path,
    environ: Mapping[str, str],
    *,
    budget: float | None,
    run: str,
    say: Callable[[str], None],
) -> Claude | None:
    """Claude, if `settings.llm` has it asked.

    `auto` asks Claude only where a key or an address is given. `claude` without a key answers
    from the ledger alone, so that a run can be repeated by whoever has the ledger.

    Raises
    ------
    ClaudeError
        Claude is wanted, and there is neither a key nor a ledger.
    LedgerError
        The file is no ledger.
    """
    known = is_configured(settings.claude, environ)
    if settings.llm == "offline" or (settings.llm == "auto" and not known):
        return None
    is_replay = not known and ledger.exists()
    connection = None if is_replay else connect(settings.claude, environ)
    return Claude(ledger, connection, settings.claude, budget=budget, run=run, say=say)
