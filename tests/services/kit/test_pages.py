"""The browser's edge: languages, headers, errors, requests of other sites."""

from typing import Annotated

import pytest
from fastapi import FastAPI, Query, Request
from starlette.testclient import TestClient

from schemas.base import Schema
from schemas.challenges import ChallengeDraft
from schemas.errors import Conflict, NotAllowed, NotFound, Refused, Unavailable
from services.kit.dressing import dress
from services.kit.forms import Misfilled, SentForm
from services.kit.pages import go, show
from services.look.layout import Viewer

FRONT = {"numbers": {"units": 1, "challenges": 1, "proposals": 1, "groups": 1}}
FRONT |= {"counts": {"01": 1}, "themes": [], "recent": []}


class NotSignedIn(NotAllowed):
    """Nobody is signed in."""

    code = "not-signed-in"


class SameThingAgain(Conflict):
    """It was there already."""

    code = "same-thing-again"


REFUSALS = {
    "odd": SameThingAgain(),
    "not-found": NotFound("challenge ch-1"),
    "not-allowed": NotAllowed(),
    "conflict": Conflict(),
    "refused": Refused(),
    "unavailable": Unavailable(),
    "not-signed-in": NotSignedIn(),
}


class Body(Schema):
    title: str


def small_app() -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/")
    def front(request: Request, name: str = ""):
        request.state.viewer = Viewer("unit_member", name) if name else None
        return show(request, "look/front.html", **FRONT)

    @app.post("/form")
    def post_form(request: Request, form: SentForm):
        try:
            draft = form.into(ChallengeDraft)
        except Misfilled as wrong:
            again = form.after(wrong)
            return {"wrong": [c.field for c in again.complaints], "title": again.text("title")}
        return {"themes": draft.themes, "until": draft.until}

    @app.post("/go")
    def post_go(request: Request):
        return go(request, "/challenges/ch-1")

    @app.get("/refusal/{code}")
    @app.get("/api/refusal/{code}")
    def refuse(code: str):
        if code == "fault":
            raise RuntimeError("the canary of the inside")
        raise REFUSALS[code]

    @app.post("/api/body")
    def post_body(body: Body):
        return body

    @app.get("/api/many")
    def get_many(limit: Annotated[int, Query(ge=1, le=50)] = 10):
        return limit

    dress(app, base_url="https://piiri.example")
    return app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(small_app(), follow_redirects=False, raise_server_exceptions=False)


def test_the_root_leads_to_the_reader_s_language(client):
    answer = client.get("/", headers={"accept-language": "sv"})
    assert answer.headers["location"] == "/sv/"
    assert "Accept-Language" in answer.headers["vary"]


def test_an_address_without_language_keeps_its_query(client):
    answer = client.get("/challenges/ch-1?from=mail", headers={"accept-language": "en"})
    assert answer.headers["location"] == "/en/challenges/ch-1?from=mail"


def test_two_slashes_never_lead_to_another_host(client):
    answer = client.get("//evil.example/x", headers={"accept-language": "en"})
    assert not answer.headers.get("location", "").startswith("//")


def test_a_page_is_written_in_its_address_s_language(client):
    answer = client.get("/sv/")
    assert answer.status_code == 200
    assert '<html lang="sv"' in answer.text
    assert 'hreflang="en" href="/en/"' in answer.text
    assert "piiri_lang=sv" in answer.headers["set-cookie"]


def test_going_on_keeps_the_language(client):
    answer = client.post("/sv/go")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sv/challenges/ch-1")


def test_every_answer_carries_the_strict_headers(client):
    for path in ("/fi/", "/fi/nothing", "/api/refusal/fault", "/fi/refusal/fault", "/static/none"):
        headers = client.get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


def test_strict_transport_is_told_over_https():
    client = TestClient(small_app(), base_url="https://testserver")
    assert "max-age=31536000" in client.get("/fi/").headers["strict-transport-security"]


def test_what_a_signed_in_person_sees_is_not_kept(client):
    assert client.get("/fi/").headers["cache-control"] == "no-cache"
    assert client.get("/fi/?name=Kokkola").headers["cache-control"] == "no-store"


def test_files_may_be_kept_when_their_address_tells_their_content(client):
    assert "immutable" in client.get("/static/theme.css?v=1").headers["cache-control"]
    assert client.get("/static/theme.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("not-found", 404),
        ("not-allowed", 403),
        ("conflict", 409),
        ("refused", 400),
        ("unavailable", 503),
    ],
)
def test_a_refusal_has_its_family_s_status_and_form(client, code, status):
    page = client.get(f"/fi/refusal/{code}")
    assert page.status_code == status
    assert "<h1" in page.text
    api = client.get(f"/api/refusal/{code}")
    assert api.status_code == status
    assert api.headers["content-type"] == "application/problem+json"
    assert (api.json()["status"], api.json()["code"]) == (status, code)


def test_a_refusal_without_words_of_its_own_speaks_with_its_family(client):
    page = client.get("/en/refusal/odd").text
    assert "The situation has changed" in page


def test_pages_are_sent_compressed(client):
    answer = client.get("/fi/", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_a_fault_tells_a_reference_and_nothing_of_the_inside(client):
    for path in ("/fi/refusal/fault", "/api/refusal/fault"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "canary" not in answer.text
        assert "Traceback" not in answer.text
    assert len(client.get("/api/refusal/fault").json()["reference"]) == 8


def test_a_reader_who_must_sign_in_is_led_there_and_back(client):
    page = client.get("/fi/refusal/not-signed-in")
    assert page.status_code == 303
    assert page.headers["location"] == "/fi/sign-in?next=%2Frefusal%2Fnot-signed-in"
    assert client.get("/api/refusal/not-signed-in").status_code == 401


def test_the_interface_names_field_problem_and_what_is_accepted(client):
    answer = client.post("/api/body", json={"titel": "x"})
    assert answer.status_code == 422
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert answer.json()["code"] == "invalid"
    assert errors["title"] == {"field": "title", "wrong": "missing", "accepted": "text"}
    assert errors["titel"]["wrong"] == "unknown field"
    assert "title" in errors["titel"]["accepted"]


def test_a_wrong_parameter_is_told_with_what_it_accepts(client):
    answer = client.get("/api/many?limit=900")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "field": "limit",
            "wrong": "Input should be less than or equal to 50",
            "accepted": "a whole number from 1 to 50",
        }
    ]


def test_a_body_that_is_no_json_is_told_so(client):
    told = client.post("/api/body", content=b"{", headers={"content-type": "application/json"})
    assert told.json()["errors"][0]["accepted"] == "JSON as in RFC 8259"


def test_a_form_reads_lists_and_leaves_empty_fields_to_their_defaults(client):
    sent = {"title": "Lähiruoka", "text": "Pienet erät ja vähän tarjouksia.", "until": ""}
    answer = client.post("/fi/form", data={**sent, "themes": ["food", "market"]})
    assert answer.json() == {"themes": ["food", "market"], "until": None}


def test_a_misfilled_form_keeps_what_was_written(client):
    answer = client.post("/fi/form", data={"title": "Ruo"})
    assert answer.json() == {"wrong": ["title", "text"], "title": "Ruo"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "https://piiri.example"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_only_our_own_pages_may_change_something(client, headers, status):
    assert client.post("/fi/go", headers=headers).status_code == status


def test_a_body_over_the_limit_is_refused(client):
    assert client.post("/fi/go", content=b"x" * (2 * 1024 * 1024 + 1)).status_code == 413
