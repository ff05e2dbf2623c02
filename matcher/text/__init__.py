"""Understanding texts: language, lemmas, concepts, vectors; likeness and why."""

from matcher.text.analysis import Analysis, SeenConcept, SeenToken, Suggestion, analyse
from matcher.text.background import percentile
from matcher.text.collection import Collection
from matcher.text.encode import encode_texts
from matcher.text.explanation import Explanation, Shared, explain
from matcher.text.fusion import fused_rows, similarity
from matcher.text.kept import Features, features
from matcher.text.search import Near, Search
from matcher.text.shelf import Shelf

__all__ = [
    "Analysis",
    "Collection",
    "Explanation",
    "Features",
    "Near",
    "Search",
    "SeenConcept",
    "SeenToken",
    "Shared",
    "Shelf",
    "Suggestion",
    "analyse",
    "encode_texts",
    "explain",
    "features",
    "fused_rows",
    "percentile",
    "similarity",
]
