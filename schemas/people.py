"""Who acts: keys and roles only, never a name or an address."""

from enum import StrEnum

from schemas.base import Schema
from schemas.codes import Language
from schemas.ids import AgentId, PersonId, UnitId


class Role(StrEnum):
    """What a person may do."""

    UNIT_MEMBER = "unit_member"
    FACILITATOR = "facilitator"
    AGENT = "agent"
    ADMIN = "admin"


class Visitor(Schema):
    """The person behind a request, in the role chosen at sign-in."""

    person_id: PersonId
    role: Role
    unit_id: UnitId | None = None
    agent_id: AgentId | None = None
    language: Language = "fi"


class Member(Schema):
    """A person who acts for a unit."""

    person_id: PersonId
    unit_id: UnitId


class Facilitator(Schema):
    """A person who decides on proposals."""

    person_id: PersonId


class AgentPerson(Schema):
    """A person who works as a change agent."""

    person_id: PersonId
    agent_id: AgentId
