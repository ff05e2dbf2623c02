"""Coded values. Regions and themes are data: only their form is checked here."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

Language = Literal["fi", "sv", "en"]
"""A language of the service."""
TextLanguage = Literal["fi", "sv", "en", ""]
"""The language of a text; empty means unknown, and it is detected."""

RegionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{2}$"),
    Field(description="region (maakunta), two-digit code of Statistics Finland"),
]
MunicipalityCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{3}$"),
    Field(description="municipality, three-digit code of Statistics Finland"),
]
ThemeKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$"),
    Field(description="key of a theme: lower-case letters, digits and _"),
]
CpvCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8}$"),
    Field(description="code of the Common Procurement Vocabulary 2008, without check digit"),
]


class UnitKind(StrEnum):
    """Kinds of contracting authorities and entities (Act 1397/2016, section 5)."""

    MUNICIPALITY = "municipality"
    WELLBEING_COUNTY = "wellbeing_services_county"
    JOINT_AUTHORITY = "joint_municipal_authority"
    REGIONAL_COUNCIL = "regional_council"
    REGIONAL_GOVERNMENT = "regional_government"
    MINISTRY = "ministry"
    STATE_AGENCY = "state_agency"
    STATE_REGIONAL_AGENCY = "state_regional_agency"
    STATE_ENTERPRISE = "state_enterprise"
    PUBLIC_LAW_BODY = "public_law_body"
    UNIVERSITY = "university"
    APPLIED_SCIENCES = "university_of_applied_sciences"
    PUBLIC_COMPANY = "public_company_or_contracting_entity"
    PURCHASING_BODY = "central_purchasing_body"
    PARISH = "parish"


class SizeClass(StrEnum):
    """Residents served: XS under 2,000, S 6,000, M 20,000, L 50,000, XL 100,000."""

    XS = "XS"
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"
    XXL = "XXL"


class Stage(StrEnum):
    """How far the procurement is."""

    IDEA = "idea"
    PREPARING = "preparing"
    TENDERING = "tendering"
    CONTRACT = "contract"


class Urgency(StrEnum):
    """When peers are wanted."""

    NOW = "now"
    MONTHS_3 = "months_3"
    MONTHS_6 = "months_6"
    YEAR = "year"


class Visibility(StrEnum):
    """Who may see the challenge and the unit's name beside it."""

    OWN_UNIT = "own_unit"
    MY_REGION = "my_region"
    ALL_UNITS = "all_units"
    PUBLIC = "public"


class MeetingMode(StrEnum):
    """How the unit can meet."""

    REMOTE = "remote"
    ONSITE = "onsite"
    EITHER = "either"
