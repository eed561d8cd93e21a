"""Ask Claude, never pay twice: requests in, checked answers out, every cent in one ledger."""

from taxonomy.claude.ask import Claude
from taxonomy.claude.connection import connect, is_configured
from taxonomy.claude.opening import open_claude
from taxonomy.claude.prompt import Prompt, load_prompt
from taxonomy.claude.records import STATUSES, Answer, Asker, Request
from taxonomy.claude.upkeep import Spending, spending

__all__ = [
    "STATUSES",
    "Answer",
    "Asker",
    "Claude",
    "Prompt",
    "Request",
    "Spending",
    "connect",
    "is_configured",
    "load_prompt",
    "open_claude",
    "spending",
]
