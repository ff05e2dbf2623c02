"""A long list in parts: each part goes on where the one before ended, and reads only itself."""

import pytest
from builders import a_contact, a_facilitator, a_proposal, registered

from schemas.groups import DeclineReason, ProposedMember
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.errors import NotInTheList
from services.groups.invitations import decline_invitation
from services.groups.late import keep_offer
from services.groups.listing import group_keys, proposal_keys
from services.groups.proposals import keep_proposal, let_lapse, set_seats
from services.groups.states import ProposalState

OPEN = ProposalState.OPEN
FITS = {"P": 0.4, "Q": 0.7, "R": 0.7, "S": 0.1 + 0.2, "T": 0.9}


def proposed(store, **fits):
    with store.begin() as session:
        for name, cohesion in fits.items():
            cards = [registered(session, f"{name}{n}") for n in range(3)]
            made = a_proposal(cards, f"pr-{name}")
            keep_proposal(session, made.model_copy(update={"cohesion": cohesion}))


def parts(list_keys, limit):
    found, after = [], ""
    while keys := list_keys(limit=limit, after=after):
        found.append("".join(key[-1] for key in keys))
        after = keys[-1]
    return found


def test_proposals_go_on_after_the_last_one(any_store):
    proposed(any_store, **FITS)
    with any_store.read() as session:

        def keys(**part):
            return proposal_keys(session, OPEN, unit_id=None, **part)

        assert parts(keys, 2) == ["TQ", "RP", "S"]
        assert parts(keys, 1) == ["T", "Q", "R", "P", "S"]
        (whole,) = parts(keys, 9)
        assert list(whole) == [view.proposal.id[-1] for view in queries.proposals(session)]


def test_a_proposal_decided_meanwhile_still_says_where_the_list_goes_on(any_store):
    proposed(any_store, **FITS)
    with any_store.begin() as session:
        assert let_lapse(session, "pr-Q", 2)
        first, *_ = queries.proposal(session, "pr-R").proposal.members
        set_seats(session, "pr-R", [first])  # one alone is no proposal any more
    with any_store.read() as session:
        assert proposal_keys(session, OPEN, unit_id=None, limit=9, after="pr-Q") == ["pr-P", "pr-S"]
        lapsed = ProposalState.LAPSED
        assert proposal_keys(session, lapsed, unit_id=None, limit=9, after="") == ["pr-Q"]
        assert len(proposal_keys(session, None, unit_id=None, limit=9, after="")) == 4


def test_what_never_was_in_the_list_is_refused(store):
    with store.read() as session:
        with pytest.raises(NotInTheList):
            proposal_keys(session, OPEN, unit_id=None, limit=9, after="pr-none")
        with pytest.raises(NotInTheList):
            group_keys(session, unit_id=None, limit=9, after="gr-none")


def test_a_unit_has_its_own(any_store):
    proposed(any_store, **FITS)
    with any_store.read() as session:
        assert proposal_keys(session, OPEN, unit_id="Q1", limit=9, after="") == ["pr-Q"]
        assert proposal_keys(session, OPEN, unit_id="", limit=9, after="") == []


def test_groups_go_on_after_the_last_one_the_newest_first(any_store):
    proposed(any_store, **FITS)
    made = []
    with any_store.begin() as session:
        facilitator = a_facilitator(session)
        made += [approve_group(session, facilitator, f"pr-{name}").id for name in "PQRS"]
    with any_store.read() as session:
        found, after = [], ""
        while keys := group_keys(session, unit_id=None, limit=3, after=after):
            found += keys
            after = keys[-1]
        assert found == made[::-1]
        assert [view.id for view in queries.groups_by_id(session, found)] == found


def test_a_unit_lists_the_groups_it_was_invited_to_and_none_that_it_is_merely_offered(store):
    proposed(store, P=0.4)
    with store.begin() as session:
        group = approve_group(session, a_facilitator(session), "pr-P").id
        late = registered(session, "L1")
        seat = ProposedMember(challenge_id=late.id, unit_id="L1", fit=0.6)
        keep_offer(session, group, seat)
        invitation = queries.invitations_of(session, "P0")[0].id
        why = DeclineReason.NO_TIME
        decline_invitation(session, a_contact(session, "P0"), invitation, why)
    with store.read() as session:
        assert group_keys(session, unit_id="P0", limit=9, after="") == [group]
        assert group_keys(session, unit_id="L1", limit=9, after="") == []
