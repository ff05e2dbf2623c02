"""Why: codes and values that screens put into words of the reader's language."""

from typing import Annotated

from pydantic import Field

from schemas.base import Names, Schema
from schemas.ids import Key, UnitId


class Concept(Schema):
    """A concept of the vocabulary, labelled in the three languages."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    label: Names
    theme: str = ""
    words: tuple[str, ...] = ()
    """The words of the texts that carried it, as written."""


class Reason(Schema):
    """
    One reason, for a group, a member or a challenge left out.

    ``code`` is a key of the catalogues (``reason.<code>``); the rest fills it.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z-]{2,40}$")]
    concepts: tuple[Concept, ...] = ()
    values: dict[str, float] = Field(default_factory=dict)
    """Numbers by name, with the unit in the name: ``distance_km``, ``fit``."""
    codes: tuple[str, ...] = ()
    """Languages, regions, stages or themes that the reason names."""
    challenges: tuple[Key, ...] = ()
    units: tuple[UnitId, ...] = ()
