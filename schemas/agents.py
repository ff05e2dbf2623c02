"""Change agents: organisations that look after regions for a time."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from schemas.base import Event, OrganisationNames, Schema
from schemas.codes import RegionCode
from schemas.ids import AgentId


class Territory(Schema):
    """A region that an agent holds, first and last day included; None is open."""

    region: RegionCode
    starts: date
    ends: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Territory":
        if self.ends is not None and self.ends < self.starts:
            raise ValueError(f"the territory of {self.region} ends before it starts")
        return self

    def holds(self, day: date) -> bool:
        """Whether the region is held on a day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


class AgentDraft(Schema):
    """A change agent as appointed: the host is an organisation, the person is elsewhere."""

    id: AgentId | None = None
    host: OrganisationNames
    territories: Annotated[tuple[Territory, ...], Field(min_length=1, max_length=40)]


class AgentCard(AgentDraft):
    """A change agent as others know it; two regions, one agent."""

    id: AgentId
    version: int = 1
    sample: bool = False

    def regions(self, day: date) -> frozenset[str]:
        """The regions held on a day."""
        return frozenset(t.region for t in self.territories if t.holds(day))


class AgentAppointed(Event):
    """An agent was appointed or its territories changed; the event carries all."""

    fact = "directory.agent_appointed"
    agent: AgentCard

    @property
    def key(self) -> str:
        """The agent's id."""
        return self.agent.id
