"""CPV codes and themes that people choose, as columns beside the concepts of the text."""

from collections.abc import Iterable

from matcher.text.cpv import cpv
from matcher.text.vocabulary import vocabulary

CPV_FIRST, THEME_FIRST, COLUMNS = 1 << 15, 3 << 14, 1 << 16
"""Concepts take the columns below ``CPV_FIRST``, codes those from it, themes the last."""
CODE, UP, THEME = 6.0, 0.6, 5.0
"""Weight of a chosen code, share that each code above it gets, weight of a chosen theme."""


def code_weights(chosen: Iterable[str]) -> dict[int, float]:
    """Columns and weights of chosen codes, those above them included."""
    known = cpv()
    weights: dict[int, float] = {}
    for code in chosen:
        row, weight = known.row_of.get(code, -1), CODE
        while row >= 0:
            weights[CPV_FIRST + row] = max(weight, weights.get(CPV_FIRST + row, 0.0))
            row, weight = int(known.parent[row]), weight * UP
    return weights


def theme_weights(chosen: Iterable[str]) -> dict[int, float]:
    """Columns and weights of chosen themes; an old one counts as those that stand for it."""
    known = vocabulary()
    keys = [theme.key for theme in known.themes]
    now = (theme for old in chosen for theme in known.now(old))
    return {THEME_FIRST + keys.index(theme): THEME for theme in now if theme in keys}
