"""What a run would ask of Claude and what that costs, before anything is sent.

Every figure is a range: lowest, expected, highest. What it rests on is said beside it.
"""

from taxonomy.estimate.figures import Estimate, Line, Range
from taxonomy.estimate.make import estimate_files, estimate_tokens_each
from taxonomy.estimate.words import explain

__all__ = ["Estimate", "Line", "Range", "estimate_files", "estimate_tokens_each", "explain"]
