"""The OpenAPI document tells the truth about the routes."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from services.api.openapi import openapi_document

DOCUMENT = openapi_document()
OPERATIONS = [
    (path, method, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_says_what_it_is_for_and_how_it_refuses(path, method, operation):
    assert operation["summary"]
    assert operation["description"]
    assert {"422", "503"} <= operation["responses"].keys()
    public = path in ("/api/v1/themes", "/api/v1/regions")
    assert ("security" in operation) is not public
    for code, response in operation["responses"].items():
        if code >= "400":
            assert list(response["content"]) == ["application/problem+json"]


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named <= DOCUMENT["components"]["schemas"].keys()


def test_every_schema_is_valid():
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("who", "path", "schema"),
    [
        ("unit", "/api/v1/challenges/KU1-a", "ChallengeCard"),
        ("unit", "/api/v1/units/KU1", "UnitProfile"),
        ("facilitator", "/api/v1/proposals/pr-1", "ProposalOut"),
        ("facilitator", "/api/v1/groups/{group}", "GroupOut"),
        ("unit", "/api/v1/challenges/none", "Problem"),
    ],
)
def test_an_answer_fits_its_schema(world, who, path, schema):
    answer = world.client(who).get(path.format(group=world.group_id)).json()
    rules = {"$ref": f"#/components/schemas/{schema}", **DOCUMENT}
    assert [one.message for one in Draft202012Validator(rules).iter_errors(answer)] == []


def test_a_refusal_of_a_field_fits_the_schema_of_problems(world):
    answer = world.client("unit").post("/api/v1/challenges", json={}).json()
    rules = {"$ref": "#/components/schemas/Problem", **DOCUMENT}
    assert [one.message for one in Draft202012Validator(rules).iter_errors(answer)] == []
