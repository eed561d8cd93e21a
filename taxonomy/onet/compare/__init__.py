"""A taxonomy beside O*NET: coverage, novelty, blind spots, representation, agreement."""

from taxonomy.onet.compare.comparison import Comparison, check_replaceable
from taxonomy.onet.compare.iwa_usage import read_iwa_usage
from taxonomy.onet.compare.report import compare

__all__ = ["Comparison", "check_replaceable", "compare", "read_iwa_usage"]
