"""The compiled inner loops of searching many texts; ``matcher.text.plain`` is their twin."""
