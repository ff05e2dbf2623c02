"""Keys of other systems; only the digest of a key is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from schemas.people import Role
from services.kit.columns import Moment


def _when(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=nullable))


class ApiKey(SQLModel, table=True):
    """What a system may do: a role, for one unit where the role asks for one."""

    __tablename__ = "api_key"

    prefix: str = Field(primary_key=True)
    """Stands in the key itself, so that a key found somewhere can be told and revoked."""
    digest: str
    system: str
    """Name of the system, never of a person."""
    role: str
    unit_id: str = ""
    agent_id: str = ""
    may_write: bool = False
    made_at: datetime = _when(nullable=False)
    expires_at: datetime = _when(nullable=False)
    revoked_at: datetime | None = _when()
    used_at: datetime | None = _when()

    def works(self, now: datetime) -> bool:
        """Whether the key opens anything."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def for_role(self) -> Role:
        """The role in which the system acts."""
        return Role(self.role)
