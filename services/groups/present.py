"""A group's reasons, as far as they are true of who is in it now."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.groups import GroupProposal, ProposedMember
from schemas.reasons import Reason

Seats = Mapping[str, str]
"""The unit of each challenge that is in a group."""


def seats(members: Iterable[ProposedMember]) -> Seats:
    """Return who is in a group, as ``of_present`` reads it."""
    return {one.challenge_id: one.unit_id for one in members}


def as_it_stands(body: Mapping[str, Any], members: Iterable[ProposedMember]) -> GroupProposal:
    """
    Return a proposal as a round told it, with its present members.

    A round gives reasons for the members it put together. Whoever left since, by a
    facilitator's hand or with the challenge, is in none of them.
    """
    present = list(members)
    held = seats(present)
    told = GroupProposal.model_validate({**body, "members": present})
    return told.model_copy(
        update={
            "members": tuple(among(one, held) for one in present),
            "reasons": of_present(told.reasons, held),
        }
    )


def among(member: ProposedMember, held: Seats) -> ProposedMember:
    """Return a member with the reasons that it shares with those in the group."""
    return member.model_copy(update={"reasons": of_present(member.reasons, held)})


def of_present(reasons: Iterable[Reason], held: Seats) -> tuple[Reason, ...]:
    """
    Return the reasons that name nobody but those in the group, nor another number of members.

    A reason is left out when none of those it names is left, and loses its values when some
    are gone: they were of all.
    """
    kept = (_of_present(one, held) for one in reasons if one.values.get("members") in _sizes(held))
    return tuple(one for one in kept if one is not None)


def _sizes(held: Seats) -> tuple[float | None, ...]:
    return None, float(len(held))


def _of_present(reason: Reason, held: Seats) -> Reason | None:
    challenges = tuple(key for key in reason.challenges if key in held)
    # Where both are named, a unit is named for its challenge, not for another one of its own.
    holders = {held[key] for key in challenges} if reason.challenges else set(held.values())
    units = tuple(key for key in reason.units if key in holders)
    if (challenges, units) == (reason.challenges, reason.units):
        return reason
    if not (challenges or units):
        return None
    return reason.model_copy(update={"challenges": challenges, "units": units, "values": {}})
