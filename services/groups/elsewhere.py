"""What a facilitator sees of where else a challenge could go, and of other ways to make a group."""

from typing import Any

from sqlmodel import Session

from schemas.asking import PlacesAnswer, VariantsAnswer
from schemas.codes import Language
from schemas.groups import Place, Variant, VariantKind
from schemas.people import Visitor
from schemas.reasons import Reason
from services.challenges.errors import UnknownChallenge
from services.challenges.seen import Seen, names, seen
from services.groups import queries
from services.groups.naming import group_name
from services.groups.outlines import names_by_id, outlines
from services.groups.present import of_present, seats
from services.groups.states import ProposalState
from services.groups.views import ProposalView
from services.look.words import N_, say
from services.matching import queries as matching

Values = dict[str, Any]

KINDS = {
    VariantKind.CLOSER: N_("Tiiviimpi: ilman heikoimmin sopivia"),
    VariantKind.WIDER: N_("Laajempi: mukaan myös odottavia, jotka sopivat"),
    VariantKind.EXPERIENCED: N_("Kokeneempi: mukaan joku, joka on jo tehnyt tämän"),
    VariantKind.EXCHANGED: N_("Vaihto: odottava heikoimmin sopivan tilalle"),
}
BARRING = ("relax-apart", "relax-language")
"""Rules that every group keeps: nobody is moved against them."""
NEW = N_("Uusi ryhmä odottavista")


def places_values(
    session: Session, visitor: Visitor, challenge_id: str, answer: PlacesAnswer, lang: Language
) -> Values:
    """
    Return what ``groups/places.html`` shows.

    Raises
    ------
    UnknownChallenge
        When there is no such challenge.
    """
    others = [key for place in answer.places for key in place.challenges]
    found = seen(session, visitor, [challenge_id, *others])
    if challenge_id not in found:
        raise UnknownChallenge(challenge_id)
    one, here = found[challenge_id], queries.proposal_of(session, challenge_id)
    member = _member_of(here, challenge_id)
    shown = [_place(session, place, found, lang) for place in answer.places]
    return {
        "challenge": {
            **one.shown(lang),
            "id": challenge_id,
            "unit": one.unit.name.text(lang),
            "fit": member.fit if member is not None else 0.0,
            "from": here.proposal.id if here is not None else "",
            "version": here.version if here is not None else 0,
            "group": group_name(here, lang) if here is not None else "",
            "reason": None if here is not None else matching.left_out(session, challenge_id),
        },
        "known": answer.known,
        "others": _others(session, challenge_id, lang),
        "places": [place for place in shown if place is not None],
        "names": names(found, lang),
        "sample": any(other.card.sample for other in found.values()),
    }


def variants_values(
    session: Session, visitor: Visitor, proposal_id: str, answer: VariantsAnswer, lang: Language
) -> Values:
    """
    Return what ``groups/variants.html`` shows.

    Raises
    ------
    UnknownProposal
        When there is no such proposal.
    """
    view = queries.proposal(session, proposal_id)
    others = [key for one in answer.variants for key in one.joins]
    found = seen(session, visitor, [*(m.challenge_id for m in view.proposal.members), *others])
    return {
        "proposal": {
            "id": proposal_id,
            "version": view.version,
            "name": group_name(view, lang),
            "members": len(view.proposal.members),
            "cohesion": view.proposal.cohesion,
            "open": view.state is ProposalState.OPEN,
            "reasons": list(view.proposal.reasons),
        },
        "variants": [_variant(one, view, found, lang) for one in answer.variants],
        "names": names(found, lang),
        "sample": view.sample or any(other.card.sample for other in found.values()),
    }


def _others(session: Session, challenge_id: str, lang: Language) -> list[tuple[str, str]]:
    """Every proposal that the challenge is not in, by name: the board shows one page of them."""
    called = names_by_id(session, lang)
    apart = [
        one.id
        for one in outlines(session)
        if one.id in called and all(seat.challenge_id != challenge_id for seat in one.seats)
    ]
    return sorted(((key, called[key]) for key in apart), key=lambda one: one[1])


def _member_of(view: ProposalView | None, challenge_id: str) -> Any:
    members = view.proposal.members if view is not None else ()
    return next((one for one in members if one.challenge_id == challenge_id), None)


def _place(session: Session, place: Place, found: dict[str, Seen], lang: Language) -> Values | None:
    """One place; None when it was decided or lapsed since the pool was asked."""
    name, path = say(lang, NEW), ""
    if place.proposal_id is not None:
        view = queries.any_proposal(session, place.proposal_id)
        if view is None or view.state is not ProposalState.OPEN:
            return None
        name, path = (
            group_name(view, lang),
            f"/proposals?show={place.proposal_id}#proposal-{place.proposal_id}",
        )
    elif place.group_id is not None:
        name = group_name(queries.group(session, place.group_id), lang)
        path = f"/groups/{place.group_id}"
    units = [found[key].unit.name.text(lang) for key in place.challenges if key in found]
    return {
        "name": name,
        "path": path,
        "proposal_id": place.proposal_id or "",
        "live": place.group_id is not None,
        "fit": place.fit,
        "rules": list(place.rules),
        "barred": any(rule.code in BARRING for rule in place.rules),
        "units": units,
    }


def _variant(one: Variant, view: ProposalView, found: dict[str, Seen], lang: Language) -> Values:
    return {
        "title": say(lang, KINDS[one.kind]),
        "joins": [_named(key, found, lang) for key in one.joins if key in found],
        "leaves": [_named(key, found, lang) for key in one.leaves if key in found],
        "members": one.members,
        "cohesion": one.cohesion,
        "reasons": _new_reasons(one, view, found),
    }


def _new_reasons(one: Variant, view: ProposalView, found: dict[str, Seen]) -> list[Reason]:
    """What the group as it is does not say of itself; the weakest member is shown anyway."""
    held = seats(m for m in view.proposal.members if m.challenge_id not in one.leaves)
    joined = {key: found[key].unit.id for key in one.joins if key in found}
    told = of_present(one.reasons, {**held, **joined})
    return [reason for reason in told if reason not in view.proposal.reasons]


def _named(key: str, found: dict[str, Seen], lang: Language) -> Values:
    one = found[key]
    return {**one.shown(lang), "id": key, "unit": one.unit.name.text(lang)}
