"""The compiled inner loops of group forming; ``matcher.grouping.plain`` is their twin."""
