"""The one place where names and addresses of people live."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from services.kit.columns import Moment

LINK_LIFE = timedelta(minutes=10)


def _when(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=nullable))


class Person(SQLModel, table=True):
    """A contact person, facilitator or change agent: name, work e-mail, language."""

    __tablename__ = "access_person"

    id: str = Field(primary_key=True)
    name: str
    email: str = Field(unique=True)
    language: str = "fi"
    sample: bool = False
    made_at: datetime = _when(nullable=False)


class RoleRow(SQLModel, table=True):
    """A role of a person, for a unit or an agent where the role asks for one."""

    __tablename__ = "access_role"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id", "agent_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(index=True, foreign_key="access_person.id")
    role: str = Field(index=True)
    unit_id: str = Field(default="", index=True)
    agent_id: str = Field(default="", index=True)


class SignInLink(SQLModel, table=True):
    """A sign-in link that was mailed: only the digest of its token is kept."""

    __tablename__ = "access_sign_in_link"

    digest: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="access_person.id")
    made_at: datetime = _when(nullable=False)
    used_at: datetime | None = _when()

    def works(self, now: datetime) -> bool:
        """Whether the link lets its person in: unused, and no older than ten minutes."""
        return self.used_at is None and now - self.made_at <= LINK_LIFE


class InstallationMark(SQLModel, table=True):
    """What kind of installation this store belongs to: ``demo`` or ``production``."""

    __tablename__ = "access_installation"

    id: int = Field(default=1, primary_key=True)
    kind: str


class SignedIn(SQLModel, table=True):
    """A browser that is signed in, in one role; only the digest of its token is kept."""

    __tablename__ = "access_signed_in"

    digest: str = Field(primary_key=True)
    person_id: str = Field(index=True, foreign_key="access_person.id")
    role: str
    unit_id: str = ""
    agent_id: str = ""
    since: datetime = _when(nullable=False)
