"""Which system calls, and what its role lets it do: what routes ask for as their arguments."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from schemas.people import Facilitator, Member, Role, Visitor
from services.access.doors import StoreDep
from services.access.errors import RoleNeeded
from services.api.errors import KeyNotAccepted, KeyReadsOnly
from services.api.keys import as_visitor, key_of, needs_noting, note_use
from services.kit.store import Store

DEMO_SYSTEM = Visitor(person_id="demo-system", role=Role.ADMIN)
"""Who a request without a key is, in the demonstration only."""
BEARER = HTTPBearer(
    scheme_name="key",
    auto_error=False,
    description="A key of another system, made by `piiri access key make`: `piiri_…`. "
    "In the demonstration a request without a key acts as a system that may do everything.",
)
SAFE = frozenset({"GET", "HEAD"})


def caller(
    request: Request,
    store: StoreDep,
    key: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
) -> Visitor:
    """
    Return who calls.

    Raises
    ------
    KeyNotAccepted
        Without a valid key; a wrong one is not forgiven in the demonstration either.
    KeyReadsOnly
        When something would change.
    """
    if key is None:
        if request.app.state.demo and "authorization" not in request.headers:
            return DEMO_SYSTEM
        raise KeyNotAccepted
    return _holder(store, key.credentials, writes=request.method not in SAFE)


def _holder(store: Store, key: str, *, writes: bool) -> Visitor:
    now = datetime.now(UTC)
    with store.read() as session:
        row = key_of(session, key, now)
        if row is None:
            raise KeyNotAccepted
        visitor, stale, may_write = as_visitor(row), needs_noting(row, now), row.may_write
    if stale:
        with store.begin() as session:
            note_use(session, row.prefix, now)
    if writes and not may_write:
        raise KeyReadsOnly
    return visitor


CallerDep = Annotated[Visitor, Depends(caller)]


def _in_role(*roles: Role) -> Callable[[Visitor], Visitor]:
    def check(found: CallerDep) -> Visitor:
        if found.role not in roles:
            raise RoleNeeded(*roles)
        return found

    return check


DeskDep = Annotated[Visitor, Depends(_in_role(Role.FACILITATOR, Role.ADMIN))]
"""Facilitators and systems of the centre."""
UnitOrDeskDep = Annotated[
    Visitor, Depends(_in_role(Role.UNIT_MEMBER, Role.FACILITATOR, Role.ADMIN))
]
UnitDep = Annotated[Visitor, Depends(_in_role(Role.UNIT_MEMBER, Role.ADMIN))]
"""A unit's own system, or one of the centre that acts for units."""
CentreDep = Annotated[Visitor, Depends(_in_role(Role.ADMIN))]


def acting_for(found: Visitor, unit_id: str) -> Member:
    """
    Act for a unit.

    Raises
    ------
    RoleNeeded
        When the caller is another unit's.
    """
    if found.role is not Role.ADMIN and found.unit_id != unit_id:
        raise RoleNeeded(f"{Role.UNIT_MEMBER} of {unit_id}")
    return Member(person_id=found.person_id, unit_id=unit_id)


def at_the_desk(found: Visitor) -> Facilitator:
    """Act as a facilitator."""
    return Facilitator(person_id=found.person_id)
