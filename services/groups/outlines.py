"""All open proposals in outline: what the board counts, sorts and searches."""

from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from schemas.codes import Language
from schemas.reasons import Concept, Reason
from services.groups.naming import concepts_name
from services.groups.present import of_present
from services.groups.states import ProposalState
from services.groups.tables import Proposal, Seat

COUNTED = ("giver", "places")
"""Reasons of a proposal that the figures are made of."""
SMALLEST_SHOWN = 2
"""One alone is no proposal any more: the others were moved out of it."""


class Seated(NamedTuple):
    """A challenge in a proposal."""

    challenge_id: str
    unit_id: str
    fit: float


class Outline(NamedTuple):
    """An open proposal, with who is in it."""

    id: str
    cohesion: float
    sample: bool
    themes: tuple[str, ...]
    seats: tuple[Seated, ...]


def outlines(session: Session) -> list[Outline]:
    """Return the open proposals, the most coherent first."""
    seats: dict[str, list[Seated]] = {}
    wanted = select(Seat.proposal_id, Seat.challenge_id, Seat.unit_id, Seat.fit).join(Proposal)
    wanted = wanted.where(Proposal.state == ProposalState.OPEN).order_by(col(Seat.place))
    for proposal_id, challenge_id, unit_id, fit in session.exec(wanted).all():
        seats.setdefault(proposal_id, []).append(Seated(challenge_id, unit_id, fit))
    body: Any = Proposal.body
    rows = session.exec(
        select(Proposal.id, body["cohesion"].as_float(), Proposal.sample, body["themes"]).where(
            Proposal.state == ProposalState.OPEN
        )
    ).all()
    found = [
        Outline(key, cohesion, sample, tuple(themes), tuple(seats.get(key, ())))
        for key, cohesion, sample, themes in rows
    ]
    shown = [one for one in found if len(one.seats) >= SMALLEST_SHOWN]
    return sorted(shown, key=lambda one: (-one.cohesion, one.id))


def names_by_id(session: Session, lang: Language) -> dict[str, str]:
    """Return what every open proposal is called."""
    body: Any = Proposal.body
    rows = session.exec(
        select(Proposal.id, Proposal.title, body["concepts"]).where(
            Proposal.state == ProposalState.OPEN
        )
    ).all()
    return {
        key: title or concepts_name(map(Concept.model_validate, concepts), lang)
        for key, title, concepts in rows
    }


def in_figures(session: Session, found: list[Outline]) -> list[dict[str, Any]]:
    """Return what ``services.groups.figures`` counts of proposals."""
    body: Any = Proposal.body
    rows = session.exec(
        select(Proposal.id, body["languages"], body["reasons"]).where(
            Proposal.state == ProposalState.OPEN
        )
    ).all()
    told = {key: (languages, reasons) for key, languages, reasons in rows}
    return [
        {
            "members": [{"fit": seat.fit} for seat in one.seats],
            "cohesion": one.cohesion,
            "languages": told[one.id][0],
            "reasons": of_present(
                (
                    Reason.model_validate(reason)
                    for reason in told[one.id][1]
                    if reason["code"] in COUNTED
                ),
                {seat.challenge_id: seat.unit_id for seat in one.seats},
            ),
        }
        for one in found
        if one.id in told
    ]
