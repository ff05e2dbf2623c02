"""Units join through the centre's systems and are revised by their own."""

from emitted import emitted

from schemas.units import ProfileRevised, UnitJoined

UNIT = {
    "id": "KU9",
    "kind": "municipality",
    "name": {"fi": "Mallila", "sv": "Modellby"},
    "business_ids": [{"y_tunnus": "7654321-2"}],
    "regions": ["06"],
    "languages": ["fi"],
}


def test_a_unit_joins_once_however_often_it_is_sent(world):
    client = world.client("centre")
    first = client.post("/api/v1/units", json=UNIT)
    assert (first.status_code, first.headers["location"]) == (201, "/api/v1/units/KU9")
    again = client.post("/api/v1/units", json=UNIT)
    assert (again.status_code, again.json()) == (200, first.json())
    assert client.get("/api/v1/units/KU9").json() == first.json()
    with world.store.read() as session:
        assert len([one for one in emitted(session, UnitJoined) if one.unit.id == "KU9"]) == 1


def test_another_profile_under_the_same_id_is_refused(world):
    client = world.client("centre")
    client.post("/api/v1/units", json=UNIT)
    answer = client.post("/api/v1/units", json=UNIT | {"languages": ["sv"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "unit-joined-already")


def test_a_wrong_check_digit_and_a_taken_y_tunnus_are_told(world):
    client = world.client("centre")
    wrong = UNIT | {"business_ids": [{"y_tunnus": "7654321-3"}]}
    answer = client.post("/api/v1/units", json=wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "business_ids.0.y_tunnus"
    client.post("/api/v1/units", json=UNIT)
    answer = client.post("/api/v1/units", json=UNIT | {"id": "KU10"})
    assert (answer.status_code, answer.json()["code"]) == (409, "y-tunnus-taken")


def test_a_profile_is_revised_in_the_version_that_was_seen(world):
    client, url = world.client("unit"), "/api/v1/units/KU1"
    read = client.get(url)
    body = {"kind": "parish", "name": {"fi": "Uusi nimi"}, "languages": ["sv"]}
    done = client.put(url, json=body, headers={"If-Match": read.headers["etag"]})
    assert (done.status_code, done.json()["name"]["fi"]) == (200, "Uusi nimi")
    late = client.put(url, json=body, headers={"If-Match": read.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (412, "version-passed")
    client.put(url, json=body)
    with world.store.read() as session:
        assert len(emitted(session, ProfileRevised)) == 1


def test_units_are_found_by_name_region_and_kind(world):
    client = world.client("unit")
    client_centre = world.client("centre")
    client_centre.post("/api/v1/units", json=UNIT | {"kind": "parish", "regions": ["21"]})
    for query in ("text=model", "region=21", "kind=parish"):
        found = client.get(f"/api/v1/units?{query}").json()["items"]
        assert [one["id"] for one in found] == ["KU9"], query
    answer = client.get("/api/v1/units?kind=vendor")
    assert answer.json()["errors"][0]["field"] == "kind"


def test_themes_and_regions_are_listed_without_a_key(world):
    client = world.client()
    themes = client.get("/api/v1/themes").json()["items"]
    assert "social" in {one["key"] for one in themes}
    regions = client.get("/api/v1/regions").json()["items"]
    assert {"06", "21"} <= {one["code"] for one in regions}
    assert all(one["name"].keys() == {"fi", "sv", "en"} for one in regions)
