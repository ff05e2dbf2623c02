import re

from fastapi import FastAPI
from starlette.testclient import TestClient

from schemas.registry import BY_TYPE
from services.contracts.documents import published
from services.contracts.interface_page import pages
from services.kit.dressing import dress


def page(lang: str) -> str:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(pages)
    dress(app)
    answer = TestClient(app).get(f"/{lang}/interfaces")
    assert answer.status_code == 200
    return answer.text


def test_every_published_schema_is_linked_and_no_other():
    linked = set(re.findall(r'href="/api/(schemas/[^"]+)"', page("fi")))
    assert linked == {path for path in published() if path.startswith("schemas/")}


def test_every_event_stands_with_its_subject():
    text = page("sv")
    assert all(name in text for name in BY_TYPE)
    assert "piiri.challenges.registered.{unit_id}" in text


def test_the_codes_of_refusals_are_told_in_the_reader_s_language():
    assert "This was not found." in page("en")
