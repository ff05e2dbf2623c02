"""Groups of bounded size from affinities, under every rule, stable and explained."""

from matcher.grouping.form import Grouping, form_groups
from matcher.grouping.warm import warm

__all__ = ["Grouping", "form_groups", "warm"]
