"""The committed documents are what the code says, and keep the rules of their formats."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from typer import Typer
from typer.testing import CliRunner

from schemas.challenges import ChallengeDraft
from schemas.registry import BY_TYPE
from schemas.upcast import read_event
from services.contracts.asyncapi import asyncapi_document
from services.contracts.command import schemas
from services.contracts.documents import HOME, documents, drift, published
from services.contracts.json_schemas import event_schemas, incoming_schemas

HERE = Path(__file__).parent
KEPT = sorted((HERE.parents[1] / "schemas" / "events").glob("*.json"))


def type_of(path):
    return path.name.removesuffix(".json").removesuffix(".bare")


PRESENT = [path for path in KEPT if type_of(path) in BY_TYPE]
"""Those that no upcaster reads: an older type has no schema of its own any more."""
RULES = json.loads((HERE / "asyncapi" / "3.0.0.json").read_text())
DOCUMENT = asyncapi_document()
CHALLENGE = {"title": "Työllistämisehto", "text": "Miten valvomme työllistämisehtoa?"}


@pytest.fixture
def run():
    app = Typer()
    app.command()(schemas)
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)))


def test_the_committed_documents_are_up_to_date():
    assert drift(HOME) == [], "run `piiri schemas` and commit what it writes"


def test_what_the_package_publishes_is_what_is_made():
    assert {path: file.read_text() for path, file in published().items()} == documents()


def test_the_command_writes_once_and_then_finds_nothing_to_do(run, tmp_path):
    assert run("--out", tmp_path).output.count("wrote ") == len(documents())
    assert run("--out", tmp_path).output == ""
    assert run("--out", tmp_path, "--check").exit_code == 0


def test_the_check_names_what_changed_is_missing_or_is_left_over(run, tmp_path):
    run("--out", tmp_path)
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "schemas" / "UnitDraft.json").unlink()
    (tmp_path / "schemas" / "piiri.old.fact.v1.json").write_text("{}")
    told = run("--out", tmp_path, "--check")
    assert told.exit_code == 1
    assert re.findall(r"out of date: \S+/(\S+)", told.output) == [
        "asyncapi.json",
        "UnitDraft.json",
        "piiri.old.fact.v1.json",
    ]
    run("--out", tmp_path)
    assert run("--out", tmp_path, "--check").exit_code == 0


@pytest.mark.parametrize("path", PRESENT, ids=lambda path: path.name)
def test_a_kept_event_keeps_its_published_schema(path):
    name = type_of(path)
    Draft202012Validator(event_schemas()[name]).validate(json.loads(path.read_text()))
    written = json.loads(read_event(name, path.read_text()).model_dump_json())
    Draft202012Validator(event_schemas()[name]).validate(written)


@pytest.mark.parametrize("name", [*event_schemas(), *incoming_schemas()])
def test_every_schema_is_a_valid_json_schema_that_says_what_it_is_for(name):
    schema = (event_schemas() | incoming_schemas())[name]
    Draft202012Validator.check_schema(schema)
    assert schema["description"]
    assert schema["$id"].endswith(name)


def test_a_schema_of_an_event_lets_new_fields_pass_at_any_depth():
    assert 'additionalProperties": false' not in json.dumps(event_schemas())


def test_a_schema_of_what_comes_in_refuses_unknown_fields():
    check = Draft202012Validator(incoming_schemas()["ChallengeDraft"])
    assert check.is_valid(CHALLENGE)
    assert not check.is_valid(CHALLENGE | {"contact_person": "x"})


@pytest.mark.parametrize(
    "change", [{"title": "a"}, {"stage": "begun"}, {"themes": ["A"]}, {"maturity": 9}, {"text": 1}]
)
def test_the_published_schema_and_the_code_refuse_the_same(change):
    check = Draft202012Validator(incoming_schemas()["ChallengeDraft"])
    with pytest.raises(ValueError, match=next(iter(change))):
        ChallengeDraft.model_validate(CHALLENGE | change)
    assert not check.is_valid(CHALLENGE | change)


def test_the_asyncapi_document_keeps_the_rules_of_asyncapi_3():
    faults = [f"{e.json_path}: {e.message}" for e in Draft7Validator(RULES).iter_errors(DOCUMENT)]
    assert faults == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.pop("info"),
        lambda document: document["channels"]["challenges.registered"].update(adress="x"),
        lambda document: document["operations"]["tellUnitJoined"].update(action="publish"),
    ],
)
def test_the_rules_notice_a_spoilt_document(spoil):
    document = asyncapi_document()
    spoil(document)
    assert not Draft7Validator(RULES).is_valid(document)


def references(value):
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_in_the_document_leads_somewhere():
    for reference in set(references(DOCUMENT)):
        here = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            assert step in here, reference
            here = here[step]


def test_an_address_names_exactly_the_parameters_of_its_channel():
    for name, channel in DOCUMENT["channels"].items():
        named = set(re.findall(r"{(\w+)}", channel["address"] or ""))
        assert named == set(channel.get("parameters", ())), name


def test_an_operation_sends_only_messages_of_its_channel():
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(one["$ref"].startswith(f"{channel}/messages/") for one in operation["messages"])


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_an_event_is_sent_where_the_document_says_and_by_the_key_it_names(path):
    name = path.name.removesuffix(".json").removesuffix(".bare")
    event = read_event(name, path.read_text())
    address = DOCUMENT["channels"][event.fact]["address"]
    stem, key = re.fullmatch(r"(.*)\.{(\w+)}", address).groups()
    assert event.subject == f"{stem}.{event.key}"
    assert event.key in values_named({key, key.removesuffix("_code")}, path.read_text(), key)


def values_named(names, body, key):
    """Values of a field so named, and of ``id`` inside the field it is the id of."""
    found, owner = set(), key.removesuffix("_id")

    def collect(value, under):
        for name, inner in value.items():
            if name in names or (name == "id" and under == owner):
                found.add(inner)
            if isinstance(inner, dict):
                collect(inner, name)

    collect(json.loads(body), "")
    return found
