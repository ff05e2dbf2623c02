"""A system of a unit registers, revises and withdraws challenges."""

import pytest
from emitted import emitted

from schemas.challenges import ChallengeRegistered, ChallengeRevised, ChallengeWithdrawn
from schemas.codes import Visibility

ENTRY = {
    "id": "hr-7",
    "unit_id": "KU1",
    "title": "Työllistämisehto siivouksessa",
    "text": "Miten valvomme ehdon toteutumista sopimuskaudella?",
    "themes": ["social"],
}


def count(world, event):
    with world.store.read() as session:
        return len(emitted(session, event))


def test_a_challenge_is_registered_once_however_often_it_is_sent(world):
    client, before = world.client("unit"), count(world, ChallengeRegistered)
    first = client.post("/api/v1/challenges", json=ENTRY)
    assert first.status_code == 201
    assert first.headers["location"] == "/api/v1/challenges/hr-7"
    again = client.post("/api/v1/challenges", json=ENTRY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert count(world, ChallengeRegistered) == before + 1
    assert client.get(first.headers["location"]).json() == first.json()


def test_another_content_under_the_same_id_is_refused(world):
    client = world.client("unit")
    client.post("/api/v1/challenges", json=ENTRY)
    answer = client.post("/api/v1/challenges", json=ENTRY | {"title": "Aivan muuta"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "challenge-id-taken"
    assert answer.json()["errors"][0]["field"] == "id"


def test_another_unit_s_key_is_not_told_whose_the_id_is(world):
    answer = world.client("other unit").post(
        "/api/v1/challenges", json=ENTRY | {"id": "KU1-a", "unit_id": "KU4"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "challenge-id-taken")


def test_bad_fields_are_told_all_at_once_and_nothing_is_stored(world):
    before = count(world, ChallengeRegistered)
    bad = {"title": "a", "stage": "begun", "themes": ["A"], "email": "x", "until": "2026-13-01"}
    answer = world.client("unit").post("/api/v1/challenges", json=ENTRY | bad)
    assert answer.status_code == 422
    told = {one["field"]: one for one in answer.json()["errors"]}
    assert told.keys() == {"title", "stage", "themes.0", "email", "until"}
    assert told["title"]["wrong"] == "1 characters"
    assert told["stage"]["accepted"] == "one of idea, preparing, tendering, contract"
    assert told["email"]["wrong"] == "unknown field"
    assert count(world, ChallengeRegistered) == before


def test_personal_data_is_refused_and_not_repeated(world):
    text = "Ota yhteyttä: Maija Malli, 040 123 4567, tai muuten vain"
    answer = world.client("unit").post("/api/v1/challenges", json=ENTRY | {"text": text})
    assert answer.status_code == 422
    assert "a telephone number" in answer.json()["errors"][0]["wrong"]
    assert "Maija" not in answer.text
    assert "4567" not in answer.text


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"themes": ["nonsense"]}, 400, "unknown-theme", "themes"),
        ({"until": "2020-01-01"}, 400, "until-has-passed", "until"),
        ({"title": "haaste ku1 A"}, 409, "same-challenge-open", "title"),
    ],
)
def test_a_rule_s_refusal_names_the_field_and_what_is_accepted(world, change, status, code, field):
    answer = world.client("unit").post("/api/v1/challenges", json=ENTRY | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    (told,) = answer.json()["errors"]
    assert told["field"] == field
    assert told["accepted"]


def test_an_unknown_unit_is_told(world):
    answer = world.client("centre").post("/api/v1/challenges", json=ENTRY | {"unit_id": "KU0"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-unit")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 5000, b"NaN", b"1e999"]
)
def test_a_body_that_is_no_object_is_told(world, body):
    headers = {"Content-Type": "application/json"}
    answer = world.client("unit").post("/api/v1/challenges", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


def test_a_form_is_not_taken_for_json(world):
    answer = world.client("unit").post("/api/v1/challenges", data=ENTRY)
    assert answer.status_code == 422


def test_a_patch_changes_what_it_names_if_nobody_was_faster(world):
    client = world.client("unit")
    read = client.get("/api/v1/challenges/KU1-a")
    tag = read.headers["etag"]
    assert tag == f'"{read.json()["version"]}"'
    url = "/api/v1/challenges/KU1-a"
    done = client.patch(url, json={"maturity": 4}, headers={"If-Match": tag})
    assert done.status_code == 200
    assert done.json() == read.json() | {"maturity": 4, "version": done.json()["version"]}
    late = client.patch(url, json={"maturity": 5}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "challenge-changed")
    assert client.get(url).json()["maturity"] == 4
    assert client.patch(url, json={"maturity": 5}, headers={"If-Match": "*"}).status_code == 200


def test_a_patch_that_changes_nothing_announces_nothing(world):
    before = count(world, ChallengeRevised)
    client = world.client("unit")
    version = client.get("/api/v1/challenges/KU1-a").json()["version"]
    answer = client.patch("/api/v1/challenges/KU1-a", json={"stage": "idea"})
    assert (answer.status_code, answer.json()["version"]) == (200, version)
    assert count(world, ChallengeRevised) == before


@pytest.mark.parametrize("tag", ["abc", '"1", "2"', '"-1"', "", '"99999999999"'])
def test_an_if_match_that_is_none_of_ours_is_refused(world, tag):
    answer = world.client("unit").patch(
        "/api/v1/challenges/KU1-a", json={}, headers={"If-Match": tag}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "if-match-unclear")


def test_a_challenge_is_withdrawn_once(world):
    client, url = world.client("unit"), "/api/v1/challenges/KU1-a"
    first = client.post(f"{url}/withdrawal")
    assert (first.status_code, first.json()["status"]) == (200, "withdrawn")
    assert client.post(f"{url}/withdrawal").json() == first.json()
    assert count(world, ChallengeWithdrawn) == 1
    answer = client.patch(url, json={"maturity": 5})
    assert (answer.status_code, answer.json()["code"]) == (409, "challenge-not-open")


def test_a_list_comes_in_parts_without_gaps_or_repeats(world):
    client, seen, after = world.client("centre"), [], ""
    while True:
        part = client.get("/api/v1/challenges", params={"limit": 3, "after": after}).json()
        seen += [one["id"] for one in part["items"]]
        assert len(part["items"]) <= 3
        if part["next"] is None:
            break
        after = part["next"]
    assert seen == sorted(world.cards)


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("after=a%2Fb", "after"),
     ("status=gone", "status")],
)  # fmt: skip
def test_a_bad_query_is_told_by_its_name(world, query, field):
    answer = world.client("unit").get(f"/api/v1/challenges?{query}")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        (Visibility.OWN_UNIT, {"facilitator", "centre"}),
        (Visibility.MY_REGION, {"facilitator", "centre", "unit", "other unit"}),
        (Visibility.ALL_UNITS, {"facilitator", "centre", "unit", "other unit"}),
        (Visibility.PUBLIC, {"facilitator", "centre", "unit", "other unit", "agent"}),
    ],
)
def test_a_challenge_shows_itself_as_its_visibility_says(world, visibility, seen_by):
    world.hide("KU2-a", visibility)
    for who in ("facilitator", "centre", "unit", "other unit", "agent"):
        client = world.client(who)
        listed = client.get("/api/v1/challenges?limit=200").json()["items"]
        assert ("KU2-a" in {one["id"] for one in listed}) is (who in seen_by), who
        one = client.get("/api/v1/challenges/KU2-a")
        assert (one.status_code == 200) is (who in seen_by), who


def test_my_region_is_closed_to_units_elsewhere(world):
    world.hide("KU3-a", Visibility.MY_REGION)
    assert world.client("unit").get("/api/v1/challenges/KU3-a").status_code == 404


def test_an_answer_holds_the_card_and_nothing_of_persons(world):
    from schemas.challenges import ChallengeCard

    answer = world.client("facilitator").get("/api/v1/challenges/KU1-a")
    assert answer.json().keys() == ChallengeCard.model_fields.keys()
    assert "example.invalid" not in answer.text
