"""What the notices hear."""

from sqlmodel import Session

from schemas.groups import GroupApproved, GroupProposed, MemberInvited, SeatProposed
from services.kit.bus import Subscribers, hears
from services.notices import actions

subscribers = Subscribers("notices")


@hears(subscribers, GroupProposed)
def on_group_proposed(event: GroupProposed, session: Session) -> None:
    """Tell the facilitators of a new proposal."""
    actions.tell_facilitators(session, event.proposal)


@hears(subscribers, GroupApproved)
def on_group_approved(event: GroupApproved, session: Session) -> None:
    """Tell the agents of the regions concerned, or the centre."""
    actions.tell_agents(session, event)


@hears(subscribers, MemberInvited)
def on_member_invited(event: MemberInvited, session: Session) -> None:
    """Write the invitation."""
    actions.invite_members(session, event)


@hears(subscribers, SeatProposed)
def on_seat_proposed(event: SeatProposed, session: Session) -> None:
    """Tell of a late challenge that fits a live group."""
    actions.tell_of_late_seat(session, event)
