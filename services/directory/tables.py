"""Rows of the directory: units with their business ids, agents with their territories."""

from datetime import date

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from schemas.agents import AgentCard, Territory
from schemas.base import Names
from schemas.codes import SizeClass, UnitKind
from schemas.units import BusinessId, Location, UnitDraft, UnitProfile, UnitStatus


class UnitRow(SQLModel, table=True):
    """A procurement unit."""

    __tablename__ = "directory_unit"

    id: str = Field(primary_key=True)
    version: int
    kind: str
    name_fi: str = Field(index=True)
    name_sv: str = ""
    name_en: str = ""
    municipality: str | None = None
    regions: list[str] = Field(sa_column=Column(JSON, nullable=False))
    languages: list[str] = Field(sa_column=Column(JSON, nullable=False))
    size_class: str | None = None
    lat: float | None = None
    lon: float | None = None
    status: str = UnitStatus.ACTIVE

    @classmethod
    def from_draft(cls, unit_id: str, draft: UnitDraft, version: int) -> "UnitRow":
        """Make the row that a draft describes."""
        return cls(
            id=unit_id,
            version=version,
            kind=draft.kind,
            name_fi=draft.name.fi,
            name_sv=draft.name.sv,
            name_en=draft.name.en,
            municipality=draft.municipality,
            regions=list(draft.regions),
            languages=list(draft.languages),
            size_class=draft.size_class,
            lat=draft.location.lat if draft.location else None,
            lon=draft.location.lon if draft.location else None,
        )

    def profile(self, business_ids: tuple[BusinessId, ...] = ()) -> UnitProfile:
        """Return the unit as others know it."""
        located = self.lat is not None and self.lon is not None
        return UnitProfile(
            id=self.id,
            version=self.version,
            kind=UnitKind(self.kind),
            name=Names(fi=self.name_fi, sv=self.name_sv, en=self.name_en),
            business_ids=business_ids,
            regions=tuple(self.regions),
            municipality=self.municipality,
            languages=tuple(self.languages),
            size_class=SizeClass(self.size_class) if self.size_class else None,
            location=Location(lat=self.lat, lon=self.lon) if located else None,
            status=UnitStatus(self.status),
        )


class BusinessIdRow(SQLModel, table=True):
    """A business id that was a unit's for a time."""

    __tablename__ = "directory_business_id"

    unit_id: str = Field(primary_key=True, foreign_key="directory_unit.id")
    y_tunnus: str = Field(primary_key=True, index=True)
    valid_from: date | None = None
    valid_to: date | None = None

    def value(self) -> BusinessId:
        """Return the id with its dates."""
        return BusinessId(
            y_tunnus=self.y_tunnus, valid_from=self.valid_from, valid_to=self.valid_to
        )


class AgentRow(SQLModel, table=True):
    """A change agent: a host organisation that looks after regions."""

    __tablename__ = "directory_agent"

    id: str = Field(primary_key=True)
    version: int
    host_fi: str
    host_sv: str = ""
    host_en: str = ""
    sample: bool = False

    def card(self, territories: tuple[Territory, ...]) -> AgentCard:
        """Return the agent as others know it."""
        return AgentCard(
            id=self.id,
            version=self.version,
            host=Names(fi=self.host_fi, sv=self.host_sv, en=self.host_en),
            territories=territories,
            sample=self.sample,
        )


class TerritoryRow(SQLModel, table=True):
    """A region held by an agent from one day to another."""

    __tablename__ = "directory_territory"

    agent_id: str = Field(primary_key=True, foreign_key="directory_agent.id")
    region: str = Field(primary_key=True, index=True)
    starts: date = Field(primary_key=True)
    ends: date | None = None

    def value(self) -> Territory:
        """Return the region with its dates."""
        return Territory(region=self.region, starts=self.starts, ends=self.ends)
