"""``piiri doctor`` on what ranks challenges, in a folder whose demonstration does not run."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
import typer
from builders import a_draft
from neural import needs_neural

from matcher.entries import texts_of
from matcher.text.encoders import key_of, neural
from schemas.challenges import ChallengeCard
from services.commands.doctor import doctor
from services.matching.encoding import plant_vectors
from services.matching.tables import KnownChallenge, Ranking

CARD = ChallengeCard(
    **a_draft().model_dump(),
    id="ch-1",
    unit_id="KU1",
    version=1,
    registered_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.fixture
def encoder_found(store, tmp_path, monkeypatch, capsys):
    """What the doctor says of the encoder that a variable asks for."""
    with store.begin() as session:
        body = CARD.model_dump(mode="json")
        row = {"challenge_id": "ch-1", "unit_id": "KU1", "version": 1, "is_open": True}
        session.add(KnownChallenge(**row, body=body))

    def look(wanted):
        monkeypatch.setenv("PIIRI_ENCODER", wanted)
        return found_of("encoder", tmp_path, capsys)

    return look


def found_of(what, folder, capsys):
    with pytest.raises(typer.Exit):  # NATS of the demonstration is not there
        doctor(folder, as_json=True)
    found = map(json.loads, capsys.readouterr().out.splitlines())
    return next(finding for finding in found if finding["what"] == what)


@pytest.mark.parametrize(
    ("said", "well", "told"),
    [
        ("", True, "groups of 5 to 12"),
        ("stage=0.2", True, 'groups of 5 to 12; weights {"stage": 0.2}'),
        ("stages=0.2", False, "PIIRI_AFFINITY: stages: Extra inputs are not permitted"),
    ],
)
def test_the_rules_of_groups_are_told(store, tmp_path, monkeypatch, capsys, said, well, told):
    monkeypatch.setenv("PIIRI_AFFINITY", said)
    found = found_of("rules", tmp_path, capsys)
    assert found["well"] is well
    assert told in found["state"]


def test_the_built_in_encoder_needs_no_vectors(encoder_found):
    assert encoder_found("builtin")["state"] == "builtin"


def test_what_ranked_last_is_told_until_the_worker_has_changed_over(store, encoder_found):
    with store.begin() as session:
        session.add(Ranking(encoder="other"))
    assert encoder_found("builtin")["state"] == "builtin; other ranked last"


def test_a_model_that_is_not_there_is_found(encoder_found):
    found = encoder_found("./no-such-model")
    assert not found["well"]
    assert "PIIRI_ENCODER: there is no folder './no-such-model'" in found["state"]


@needs_neural
def test_the_texts_that_wait_for_a_vector_are_counted(store, encoder_found):
    name, count = neural().name, len(texts_of(CARD))
    waiting = f"{name}, {count} texts wait for a vector; builtin ranks until they have it"
    assert encoder_found("neural")["state"] == waiting
    vectors = {key_of(text): np.ones(3, np.float32) for text in texts_of(CARD)}
    with store.begin() as session:
        plant_vectors(session, name, vectors)
        session.add(Ranking(encoder=name))
    assert encoder_found("auto")["state"] == name
