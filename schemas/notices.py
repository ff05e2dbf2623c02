"""What agents and the centre are told of."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Event
from schemas.codes import RegionCode, ThemeKey
from schemas.ids import AgentId, GroupId, Key
from schemas.reasons import Concept


class Nearness(StrEnum):
    """How a match lies to an agent's territory, nearest first."""

    OWN = "own"
    NEIGHBOUR = "neighbour"
    DISTANCE = "distance"
    CENTRE = "centre"
    """No agent holds the region: the centre is told."""


class RegionTold(Event):
    """
    A group starts in or near a region: what agents and other systems subscribe to.

    Published on ``piiri.notices.region.<code>``; carries region, theme and status only,
    since an agent's host may be a company.
    """

    fact = "notices.region"
    notice_id: Key
    region: RegionCode
    group_id: GroupId
    agent_id: AgentId | None = None
    """None: no agent holds the region, and the centre was told."""
    nearness: Nearness
    distance_km: Annotated[float, Field(ge=0)] = 0.0
    themes: tuple[ThemeKey, ...] = ()
    concepts: tuple[Concept, ...] = ()

    @property
    def key(self) -> str:
        """The region's code."""
        return self.region
