"""What each conversation asks for, in which language, and how the two sides work together."""

from taxonomy.facets.by_claude import (
    FacetRequests,
    count_asked,
    extract_facets_by_claude,
    facet_prompt_version,
    facet_request,
)
from taxonomy.facets.extract import answer_by_rules, extract_facets
from taxonomy.facets.schema import (
    FACET_COLUMNS,
    FACETS,
    STATUSES,
    USE_CASES,
    Facet,
    refuse_own_facets,
)
from taxonomy.facets.transcript import estimate_tokens

__all__ = [
    "FACETS",
    "FACET_COLUMNS",
    "STATUSES",
    "USE_CASES",
    "Facet",
    "FacetRequests",
    "answer_by_rules",
    "count_asked",
    "estimate_tokens",
    "extract_facets",
    "extract_facets_by_claude",
    "facet_prompt_version",
    "facet_request",
    "refuse_own_facets",
]
