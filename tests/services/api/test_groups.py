"""Proposals are decided at the desk, invitations answered by their units."""

import pytest
from builders import a_proposal

from schemas.codes import Visibility
from services.groups.proposals import keep_proposal


def test_a_proposal_is_approved_in_the_version_that_was_seen(world):
    client = world.client("facilitator")
    read = client.get("/api/v1/proposals/pr-1")
    assert read.headers["etag"] == f'"{read.json()["version"]}"'
    late = client.post("/api/v1/proposals/pr-1/approve", headers={"If-Match": '"99"'})
    assert (late.status_code, late.json()["code"]) == (412, "proposal-changed")
    done = client.post("/api/v1/proposals/pr-1/approve", headers={"If-Match": read.headers["etag"]})
    assert done.status_code == 201
    assert {one["unit_id"] for one in done.json()["invitations"]} == {"KU1", "KU2", "KU3"}
    assert client.get(done.headers["location"]).json() == done.json()
    again = client.post("/api/v1/proposals/pr-1/approve")
    assert (again.status_code, again.json()["code"]) == (409, "group-already-decided")


def test_a_proposal_of_more_members_than_a_group_may_have_is_not_approved(world):
    with world.store.begin() as session:
        keep_proposal(
            session, a_proposal([world.cards[f"KU{n}-a"] for n in range(1, 5)], version=2)
        )
    usual = world.app().state.settings
    small = usual.model_copy(update={"group_lower": 3, "group_upper": 3})
    client = world.client("facilitator", settings=small)
    refused = client.post("/api/v1/proposals/pr-1/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "group-too-large")
    assert world.client("facilitator").post("/api/v1/proposals/pr-1/approve").status_code == 201


def test_a_proposal_is_rejected_with_a_reason(world):
    client = world.client("facilitator")
    body = {"reason": "too_mixed", "note": "Kaksi eri asiaa"}
    done = client.post("/api/v1/proposals/pr-1/reject", json=body)
    assert (done.status_code, done.json()["state"]) == (200, "rejected")
    assert "Kaksi" not in done.text
    assert client.get("/api/v1/proposals").json()["items"] == []
    listed = client.get("/api/v1/proposals?state=rejected").json()["items"]
    assert [one["id"] for one in listed] == ["pr-1"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": "bad_mood"}, "reason"),
        ({"reason": "other", "note": "x" * 1001}, "note"),
        ({"reason": "other", "note": "a\u0000b"}, "note"),
        ({"reason": "other", "who": "x"}, "who"),
    ],
)
def test_a_rejection_that_says_it_wrongly_is_told(world, body, field):
    answer = world.client("facilitator").post("/api/v1/proposals/pr-1/reject", json=body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert world.client("facilitator").get("/api/v1/proposals/pr-1").json()["state"] == "open"


@pytest.mark.parametrize(
    ("asked", "status"),
    [("", 400), ("?unit_id=", 422), ("?unit_id=%21", 422), ("?unit_id=KU1", 200)],
)
def test_a_key_of_the_centre_names_the_unit_whose_invitations_it_lists(world, asked, status):
    answer = world.client("centre").get(f"/api/v1/invitations{asked}")
    assert answer.status_code == status
    if status != 200:
        assert [one["field"] for one in answer.json()["errors"]] == ["unit_id"]


def test_an_invitation_is_accepted_once(world):
    client, url = world.client("unit"), f"/api/v1/invitations/{world.invitations['KU1']}"
    listed = client.get("/api/v1/invitations").json()["items"]
    assert [one["state"] for one in listed] == ["invited"]
    assert client.post(f"{url}/accept").json()["state"] == "accepted"
    again = client.post(f"{url}/accept")
    assert (again.status_code, again.json()["code"]) == (409, "already-answered")


def test_an_invitation_is_declined_and_the_words_stay_with_the_facilitator(world):
    url = f"/api/v1/invitations/{world.invitations['KU1']}/decline"
    done = world.client("unit").post(url, json={"reason": "no_time", "note": "Kiire nyt"})
    assert done.json()["state"] == "declined"
    for who in ("unit", "facilitator"):
        shown = world.client(who).get(f"/api/v1/groups/{world.group_id}")
        assert shown.status_code == 200
        assert "Kiire" not in shown.text


def test_a_unit_sees_the_proposals_and_groups_it_has_a_seat_in(world):
    for who, ids in (("unit", ["pr-1"]), ("other unit", [])):
        listed = world.client(who).get("/api/v1/proposals").json()["items"]
        assert [one["id"] for one in listed] == ids
        groups = world.client(who).get("/api/v1/groups").json()["items"]
        assert len(groups) == len(ids)


def test_a_member_that_may_not_be_seen_is_counted_and_not_named(world):
    world.hide("KU3-a", Visibility.OWN_UNIT)
    world.hide("KU3-b", Visibility.MY_REGION)
    shown = world.client("unit").get("/api/v1/proposals/pr-1")
    assert [one["unit_id"] for one in shown.json()["members"]] == ["KU1", "KU2"]
    assert shown.json()["hidden_members"] == 1
    assert "KU3" not in shown.text
    group = world.client("unit").get(f"/api/v1/groups/{world.group_id}")
    assert group.json()["hidden_members"] == 1
    assert "KU3" not in group.text
    desk = world.client("facilitator").get("/api/v1/proposals/pr-1")
    assert desk.json()["hidden_members"] == 0


def test_proposals_come_in_parts(world):
    with world.store.begin() as session:
        world.register(session, "c", "KU1", "KU2", "KU3")
        world.propose(session, "pr-3", "c")
    client = world.client("facilitator")
    first = client.get("/api/v1/proposals?limit=1").json()
    second = client.get(f"/api/v1/proposals?limit=1&after={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == ["pr-1", "pr-3"]
    assert second["next"] is None
