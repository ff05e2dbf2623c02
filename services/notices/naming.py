"""What a notice is about, in words: the group's name and the tags beside it."""

from collections.abc import Iterable

from sqlmodel import Session

from schemas.codes import Language
from schemas.reasons import Concept
from services.challenges.themes import theme_names
from services.groups import queries as groups
from services.groups.errors import UnknownGroup
from services.groups.naming import concepts_name, group_name, plain
from services.groups.views import GroupView
from services.notices.tables import Notice

NAMED = 3
"""Concepts beside a group's themes."""


def group_of(session: Session, notice: Notice) -> GroupView | None:
    """Return the group that a notice is about, or None when there is none."""
    try:
        return groups.group(session, notice.group_id)
    except UnknownGroup:
        return None


def called(notice: Notice, group: GroupView | None, lang: Language) -> str:
    """Name a notice's group as invitations do; a proposal, after what it shares."""
    if group is not None:
        return group_name(group, lang)
    return concepts_name(_concepts(notice), lang)


def tags(notice: Notice, lang: Language) -> tuple[list[str], list[str]]:
    """Return the themes and the concepts to show; what both name is a theme, named once."""
    themes = _once(theme_names(notice.details.get("themes", []), lang))
    said = set(map(_key, themes))
    labels = _once(concept.label.text(lang) for concept in _concepts(notice))
    return themes, [label for label in labels if _key(label) not in said][:NAMED]


def _concepts(notice: Notice) -> list[Concept]:
    return [Concept.model_validate(one) for one in notice.details.get("concepts", [])]


def _once(labels: Iterable[str]) -> list[str]:
    """Labels without repeats, the first of each as it is written."""
    found: dict[str, str] = {}
    for label in labels:
        found.setdefault(_key(label), label)
    return list(found.values())


def _key(label: str) -> str:
    return plain(label).casefold()
