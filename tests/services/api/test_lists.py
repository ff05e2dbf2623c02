"""Long lists come in parts; only a part is read, and a part that is asked for wrongly is told."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from schemas.groups import GroupProposal, ProposedMember
from schemas.people import Facilitator
from services.groups.actions import approve_group
from services.groups.late import keep_offer, pass_over

LISTS = ("units", "challenges", "proposals", "groups", "invitations")


def more(world, names, *, approved=False):
    """Further proposals of three challenges each."""
    with world.store.begin() as session:
        for name in names:
            world.register(session, name, "KU1", "KU2", "KU3")
            world.propose(session, f"pr-{name}", name)
            if approved:
                approve_group(session, Facilitator(person_id="pe-desk"), f"pr-{name}")


@contextmanager
def counted(store):
    """What is asked of the database meanwhile."""
    said = []

    def listen(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(store._engines.reader, "before_cursor_execute", listen)
    yield said
    event.remove(store._engines.reader, "before_cursor_execute", listen)


def test_only_the_proposals_of_the_part_are_read(world, monkeypatch):
    more(world, "cde")
    read, validate = [], GroupProposal.model_validate

    def told(body, **options):
        read.append(body["id"])
        return validate(body, **options)

    monkeypatch.setattr(GroupProposal, "model_validate", told)
    part = world.client("facilitator").get("/api/v1/proposals?limit=2").json()
    assert [one["id"] for one in part["items"]] == read == ["pr-1", "pr-c"]
    assert part["next"] == "pr-c"


@pytest.mark.parametrize("path", ["proposals", "groups"])
@pytest.mark.parametrize("who", ["facilitator", "unit"])
def test_a_longer_list_asks_no_more_of_the_database(world, path, who):
    client = world.client(who)
    with counted(world.store) as before:
        client.get(f"/api/v1/{path}")
    more(world, "cd", approved=path == "groups")
    with counted(world.store) as after:
        part = client.get(f"/api/v1/{path}").json()
    assert len(part["items"]) == 3
    assert len(after) == len(before) > 0


@pytest.mark.parametrize("path", ["proposals", "groups", "invitations"])
def test_a_list_is_whole_in_parts_of_one(world, path):
    more(world, "cd", approved=path != "proposals")
    client, found, after = world.client("unit"), [], ""
    while after is not None:
        part = client.get(f"/api/v1/{path}?limit=1&after={after}").json()
        found += [one["id"] for one in part["items"]]
        after = part["next"]
    assert found == [one["id"] for one in client.get(f"/api/v1/{path}").json()["items"]]
    assert len(found) == 3


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("after=a b", "after")],
)
def test_a_part_asked_for_wrongly_is_told(world, path, query, field):
    answer = world.client("centre").get(f"/api/v1/{path}?unit_id=KU1&{query}")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["field"] == field
    assert fault["accepted"]


@pytest.mark.parametrize("path", ["proposals", "groups", "invitations"])
def test_a_list_does_not_begin_anew_after_what_never_was_in_it(world, path):
    answer = world.client("centre").get(f"/api/v1/{path}?unit_id=KU1&after=no-such")
    assert (answer.status_code, answer.json()["code"]) == (400, "not-in-the-list")
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "after"
    assert "`next`" in fault["accepted"]


@pytest.mark.parametrize(
    "query", ["units?text=a%00b", "challenges?unit_id=a%00b", "challenges?unit_id=a'b"]
)
def test_what_no_database_takes_is_refused(world, query):
    answer = world.client("facilitator").get(f"/api/v1/{query}")
    assert answer.status_code == 422


def test_a_unit_is_not_told_whom_the_desk_is_offered(world):
    with world.store.begin() as session:
        world.register(session, "x", "KU4")
        card = world.cards["KU4-x"]
        seat = ProposedMember(challenge_id=card.id, unit_id="KU4", fit=0.6)
        offer = keep_offer(session, world.group_id, seat).id
    unit, path = world.client("unit"), f"/api/v1/groups/{world.group_id}"
    seats = {one["unit_id"] for one in unit.get(path).json()["invitations"]}
    assert seats == {"KU1", "KU2", "KU3"}
    other = world.client("other unit")
    assert other.get(path).status_code == 404
    with world.store.begin() as session:
        pass_over(session, Facilitator(person_id="pe-desk"), offer)
    for client in (unit, other):
        assert "passed_over" not in client.get(path).text
        assert "passed_over" not in client.get("/api/v1/invitations").text
    desk = world.client("facilitator").get(path).json()["invitations"]
    assert [one["state"] for one in desk if one["unit_id"] == "KU4"] == ["passed_over"]


def test_units_of_a_region_are_cut_by_the_database(world):
    with counted(world.store) as said:
        part = world.client("facilitator").get("/api/v1/units?region=06&limit=2").json()
    assert [one["id"] for one in part["items"]] == ["KU1", "KU2"]
    assert part["next"] == "KU2"
    (units,) = (one for one in said if "FROM directory_unit" in one)
    assert "LIMIT" in units
