"""What each conversation asks for, in which language, and how the two sides work together."""

from taxonomy.facets.extract import extract_facets
from taxonomy.facets.schema import (
    FACET_COLUMNS,
    FACETS,
    STATUSES,
    Facet,
)

__all__ = [
    "FACETS",
    "FACET_COLUMNS",
    "STATUSES",
    "Facet",
    "extract_facets",
]
