"""Groups of bounded size from affinities, under every rule, stable and explained."""

from matcher.grouping.form import Grouping, form_groups
from matcher.grouping.graph import Features, affinity_graph
from matcher.grouping.recall import recall
from matcher.grouping.warm import warm

__all__ = ["Features", "Grouping", "affinity_graph", "form_groups", "recall", "warm"]
