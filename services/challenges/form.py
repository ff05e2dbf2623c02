"""The form of a challenge: what it offers to choose from, and what comes out of it."""

from typing import Any

from sqlmodel import Session

from schemas.challenges import ChallengeDraft, ChallengePatch
from schemas.codes import Language, MeetingMode, Stage, Urgency, Visibility
from schemas.units import UnitProfile
from services.challenges.beside import NOTHING
from services.challenges.themes import themes
from services.directory import queries as directory
from services.kit.forms import Form

FIELDS = (
    "title",
    "text",
    "themes",
    "stage",
    "seeks",
    "offers",
    "maturity",
    "urgency",
    "visibility",
    "meeting_mode",
    "working_languages",
    "until",
)
"""What the form asks; language and CPV codes come by the other ways in."""


def form_values(
    session: Session,
    form: Form,
    unit_id: str,
    lang: Language,
    *,
    editing: str = "",
    version: int = 0,
) -> dict[str, Any]:
    """Return what ``challenges/new.html`` shows, before anything is known of peers."""
    return {
        **NOTHING,
        "form": form,
        "unit": unit_values(directory.unit(session, unit_id), lang),
        "themes": theme_choices(lang),
        "stages": Stage,
        "urgencies": Urgency,
        "modes": MeetingMode,
        "visibilities": Visibility,
        "editing": editing,
        "version": version,
        "saved": False,
    }


def unit_values(unit: UnitProfile, lang: Language) -> dict[str, Any]:
    """Return what pages show of a unit beside its challenges."""
    region = next(iter(unit.regions), "")
    return {"name": unit.name.text(lang), "region": region, "kind": unit.kind}


def theme_choices(lang: Language) -> list[tuple[str, str]]:
    """List the themes by name, as the choices of a form."""
    named = ((key, theme.name.text(lang)) for key, theme in themes().items())
    return sorted(named, key=lambda choice: choice[1])


def draft_of(form: Form) -> ChallengeDraft:
    """
    Read the form.

    Raises
    ------
    Misfilled
        With every complaint; a field that the form does not have is one.
    """
    return form.into(ChallengeDraft)


def patch_of(draft: ChallengeDraft) -> ChallengePatch:
    """Change every field that the form asks, the emptied ones too, and no other."""
    return ChallengePatch(**{name: getattr(draft, name) for name in FIELDS})
