"""Units: read by every key, entered by the centre's systems, revised by the unit's own."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from schemas.codes import RegionCode, UnitKind
from schemas.ids import KEY
from schemas.personal_data import plain_text
from schemas.units import UnitDraft, UnitProfile
from services.access.doors import StoreDep
from services.api.caller import CallerDep, CentreDep, UnitDep, acting_for
from services.api.pages_of import AfterQuery, LimitQuery, Part
from services.api.pressure import RoomDep
from services.api.versions import SeenDep, tagged
from services.directory import queries
from services.directory.actions import revise_profile
from services.entering.actions import enter_unit
from services.entering.refusals import VersionPassed

units = APIRouter(prefix="/units", tags=["units"])
KeyPath = Annotated[str, Path(pattern=KEY)]


@units.get("")
def list_units(
    store: StoreDep,
    _: CallerDep,
    text: Annotated[
        str, Query(max_length=100, description="Part of the name."), AfterValidator(plain_text)
    ] = "",
    region: Annotated[RegionCode | None, Query()] = None,
    kind: Annotated[UnitKind | None, Query()] = None,
    limit: LimitQuery = 50,
    after: AfterQuery = "",
) -> Part[UnitProfile]:
    """List units in the order of their keys."""
    with store.read() as session:
        found = queries.units(
            session, text=text, region=region or "", kind=kind or "", limit=limit, after=after
        )
    return Part(items=found, next=found[-1].id if len(found) == limit else None)


@units.get("/{unit_id}")
def get_unit(unit_id: KeyPath, store: StoreDep, _: CallerDep, response: Response) -> UnitProfile:
    """Read a unit; the ETag is its version."""
    with store.read() as session:
        found = queries.unit(session, unit_id)
    return tagged(response, found, found.version)


@units.post("", status_code=201, responses={200: {"description": "It had joined already."}})
def post_unit(
    draft: UnitDraft, store: StoreDep, _: CentreDep, _room: RoomDep, response: Response
) -> UnitProfile:
    """
    Let a unit join.

    With an `id` of the sender's own the request may be repeated: the same again is answered
    200 and changes nothing, another content with the same `id` is refused.
    """
    with store.begin() as session:
        found, joined = enter_unit(session, draft)
    response.status_code = 201 if joined else 200
    response.headers["Location"] = f"/api/v1/units/{found.id}"
    return tagged(response, found, found.version)


@units.put("/{unit_id}")
def put_unit(
    unit_id: KeyPath,
    draft: UnitDraft,
    store: StoreDep,
    caller: UnitDep,
    seen: SeenDep,
    _room: RoomDep,
    response: Response,
) -> UnitProfile:
    """Revise a unit's whole profile; the same again changes nothing."""
    acting_for(caller, unit_id)
    with store.begin() as session:
        known = queries.unit(session, unit_id)
        if seen is not None and seen != known.version:
            raise VersionPassed(unit_id, known.version)
        found = revise_profile(session, unit_id, draft)
    return tagged(response, found, found.version)
