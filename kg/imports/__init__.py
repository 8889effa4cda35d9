"""
Graph data made from what others publish: reviews of claims in the words of schema.org.

Source: schema.org ClaimReview; docs/decisions/0011-claim-reviews-become-records-that-await-a-curator.md.
"""

from kg.imports.importing import Import, import_claim_reviews
from kg.imports.minting import slug
from kg.imports.report import ImportReport
from kg.imports.reviews import Options
from kg.imports.values import UnreadableError, read_language, read_url
from kg.imports.writing import GRAPH_FORMATS

__all__ = [
    "GRAPH_FORMATS",
    "Import",
    "ImportReport",
    "Options",
    "UnreadableError",
    "import_claim_reviews",
    "read_language",
    "read_url",
    "slug",
]
