"""A stand-in for Anthropic's API on this machine: as strict, as unreliable, and free.

It answers by the offline rules, so that a whole run can be tried without a key, and counts what it
would have billed, so that a test can say that nothing was paid twice.
"""

from taxonomy.claude.fake.faults import FAULTS, Rule, Script
from taxonomy.claude.fake.question import request_digest
from taxonomy.claude.fake.server import FakeClaude

__all__ = ["FAULTS", "FakeClaude", "Rule", "Script", "request_digest"]
