"""The documents are served as they are committed, to anybody, and nothing else is."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.contracts.documents import published
from services.contracts.pages import documents
from services.kit.dressing import dress


@pytest.fixture(scope="module")
def client():
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(documents)
    dress(app)
    return TestClient(app)


@pytest.mark.parametrize("path", ["openapi.json", "asyncapi.json", *published()])
def test_a_document_is_served_as_it_is_committed(client, path):
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == published()[path].read_bytes()


def test_the_schemas_are_listed_with_their_addresses(client):
    items = client.get("/api/schemas").json()["items"]
    assert "/api/schemas/piiri.challenges.registered.v1.json" in items
    assert all(client.get(item).status_code == 200 for item in items)


@pytest.mark.parametrize(
    "name", ["nothing", "..%2fdocuments", "..%2f..%2fasyncapi", "%2e%2e/%2e%2e/pages.py"]
)
def test_nothing_else_is_served(client, name):
    answer = client.get(f"/api/schemas/{name}.json")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
