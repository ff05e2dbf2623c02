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

    ``role`` decides the navigation; ``name`` stands in the header and is a unit, a region or
    a title rather than a person. ``waiting`` counts what needs an answer.
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
        here = max((p.path for p in shown if _within(self.path, p.path)), key=len, default="")
        return [(place.path, place.label, place.path == here) for place in shown]


def address(lang: Language, path: str) -> str:
    """Put the language before a path of ours, ``/fi/challenges/new``."""
    return f"/{lang}{path}" if path != "/" else f"/{lang}/"


def _within(path: str, place: str) -> bool:
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _for(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(roles)


PLACES = (
    Place("/", N_("Etusivu"), _for(["", "unit", "facilitator", "agent", "admin"])),
    Place("/home", N_("Omat haasteet"), _for(["unit"])),
    Place("/challenges/new", N_("Ilmoita haaste"), _for(["unit"])),
    Place("/groups", N_("Ryhmät"), _for(["unit", "facilitator"])),
    Place("/proposals", N_("Ryhmäehdotukset"), _for(["facilitator"])),
    Place("/inbox", N_("Ilmoitukset"), _for(["agent"])),
    Place("/area", N_("Oma alue"), _for(["agent"])),
    Place("/interfaces", N_("Rajapinnat"), _for(["", "admin"])),
)
"""In the order they are shown; the empty role is a reader who has not signed in."""
