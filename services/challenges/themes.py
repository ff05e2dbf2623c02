"""
Themes that a challenge may carry: data, read once from ``data/themes.tsv``.

``data/SOURCE.md`` tells where they come from.
"""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from schemas.base import Names, Schema
from schemas.codes import ThemeKey


class ThemeKind(StrEnum):
    """What a theme is about."""

    ISSUE = "issue"
    """How one buys."""
    OBJECT = "object"
    """What one buys."""


class Theme(Schema):
    """A theme with its names."""

    key: ThemeKey
    kind: ThemeKind
    name: Names


@cache
def themes() -> Mapping[str, Theme]:
    """Every theme by its key, in the order of the file."""
    text = files(__package__).joinpath("data", "themes.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row["theme"]: _theme(row) for row in rows})


def theme_name(key: str, lang: str) -> str:
    """
    Return a theme's name in a language, else in Finnish.

    A key that is a theme no more names itself: themes may be renamed or merged, and what
    was written with the old ones must still show.
    """
    found = themes().get(key)
    return found.name.text(lang) if found else key


def _theme(row: Mapping[str, str]) -> Theme:
    return Theme.model_validate(
        {
            "key": row["theme"],
            "kind": row["kind"],
            "name": {"fi": row["fi"], "sv": row["sv"], "en": row["en"]},
        }
    )
