"""What a line of a file does: something new, a change, or nothing."""

from base64 import b32encode
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Session

from schemas.agents import AgentDraft
from schemas.challenges import ChallengeDraft, ChallengePatch
from schemas.people import Member
from schemas.pool_lines import ChallengeLine, UnitLine
from schemas.units import UnitDraft
from services.challenges.actions import register_challenge, revise_challenge
from services.challenges.errors import ChallengeIdTaken
from services.challenges.queries import cards_by_id
from services.directory.actions import appoint_agent, welcome_unit
from services.directory.queries import agents, find_unit
from services.loading.lines import AgentLine, Line
from services.loading.tables import LoadedLine

LOADER = "file-load"
"""Who registers what a file says; no person."""


class Outcome(StrEnum):
    """What a line did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


def key_of(line: Line) -> str:
    """
    The key by which a line is known again.

    Without an id of the sender's it follows from what makes the line what it is: the unit
    and title of a challenge, kind and name of a unit, the host of an agent.
    """
    if line.id is not None:
        return line.id
    if isinstance(line, ChallengeLine):
        return _from_content("ch", line.unit_id, line.title.casefold())
    if isinstance(line, UnitLine):
        return _from_content("un", line.kind, line.name.fi.casefold())
    return _from_content("ag", line.host.fi.casefold())


def digest_of(line: Line) -> str:
    """Tell one content of a line from another."""
    return sha256(line.model_dump_json().encode()).hexdigest()


def load_line(session: Session, line: Line) -> Outcome:
    """
    Do what a line says, unless it said the same when it was last loaded.

    Raises
    ------
    PiiriError
        Of the action: an unknown unit, theme or region, a title that is open already …
    """
    key = key_of(line)
    name, digest = f"{line.type}:{key}", digest_of(line)
    seen = session.get(LoadedLine, name)
    if seen is not None and seen.digest == digest:
        return Outcome.SAME
    outcome = _load(session, key, line)
    row = seen or LoadedLine(key=name, digest=digest, loaded_at=datetime.now(UTC))
    row.digest, row.loaded_at = digest, datetime.now(UTC)
    session.add(row)
    session.flush()
    return outcome


def _load(session: Session, key: str, line: Line) -> Outcome:
    if isinstance(line, UnitLine):
        return _load_unit(session, key, line)
    if isinstance(line, ChallengeLine):
        return _load_challenge(session, key, line)
    return _load_agent(session, key, line)


def _load_unit(session: Session, key: str, line: UnitLine) -> Outcome:
    known = find_unit(session, key)
    fields = {name: getattr(line, name) for name in UnitDraft.model_fields} | {"id": key}
    made = welcome_unit(session, UnitDraft(**fields))
    return _outcome(known.version if known else None, made.version)


def _load_challenge(session: Session, key: str, line: ChallengeLine) -> Outcome:
    member = Member(person_id=LOADER, unit_id=line.unit_id)
    fields = {name: getattr(line, name) for name in ChallengeDraft.model_fields}
    known = cards_by_id(session, [key]).get(key)
    if known is None:
        draft = ChallengeDraft(**fields)
        register_challenge(session, member, draft, challenge_id=key, sample=line.sample)
        return Outcome.NEW
    if known.unit_id != line.unit_id:
        raise ChallengeIdTaken(key)
    made = revise_challenge(session, member, key, ChallengePatch(**fields))
    return _outcome(known.version, made.version)


def _load_agent(session: Session, key: str, line: AgentLine) -> Outcome:
    known = next((card for card in agents(session) if card.id == key), None)
    fields = {name: getattr(line, name) for name in AgentDraft.model_fields} | {"id": key}
    draft = AgentDraft(**fields)
    if known is not None and _says_the_same(known, draft):
        return Outcome.SAME
    appoint_agent(session, draft, sample=line.sample)
    return Outcome.NEW if known is None else Outcome.CHANGED


def _says_the_same(known: AgentDraft, draft: AgentDraft) -> bool:
    return known.host == draft.host and set(known.territories) == set(draft.territories)


def _outcome(before: int | None, after: int) -> Outcome:
    if before is None:
        return Outcome.NEW
    return Outcome.SAME if before == after else Outcome.CHANGED


def _from_content(prefix: str, *parts: str) -> str:
    digest = sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}-{b32encode(digest[:15]).decode().lower()}"
