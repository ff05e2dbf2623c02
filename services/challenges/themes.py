"""
Themes that a challenge may carry: data, from ``data/themes.tsv`` and an administrator's file.

``data/SOURCE.md`` tells where they come from; ``docs/themes.md`` how they are renamed, merged
and split. Keys stay for good in what was written with them: they are resolved when read.
"""

import csv
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

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


class Themes(NamedTuple):
    """Every theme there is or was, and what stands for those that are no more."""

    every: Mapping[str, Theme]
    into: Mapping[str, tuple[str, ...]]
    """One key for a theme that was merged, several for one that was split."""


@cache
def shipped() -> Mapping[str, Theme]:
    """Every theme that ships, by its key, in the order of the file."""
    text = files(__package__).joinpath("data", "themes.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({row["theme"]: _theme(row) for row in rows})


_arranged: list[Themes] = []


def arrange(arranged: Themes | None) -> None:
    """Have these themes from now on; None has those that ship."""
    _arranged[:] = [arranged] if arranged is not None else []


def _all() -> Themes:
    return _arranged[0] if _arranged else Themes(shipped(), {})


def themes() -> Mapping[str, Theme]:
    """Every theme that may be chosen, by its key."""
    every, into = _all()
    return MappingProxyType({key: theme for key, theme in every.items() if key not in into})


def current(keys: Iterable[str]) -> tuple[str, ...]:
    """
    Resolve keys that may be of old themes.

    A theme that was merged stands for the one it went into; one that was split stands for
    all that came of it, until the unit chooses. An unknown key stands for itself, so that
    what is written with it is never lost.
    """
    into = _all().into
    return tuple(dict.fromkeys(now for key in keys for now in into.get(key, (key,))))


def is_known(key: str) -> bool:
    """Whether a key is of a theme there is or was."""
    return key in _all().every


def theme_names(keys: Iterable[str], lang: str) -> list[str]:
    """Names of themes as they are now; an unknown key names itself."""
    found = _all().every
    return [found[key].name.text(lang) if key in found else key for key in current(keys)]


def theme_name(key: str, lang: str) -> str:
    """Return a theme's name in a language, else in Finnish; of one that was split, the names."""
    return ", ".join(theme_names([key], lang))


def _theme(row: Mapping[str, str]) -> Theme:
    return Theme.model_validate(
        {
            "key": row["theme"],
            "kind": row["kind"],
            "name": {"fi": row["fi"], "sv": row["sv"], "en": row["en"]},
        }
    )
