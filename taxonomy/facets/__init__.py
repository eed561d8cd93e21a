"""What each conversation asks for, in which language, and how the two sides work together."""

from taxonomy.facets.extract import extract_facets
from taxonomy.facets.schema import (
    AUGMENTATION,
    AUTOMATION,
    COLLABORATIONS,
    FACET_COLUMNS,
    FACETS,
    STATUSES,
    Facet,
)

__all__ = [
    "AUGMENTATION",
    "AUTOMATION",
    "COLLABORATIONS",
    "FACETS",
    "FACET_COLUMNS",
    "STATUSES",
    "Facet",
    "extract_facets",
]
