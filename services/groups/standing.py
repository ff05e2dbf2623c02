"""All that stands on the facilitators' board, narrowed to what the filters ask for."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlmodel import Session

from schemas.codes import Language
from services.challenges import queries as challenges
from services.challenges.themes import current
from services.directory import queries as directory
from services.groups import queries
from services.groups.outlines import Outline, outlines
from services.kit.forms import Form


class Standing(NamedTuple):
    """Proposals in outline, the most coherent first, and the challenges in none, oldest first."""

    proposals: list[Outline]
    unplaced: list[str]


def standing(session: Session, lang: Language, filters: Form) -> Standing:
    """Return what the filters ask for: words of units and titles, a theme, a region."""
    placed = queries.placed(session)
    unplaced = [key for key in challenges.open_ids(session) if key not in placed]
    found = Standing(outlines(session), unplaced)
    text = filters.text("search").strip().casefold()
    theme, region = filters.text("theme"), filters.text("region")
    if not (text or theme or region):
        return found
    titles, units = challenges.open_titles(session), directory.faces(session)

    def wanted(keys: Iterable[str], themes: Iterable[str]) -> bool:
        seats = [(titles[key], units[titles[key].unit_id]) for key in keys if key in titles]
        words = " ".join(f"{unit.name.text(lang)} {said.title}" for said, unit in seats)
        here = not region or any(region in unit.regions for _, unit in seats)
        return here and text in words.casefold() and (not theme or theme in themes)

    def themes_of(*keys: str) -> set[str]:
        return {theme for key in keys if key in titles for theme in titles[key].themes}

    def suits(one: Outline) -> bool:
        keys = [seat.challenge_id for seat in one.seats]
        return wanted(keys, current({*one.themes, *themes_of(*keys)}))

    return Standing(
        [one for one in found.proposals if suits(one)],
        [key for key in unplaced if wanted([key], themes_of(key))],
    )
