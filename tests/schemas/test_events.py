"""Every event ever written can still be read."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.base import Event
from schemas.registry import BY_TYPE, EVENTS
from schemas.upcast import UPCASTS, UnknownEventType, Upcast, read_event, upcast

KEPT = sorted((Path(__file__).parent / "events").glob("*.json"))
"""Bodies as they were written, by type; ``.bare`` ones hold only what was required."""


def type_of(path):
    return path.name.removesuffix(".json").removesuffix(".bare")


PRESENT = [path for path in KEPT if type_of(path) in BY_TYPE]
"""Those that no upcaster reads: it decides what becomes of an older type."""


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_kept_event_loads(path):
    body = path.read_text()
    event = read_event(type_of(path), body)
    assert str(event.id) == json.loads(body)["id"]
    assert event.subject.startswith(f"piiri.{event.fact}.")


@pytest.mark.parametrize("path", PRESENT, ids=lambda path: path.name)
def test_a_kept_event_loses_nothing(path):
    kept = json.loads(path.read_text())
    event = read_event(type_of(path), path.read_text())
    read = json.loads(event.model_dump_json())
    assert contains(read, kept), f"what {path.name} says is not what was read"


def contains(whole, part):
    if isinstance(part, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return whole == part


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type_name())
def test_every_event_has_a_kept_example(event):
    assert f"{event.type_name()}.json" in {path.name for path in KEPT}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_field_from_a_newer_writer_is_skipped(path):
    body = json.loads(path.read_text()) | {"a_field_of_tomorrow": {"deep": [1, 2]}}
    event = read_event(type_of(path), json.dumps(body))
    assert "a_field_of_tomorrow" not in event.model_dump()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_field_from_a_newer_writer_is_skipped_inside_too(path):
    def grow(value):
        if isinstance(value, dict):
            return {key: grow(inner) for key, inner in value.items()} | {"a_new": 1}
        return [grow(inner) for inner in value] if isinstance(value, list) else value

    body = json.loads(path.read_text())
    grown = {key: value if key == "values" else grow(value) for key, value in body.items()}
    assert str(read_event(type_of(path), json.dumps(grown)).id) == body["id"]


def test_no_two_events_share_a_type_or_a_fact():
    assert len(BY_TYPE) == len(EVENTS)


def test_every_event_class_is_registered():
    def children(kind):
        return {kind} | {deep for child in kind.__subclasses__() for deep in children(child)}

    concrete = {kind for kind in children(Event) if "fact" in vars(kind)}
    assert {kind for kind in concrete if kind.__module__.startswith("schemas.")} == set(EVENTS)


def test_an_unknown_type_is_told_apart():
    with pytest.raises(UnknownEventType, match=r"piiri\.challenges\.invented\.v9"):
        read_event("piiri.challenges.invented.v9", "{}")


def test_a_body_that_does_not_fit_names_the_field():
    with pytest.raises(ValidationError, match=r"challenge\.unit_id"):
        read_event(
            "piiri.challenges.registered.v1",
            '{"challenge": {"id": "ch-1", "title": "Siivous", '
            '"text": "Siivouspalvelujen kilpailutus", "registered_at": "2026-11-02T09:00:00Z"}}',
        )


def renamed(old, new):
    return lambda body: {new if key == old else key: value for key, value in body.items()}


OLD_STEPS = (
    Upcast("piiri.notices.area.v1", "piiri.notices.area.v2", renamed("area_code", "area")),
    Upcast("piiri.notices.area.v2", "piiri.notices.region.v1", renamed("area", "region")),
)


def test_steps_follow_each_other_from_the_oldest_type():
    old = {"area_code": "05", "notice_id": "no-1", "group_id": "gr-1", "nearness": "own"}
    event = read_event("piiri.notices.area.v1", json.dumps(old), steps=OLD_STEPS)
    assert (event.type_name(), event.region) == ("piiri.notices.region.v1", "05")


def test_a_step_leaves_the_given_body_alone():
    old = {"area": "05"}
    assert upcast("piiri.notices.area.v2", old, OLD_STEPS) == (
        "piiri.notices.region.v1",
        {"region": "05"},
    )
    assert old == {"area": "05"}


def test_steps_that_go_in_a_circle_end():
    circle = (Upcast("a", "b", dict), Upcast("b", "a", dict))
    assert upcast("a", {}, circle) == ("a", {})


def test_every_step_ever_made_leads_to_a_known_type_and_keeps_its_example():
    for step in UPCASTS:
        assert step.old not in BY_TYPE
        assert upcast(step.old, {}, [Upcast(s.old, s.new, dict) for s in UPCASTS])[0] in BY_TYPE
        assert f"{step.old}.json" in {path.name for path in KEPT}
