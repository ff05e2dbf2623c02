"""What can be asked of people: keys and roles for all, addresses for the letters alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from schemas.people import Role, Visitor
from services.access.tables import InstallationMark, Person, RoleRow, SignInLink


@dataclass(frozen=True)
class Addressee:
    """Whom a letter goes to."""

    person_id: str
    name: str
    email: str
    language: str


def visitors(session: Session, person_id: str) -> list[Visitor]:
    """Return the roles that a person can take."""
    person = session.get(Person, person_id)
    if person is None:
        return []
    rows = session.exec(
        select(RoleRow).where(RoleRow.person_id == person_id).order_by(col(RoleRow.id))
    ).all()
    return [
        Visitor(
            person_id=person_id,
            role=Role(row.role),
            unit_id=row.unit_id or None,
            agent_id=row.agent_id or None,
            language=person.language,
        )
        for row in rows
    ]


def name_of(session: Session, person_id: str) -> str:
    """Return a person's name, empty when the person is gone."""
    person = session.get(Person, person_id)
    return person.name if person is not None else ""


def addressee(session: Session, person_id: str) -> Addressee | None:
    """Return where to write to a person, or None when the person is gone."""
    row = session.get(Person, person_id)
    return Addressee(row.id, row.name, row.email, row.language) if row is not None else None


def people_with(
    session: Session, role: Role, *, unit_ids: Iterable[str] = (), agent_id: str = ""
) -> list[tuple[str, str]]:
    """Return (person key, unit key) of those who have a role, for units or for an agent."""
    wanted = select(RoleRow).where(RoleRow.role == role)
    units = list(unit_ids)
    if units:
        wanted = wanted.where(col(RoleRow.unit_id).in_(units))
    if agent_id:
        wanted = wanted.where(RoleRow.agent_id == agent_id)
    rows = session.exec(wanted.order_by(RoleRow.person_id)).all()
    return [(row.person_id, row.unit_id) for row in rows]


def link_holder(session: Session, digest: str, now: datetime) -> str | None:
    """Return the key of whom a sign-in link lets in, by the digest of its token."""
    link = session.get(SignInLink, digest)
    return link.person_id if link is not None and link.works(now) else None


def links_since(session: Session, email: str, moment: datetime) -> int:
    """Return how many sign-in links an address was sent since a moment."""
    rows = session.exec(
        select(SignInLink)
        .join(Person, col(Person.id) == col(SignInLink.person_id))
        .where(Person.email == email.strip().lower(), col(SignInLink.made_at) > moment)
    ).all()
    return len(rows)


def installation(session: Session) -> str:
    """Return what kind of installation the store belongs to, empty when it is new."""
    mark = session.get(InstallationMark, 1)
    return mark.kind if mark is not None else ""
