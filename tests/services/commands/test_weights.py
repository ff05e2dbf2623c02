"""``piiri weights`` on what facilitators decided."""

import json

import pytest
import typer
from builders import a_facilitator, a_proposal, registered
from emitted import emitted
from matched import hear

from matcher.params import AffinityWeights
from schemas.challenges import ChallengeRegistered
from schemas.units import UnitJoined
from services.commands.weights import weights
from services.groups.actions import approve_group, move_member
from services.groups.proposals import keep_proposal
from services.kit.settings import Settings, SettingsRefused
from services.matching.rules import rules_of

STAGES = ("idea", "contract")
WORDS = (
    ("Työllistämisehto siivouspalvelujen sopimuksiin", "Siivouksen sopimuksiin työllistämisehto"),
    ("Vähäpäästöinen betoni koulun rakentamisessa", "Koulun rakentaminen, päästöt ja betoni"),
    ("Kotihoidon vaikuttavuus ja sen palkkiot", "Vaikuttavuuden palkkiot kotihoidossa"),
    ("Sähköbussit joukkoliikenteen hankinnassa", "Joukkoliikenteen hankinta sähköbusseilla"),
)
"""Four challenges, each in two wordings."""


def decide(store, proposals):
    """Approve groups of four after taking out the one of another stage."""
    with store.begin() as session:
        facilitator = a_facilitator(session)
        for number in range(proposals):
            key, one = f"pr-{number:02}", number // 4 % 2
            cards = [
                registered(
                    session,
                    f"KU{number:02}{seat}",
                    title=WORDS[number % 4][seat == 3],
                    text=WORDS[number % 4][seat == 3],
                    stage=STAGES[one] if seat < 4 else STAGES[1 - one],
                )
                for seat in range(5)
            ]
            keep_proposal(session, a_proposal(cards, key))
            move_member(session, facilitator, key, cards[4].id, to=None)
            approve_group(session, facilitator, key)
    with store.read() as session:
        told = [*emitted(session, UnitJoined), *emitted(session, ChallengeRegistered)]
    hear(store, *told)


def test_taking_out_those_of_another_stage_is_learned_and_can_be_set(store, tmp_path, capsys):
    decide(store, 40)
    weights(tmp_path)
    told = capsys.readouterr().out
    assert "200 judgements about members in 40 groups and proposals: 160 fit, 40 do not" in told
    setting = told.split("PIIRI_AFFINITY=")[1].strip()
    fitted = rules_of(settings(PIIRI_AFFINITY=setting)).affinity
    assert fitted.stage > AffinityWeights().stage


def test_a_few_decisions_are_told_and_nothing_is_advised(store, tmp_path, capsys):
    decide(store, 2)
    weights(tmp_path)
    told = capsys.readouterr().out
    assert "10 judgements about members in 2 groups" in told
    assert "Too few to weigh: at least 30 groups" in told
    assert "PIIRI_AFFINITY" not in told
    weights(tmp_path, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert not found["enough"]
    assert not found["better"]
    assert found["weights"] == found["present"] == AffinityWeights().model_dump()


def test_without_a_database_it_says_so(tmp_path, capsys):
    with pytest.raises(typer.Exit):
        weights(tmp_path / "nothing")
    assert "There is no database yet" in capsys.readouterr().err


def settings(**env):
    return Settings.for_demo(env)


def test_weights_that_are_not_set_are_the_defaults():
    assert rules_of(settings()).affinity == AffinityWeights()
    changed = rules_of(settings(PIIRI_AFFINITY="stage=0.2")).affinity
    assert changed == AffinityWeights(stage=0.2)


@pytest.mark.parametrize(
    "said", ["stage", "stage=much", "stage=0.1,", "stage=0.1=0.2", "stage=0.1,stage=0.2"]
)
def test_what_is_no_list_of_numbers_is_refused(said):
    with pytest.raises(SettingsRefused, match=r"PIIRI_AFFINITY is .*accepted: names and numbers"):
        settings(PIIRI_AFFINITY=said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("stages=0.2", "stages.*weights are full_likeness, offer"),
        ("stage=1.5", "stage.*less than or equal to 1, got 1.5"),
        ("stage=nan", "stage.*got nan"),
        ("stage=0.9,distance=0.9", "take less than 1 together"),
    ],
)
def test_what_is_no_weight_is_refused_with_its_name(said, why):
    with pytest.raises(SettingsRefused, match=f"PIIRI_AFFINITY.*{why}"):
        rules_of(settings(PIIRI_AFFINITY=said))
