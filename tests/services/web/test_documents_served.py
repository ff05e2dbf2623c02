"""The documents are served as they are committed, to anybody, and nothing else is."""

import pytest
from starlette.testclient import TestClient

from services.contracts.documents import published


@pytest.fixture
def client(web):
    return TestClient(web)


def test_the_documents_are_served_as_they_are_committed(client):
    addresses = {f"/schemas/{path.removeprefix('schemas/')}": path for path in published()}
    for address, path in (addresses | {"/api/openapi.json": "openapi.json"}).items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.content == published()[path].read_bytes()
        assert "://" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["nothing.json", "..%2fdocuments.py", "%2e%2e/%2e%2e/cli.py"])
def test_nothing_else_is_served(client, name):
    answer = client.get(f"/schemas/{name}", headers={"accept": "application/json"})
    assert answer.status_code == 404


def test_the_page_of_interfaces_names_the_documents(client):
    page = client.get("/en/interfaces")
    assert page.status_code == 200
    for address in ("/api/openapi.json", "/schemas/asyncapi.json", "/schemas/UnitDraft.json"):
        assert address in page.text
