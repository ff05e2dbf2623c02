"""Forms that anybody may send, and questions to the pool, are answered 429 beyond a limit."""

import pytest
from answering import Answering
from browsing import HERE, browser
from builders import a_contact, joined, registered
from starlette.testclient import TestClient

from schemas.asking import PeersAnswer
from schemas.people import Role
from services.access import pages as access
from services.api import challenges as api
from services.api.keys import make_key
from services.challenges import pages as challenges
from services.kit.limits import Limits
from services.notices import pages as notices

SIGN_IN = "/fi/sign-in", {"email": "kuka@example.invalid"}
FEEDBACK = "/sv/feedback", {"message": "Tack för tjänsten"}


@pytest.fixture(autouse=True)
def stopped_clock(web):
    web.state.limits = Limits(lambda: 0.0)


def at(web, address):
    return TestClient(web, base_url=HERE, client=(address, 1), follow_redirects=False)


@pytest.mark.parametrize(
    ("form", "module", "name"), [(SIGN_IN, access, "LETTERS"), (FEEDBACK, notices, "MESSAGES")]
)
def test_an_open_form_is_taken_so_often_from_one_address(web, form, module, name):
    path, fields = form
    one, other = at(web, "192.0.2.1"), at(web, "192.0.2.2")
    most = getattr(module, name)
    assert {one.post(path, data=fields).status_code for _ in range(most)} == {200}
    refused = one.post(path, data=fields)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert f"{refused.headers['retry-after']} s" in refused.text
    assert one.get(path).status_code == 200
    assert other.post(path, data=fields).status_code == 200


def test_the_form_of_a_challenge_asks_so_often_for_one_person(web, store):
    web.state.asker = Answering(PeersAnswer())
    with store.begin() as session:
        units = [joined(session, key) for key in ("KU1", "KU2")]
        people = [a_contact(session, unit.id) for unit in units]
    first, second = (browser(web, person) for person in people)
    sent = {"title": "Lähiruoka", "text": "Lähiruokaa kouluihin"}

    def ask(one):
        return one.post("/fi/challenges/peers", data=sent)

    assert {ask(first).status_code for _ in range(challenges.LOOKS)} == {200}
    assert ask(first).status_code == 429
    assert ask(second).status_code == 200


def test_a_key_asks_for_peers_so_often(web, store, monkeypatch):
    monkeypatch.setattr(api, "LOOKS", 3)
    web.state.asker = Answering(PeersAnswer())
    with store.begin() as session:
        card = registered(session, "KU1")
        keys = [make_key(session, "test", Role.FACILITATOR) for _ in range(2)]
    one, other = (
        TestClient(web, base_url=HERE, headers={"Authorization": f"Bearer {key}"}) for key in keys
    )
    path = f"/api/v1/challenges/{card.id}/peers"
    assert {one.get(path).status_code for _ in range(3)} == {200}
    refused = one.get(path)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert int(refused.headers["retry-after"]) >= 1
    assert other.get(path).status_code == 200
