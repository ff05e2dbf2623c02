"""What every page shows around its content: who looks, where they can go."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.codes import Language
from services.look.languages import LANGUAGES, OWN_NAMES
from services.look.words import N_


@dataclass(frozen=True)
class Viewer:
    """
    Who looks at a page, as far as the layout needs to know.

    ``role`` is a value of ``schemas.people.Role`` and decides the navigation. ``name`` stands in
    the header and is a unit, a region or a title rather than a person. ``waiting`` counts what
    needs an answer.
    """

    role: str
    name: str
    waiting: int = 0


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    path: str
    label: str
    roles: frozenset[str]
    holds: tuple[str, ...] = ()
    """Other paths that lie under it."""

    def reach(self, path: str) -> int:
        """How much of a path lies under this place; 0 when it is elsewhere."""
        return max((len(own) for own in (self.path, *self.holds) if _within(path, own)), default=0)


@dataclass(frozen=True)
class Page:
    """What the layout knows of the page being shown."""

    lang: Language
    path: str
    """Without the language, as ``/challenges/new``."""
    query: str = ""
    viewer: Viewer | None = None
    demo: bool = False

    @property
    def languages(self) -> list[tuple[Language, str, str]]:
        """The same page in each language: language, its own name, address."""
        query = f"?{self.query}" if self.query else ""
        return [(one, OWN_NAMES[one], address(one, self.path) + query) for one in LANGUAGES]

    @property
    def places(self) -> list[tuple[str, str, bool]]:
        """The navigation of the viewer's role: path, Finnish label, whether it is here."""
        role = self.viewer.role if self.viewer else ""
        shown = [place for place in PLACES if role in place.roles]
        here = max(shown, key=lambda place: place.reach(self.path), default=None)
        inside = here is not None and here.reach(self.path) > 0
        return [(place.path, place.label, inside and place is here) for place in shown]


def address(lang: Language, path: str) -> str:
    """Put the language before a path of ours, ``/fi/challenges/new``."""
    return f"/{lang}{path}" if path != "/" else f"/{lang}/"


def _within(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _for(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(roles)


PLACES = (
    Place("/", N_("Etusivu"), _for(["", "unit_member", "facilitator", "agent", "admin"])),
    Place(
        "/home",
        N_("Omat haasteet"),
        _for(["unit_member"]),
        holds=("/challenges", "/invitations"),
    ),
    Place("/challenges/new", N_("Ilmoita haaste"), _for(["unit_member"])),
    Place("/groups", N_("Ryhmät"), _for(["unit_member", "facilitator"])),
    Place("/proposals", N_("Ryhmäehdotukset"), _for(["facilitator"])),
    Place("/inbox", N_("Tiedoksiannot"), _for(["agent", "facilitator"])),
    Place("/area", N_("Oma alue"), _for(["agent"])),
    Place("/area", N_("Alueet"), _for(["facilitator"])),
    Place("/interfaces", N_("Rajapinnat"), _for(["", "admin"])),
)
"""In the order they are shown; the empty role is a reader who has not signed in."""
