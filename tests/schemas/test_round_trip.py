"""Every value and every event survives the way to JSON and back; drafts refuse what is unknown."""

import types
from datetime import UTC, date
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ValidationError

from schemas.agents import AgentCard, AgentDraft, Territory
from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeDraft
from schemas.groups import GroupProposal, Peer
from schemas.pool_lines import ChallengeLine, UnitLine
from schemas.reasons import Concept, Reason
from schemas.registry import EVENTS
from schemas.units import BusinessId, Location, UnitDraft, UnitProfile
from schemas.upcast import read_event

VALUES = (
    AgentCard, AgentDraft, BusinessId, ChallengeCard, ChallengeDraft, ChallengeLine, Concept,
    GroupProposal, Location, Names, Peer, Reason, Territory, UnitDraft, UnitLine, UnitProfile,
)  # fmt: skip
WORDS = [
    "siivous",
    "upphandling",
    "cleaning",
    "ehto",
    "2026-2027",
    "1397/2016",
    "åäö",
    "🙂",
    "\u202e",
    "<",
    "&",
    "'",
    '"',
    "\\",
]
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    date: st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    AwareDatetime: st.datetimes(timezones=st.just(UTC)),
    UUID: st.uuids(),
}


def texts(least, most):
    words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
    return words.map(lambda text: text.ljust(least, "x")[: most or 80].strip().ljust(least, "x"))


def limits(metadata):
    found = {}
    for item in metadata:
        for part in (item, *getattr(item, "metadata", ())):
            for name in ("min_length", "max_length", "ge", "le", "pattern"):
                if getattr(part, name, None) is not None:
                    found[name] = getattr(part, name)
    return found


def values(kind, metadata=()):
    """Anything that a field of this type may hold."""
    origin, args, given_limits = get_origin(kind), get_args(kind), limits(metadata)
    if origin is Annotated:
        return values(args[0], (*args[1:], *metadata))
    if origin in (Union, types.UnionType):
        return st.one_of([st.none() if arg is type(None) else values(arg) for arg in args])
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        least, most = given_limits.get("min_length", 0), given_limits.get("max_length", 3)
        return st.lists(values(args[0]), min_size=least, max_size=min(most, least + 3)).map(tuple)
    if origin is dict:
        return st.dictionaries(st.sampled_from(["fit", "distance_km"]), values(args[1]))
    return scalar(kind, given_limits)


def scalar(kind, given_limits):
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return models(kind)
    if kind is str and "pattern" in given_limits:
        return st.from_regex(given_limits["pattern"].replace("$", r"\Z"))
    if kind is str:
        return texts(given_limits.get("min_length", 0), given_limits.get("max_length"))
    if kind is int:
        return st.integers(given_limits.get("ge", 0), given_limits.get("le", 9999))
    if kind is float:
        low, high = given_limits.get("ge"), given_limits.get("le")
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    return SCALARS[kind]


def models(kind):
    if kind is BusinessId:
        return st.just(BusinessId(y_tunnus="7654321-2", valid_from=date(2009, 1, 1)))
    if kind is Territory:
        return st.builds(Territory, region=st.just("05"), starts=SCALARS[date], ends=st.none())
    fields = {
        name: values(field.annotation, field.metadata) for name, field in kind.model_fields.items()
    }
    return st.fixed_dictionaries(fields).map(lambda found: kind.model_validate(found))


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_value_comes_back_from_json_as_it_was(kind, data):
    value = data.draw(models(kind))
    assert kind.model_validate_json(value.model_dump_json()) == value


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type_name())
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_an_event_comes_back_from_json_as_it_was(kind, data):
    event = data.draw(models(kind))
    assert read_event(kind.type_name(), event.model_dump_json()) == event


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_value_refuses_an_unknown_field(kind, data):
    given_fields = data.draw(models(kind)).model_dump(mode="json") | {"contact_person": "x"}
    with pytest.raises(ValidationError) as refusal:
        kind.model_validate(given_fields)
    assert [error["loc"] for error in refusal.value.errors()] == [("contact_person",)]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_carry_is_refused(number):
    with pytest.raises(ValidationError, match="finite"):
        Reason(code="distance", values={"distance_km": number})


def test_a_frozen_value_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Names(fi="Esimerkkilä").fi = "Mallila"
