"""Procurement units: who they are, and what is announced of them."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.base import Event, OrganisationNames, Schema
from schemas.codes import Language, MunicipalityCode, RegionCode, SizeClass, UnitKind
from schemas.ids import UnitId

Y_TUNNUS_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)


def checked_y_tunnus(value: str) -> str:
    """
    Check a business id (Y-tunnus), form ``1234567-8``.

    The check digit is ``(11 - sum mod 11) mod 11`` of the weighted digits; ids whose
    remainder is 1 are never given out (Finnish Patent and Registration Office).

    Raises
    ------
    ValueError
        When the form or the check digit is wrong.
    """
    digits, dash, check = value.partition("-")
    if not (
        dash
        and len(digits) == 7
        and len(check) == 1
        and value.replace("-", "").isascii()
        and digits.isdigit()
        and check.isdigit()
    ):
        raise ValueError(f"a Y-tunnus is seven digits, a dash and a check digit, got {value!r}")
    rest = sum(w * int(d) for w, d in zip(Y_TUNNUS_WEIGHTS, digits, strict=True)) % 11
    if rest == 1 or (11 - rest) % 11 != int(check):
        raise ValueError(f"the check digit of the Y-tunnus {value!r} is wrong")
    return value


YTunnus = Annotated[
    str,
    AfterValidator(checked_y_tunnus),
    Field(description="Y-tunnus: seven digits, a dash and the check digit"),
]


class UnitStatus(StrEnum):
    """Whether the unit takes part."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


class BusinessId(Schema):
    """A Y-tunnus with the time it was the unit's: an attribute, never the key."""

    y_tunnus: YTunnus
    valid_from: date | None = None
    valid_to: date | None = None


class Location(Schema):
    """WGS84 degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class UnitDraft(Schema):
    """What comes in when a unit is registered or its profile revised."""

    id: UnitId | None = None
    """A stable key of the sender's; one is made when there is none."""
    kind: UnitKind
    name: OrganisationNames
    business_ids: tuple[BusinessId, ...] = ()
    regions: Annotated[tuple[RegionCode, ...], Field(max_length=21)] = ()
    """Regions served; none means the whole country."""
    municipality: MunicipalityCode | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=3)]
    """Working languages, the main one first."""
    size_class: SizeClass | None = None
    location: Location | None = None


class UnitProfile(UnitDraft):
    """A unit as others know it."""

    id: UnitId
    version: Annotated[int, Field(ge=1)] = 1
    """Counts the events of this unit, its challenges' included."""
    status: UnitStatus = UnitStatus.ACTIVE


class UnitEvent(Event):
    """A fact about one unit, ordered among the unit's facts by its version."""

    unit_version: Annotated[int, Field(ge=0)] = 0

    @property
    def key(self) -> str:
        """The unit's id."""
        return self.unit.id  # type: ignore[attr-defined,no-any-return]  # children carry it


class UnitJoined(UnitEvent):
    """A unit joined the service."""

    fact = "directory.joined"
    unit: UnitProfile


class ProfileRevised(UnitEvent):
    """A unit's profile changed; the event carries all of it."""

    fact = "directory.revised"
    unit: UnitProfile
