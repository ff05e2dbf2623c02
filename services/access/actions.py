"""Who may come in, and as whom."""

from datetime import UTC, datetime
from secrets import token_urlsafe

from sqlmodel import Session, select

from schemas.ids import new_key
from schemas.people import Role
from services.access import queries
from services.access.errors import LinkSpent, WrongInstallation
from services.access.sessions import digest
from services.access.tables import LINK_LIFE, InstallationMark, Person, RoleRow, SignInLink
from services.kit.letters import write_letter

MOST_LINKS = 5
"""In the life of one: nobody's mailbox is filled by another's typing."""


def add_person(
    session: Session,
    name: str,
    email: str,
    language: str = "fi",
    *,
    person_id: str | None = None,
    sample: bool = False,
) -> str:
    """Store a person, or take over a new name and language; return the person's key."""
    address = email.strip().lower()
    row = session.exec(select(Person).where(Person.email == address)).first()
    if row is None:
        row = Person(
            id=person_id or new_key("pe"),
            name=name,
            email=address,
            sample=sample,
            made_at=datetime.now(UTC),
        )
    row.name, row.language = name, language
    session.add(row)
    session.flush()
    return row.id


def give_role(
    session: Session, person_id: str, role: Role, *, unit_id: str = "", agent_id: str = ""
) -> None:
    """Give a person a role, once."""
    known = session.exec(
        select(RoleRow).where(
            RoleRow.person_id == person_id,
            RoleRow.role == role,
            RoleRow.unit_id == unit_id,
            RoleRow.agent_id == agent_id,
        )
    ).first()
    if known is None:
        session.add(RoleRow(person_id=person_id, role=role, unit_id=unit_id, agent_id=agent_id))


def make_link(session: Session, email: str) -> tuple[str, str] | None:
    """Return (person key, token) of a new sign-in link, None for an unknown address."""
    row = session.exec(select(Person).where(Person.email == email.strip().lower())).first()
    if row is None:
        return None
    token = token_urlsafe(32)
    link = SignInLink(digest=digest(token), person_id=row.id, made_at=datetime.now(UTC))
    session.add(link)
    return row.id, token


def send_link(session: Session, email: str, back: str = "") -> None:
    """
    Write a sign-in letter to the person who has the address; nobody is told whether there is one.

    Parameters
    ----------
    back
        Path to return to after signing in.
    """
    recent = queries.links_since(session, email, datetime.now(UTC) - LINK_LIFE)
    if recent >= MOST_LINKS:
        return
    made = make_link(session, email)
    if made is not None:
        person_id, token = made
        details = {"token": token, "back": back}
        write_letter(session, f"sign-in-{digest(token)[:24]}", person_id, "sign-in", details)


def use_link(session: Session, token: str) -> str:
    """
    Spend a sign-in link and return the person's key.

    Raises
    ------
    LinkSpent
        When it was used, is older than ten minutes, or never was.
    """
    link = session.get(SignInLink, digest(token), with_for_update=True)
    now = datetime.now(UTC)
    if link is None or not link.works(now):
        raise LinkSpent
    link.used_at = now
    session.add(link)
    return link.person_id


def mark_installation(session: Session, kind: str) -> None:
    """
    Say what kind of installation the store is, the first time; afterwards insist on it.

    The demonstration lets anybody choose a role, so it never runs on a production store,
    and production never serves a demonstration's made-up people.

    Raises
    ------
    WrongInstallation
        When the store belongs to the other kind.
    """
    known = queries.installation(session)
    if known and known != kind:
        raise WrongInstallation(f"the store is of a {known} installation, this is {kind}")
    if not known:
        session.add(InstallationMark(id=1, kind=kind))
