"""The accessibility statement, kept in one data file for the three languages."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from schemas.base import Schema
from schemas.codes import Language

FILE = Path(__file__).parent / "data" / "accessibility.json"


class Gap(Schema):
    """What is known not to be accessible yet."""

    criterion: str
    fi: str
    sv: str
    en: str

    def text(self, lang: Language) -> str:
        """Tell the gap in a language."""
        told: str = getattr(self, lang)
        return told


class Supervisor(Schema):
    """The authority to turn to."""

    fi: str
    sv: str
    en: str
    site: str

    def name(self, lang: Language) -> str:
        """Name the authority in a language."""
        told: str = getattr(self, lang)
        return told


class Statement(Schema):
    """The statement of Act 306/2019, section 7."""

    assessed_on: date
    state: Literal["full", "partial", "none"]
    method: Literal["self", "outside"]
    tools: tuple[str, ...]
    gaps: tuple[Gap, ...]
    supervisor: Supervisor


@cache
def statement() -> Statement:
    """Read the statement."""
    return Statement.model_validate(json.loads(FILE.read_text(encoding="utf-8")))
