"""Weights fitted to decisions that were drawn from weights known to the test alone."""

from datetime import UTC, datetime

import numpy as np
import pytest
from builders import a_draft, a_unit

from matcher.entries import entry_of
from matcher.judged import Judgement, Pairs, case_of
from matcher.neighbours import Neighbours
from matcher.params import AffinityWeights, GroupRules
from matcher.weighing import ENOUGH, FITTED, affinity, weigh
from schemas.challenges import ChallengeCard
from schemas.codes import Stage
from schemas.units import UnitProfile

TOPICS = (
    "Työllistämisehto siivouspalvelujen hankinnassa",
    "Vähäpäästöinen betoni koulun rakentamisessa",
    "Kotihoidon vaikuttavuuden mittaaminen ja palkkiot",
    "Sähköbussit joukkoliikenteen kilpailutuksessa",
)
KINDS = ("municipality", "parish", "university")
RULES = GroupRules(threshold=0.3)
WEIGHTS = RULES.affinity


def entries(n=72):
    """Challenges of four topics, each of its own unit, of every stage, kind and experience."""
    rng = np.random.default_rng(7)
    found = {}
    for at in range(n):
        draft = a_draft(
            title=TOPICS[at % 4],
            text=f"{TOPICS[at % 4]}: miten vaatimukset kirjataan ja miten niitä seurataan?",
            stage=list(Stage)[rng.integers(len(Stage))],
            maturity=int(rng.integers(1, 6)),
        )
        unit = a_unit(id=f"KU{at}", kind=KINDS[rng.integers(3)])
        card = ChallengeCard(
            **draft.model_dump(),
            id=f"ch-{at:02}",
            unit_id=unit.id,
            version=1,
            registered_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        found[card.id] = entry_of(card, UnitProfile(**unit.model_dump()))
    return found


@pytest.fixture(scope="module")
def pool():
    return entries()


def theta(weights):
    return np.array([getattr(weights, name) for name in FITTED])


def decided(pool, weights, decisions, slope=14.0):
    """Decisions on five members of a topic each: by chance, the more affinity the likelier."""
    rng = np.random.default_rng(11)
    asked = []
    for number in range(decisions):
        topic = rng.integers(4)
        keys = [f"ch-{at:02}" for at in rng.choice(np.arange(topic, 72, 4), 6, replace=False)]
        for key in keys[:5]:
            others = tuple(other for other in keys if other != key)
            asked.append(Judgement(key, others, True, 1.0, f"pr-{number:03}"))
    case = case_of(pool, asked, sorted({one.decision for one in asked}), weights)
    value, _ = affinity(case.pairs, theta(weights))
    chance = 1 / (1 + np.exp(slope * (np.median(value) - value)))
    return [one._replace(fits=rng.random() < at) for one, at in zip(asked, chance, strict=True)]


def test_the_parts_give_the_affinity_that_the_pool_has(pool):
    near = Neighbours(WEIGHTS)
    near.settle(pool, anew=True)
    one, others = "ch-00", tuple(near.near["ch-00"])
    case = case_of(pool, [Judgement(one, others, True)], [""], WEIGHTS)
    value, _ = affinity(case.pairs, theta(WEIGHTS))
    assert value == pytest.approx(np.mean([near.between(one, key) for key in others]), abs=1e-6)


def test_the_slopes_are_those_of_the_affinity():
    rng = np.random.default_rng(0)
    owner = np.sort(np.concatenate([np.arange(10), rng.integers(0, 10, 40)]))
    offered = np.where(rng.random(50) < 0.5, np.nan, rng.random(50))
    pairs = Pairs(owner, 0.8 * rng.random(50), offered, rng.random((50, 4)), np.ones(50))
    at = theta(WEIGHTS)
    _, slopes = affinity(pairs, at)
    for number in range(len(FITTED)):
        step = np.zeros(len(FITTED))
        step[number] = 1e-6
        rise = (affinity(pairs, at + step)[0] - affinity(pairs, at - step)[0]) / 2e-6
        assert slopes[:, number] == pytest.approx(rise, abs=1e-7)


def test_decisions_that_look_at_the_stage_raise_its_weight_and_lower_none_to_nothing(pool):
    judges = WEIGHTS.model_copy(update={"stage": 0.4, "kinds": 0.0})
    found = weigh(pool, decided(pool, judges, 100, slope=40.0), RULES)
    assert found.enough
    assert found.better
    assert found.weights.stage > WEIGHTS.stage + 0.05
    assert found.weights.stage > 3 * found.weights.kinds
    assert found.loss[1] < found.loss[0]
    assert found.order[1] > found.order[0]
    assert found.weights.language == WEIGHTS.language


def test_decisions_by_lot_are_no_reason_to_change_anything(pool):
    found = weigh(pool, decided(pool, WEIGHTS, 60, slope=0.0), RULES)
    assert found.enough
    assert not found.better


def test_decisions_by_the_present_weights_leave_them_nearly_as_they_are(pool):
    found = weigh(pool, decided(pool, WEIGHTS, 60), RULES)
    assert not found.better
    assert abs(found.weights.stage - WEIGHTS.stage) < 0.08


def test_the_order_of_the_judgements_changes_nothing(pool):
    judged = decided(pool, WEIGHTS, 40)
    assert weigh(pool, judged[::-1], RULES) == weigh(pool, judged, RULES)


def test_few_decisions_say_nothing(pool):
    found = weigh(pool, decided(pool, WEIGHTS, ENOUGH - 1), RULES)
    assert not found.enough
    assert not found.better
    assert found.weights == WEIGHTS
    assert weigh(pool, [], RULES).judgements == 0


def test_many_decisions_of_one_kind_say_nothing(pool):
    judged = [one._replace(fits=True) for one in decided(pool, WEIGHTS, 60)]
    assert not weigh(pool, judged, RULES).enough


def test_judgements_about_what_is_gone_are_counted_and_left_out(pool):
    here = decided(pool, WEIGHTS, 40)
    gone = [
        Judgement("ch-gone", ("ch-00",), True, 1.0, "pr-000"),
        Judgement("ch-00", ("ch-x",), True),
    ]
    found = weigh(pool, here + gone, RULES)
    assert found.missing == 2
    assert found.weights == weigh(pool, here, RULES).weights


def test_the_discounts_stay_below_one_together_whatever_was_decided(pool):
    steep = AffinityWeights(stage=0.5, distance=0.2, maturity=0.15, kinds=0.1)
    judged = decided(pool, steep, 80, slope=60.0)
    found = weigh(pool, judged, GroupRules(affinity=steep)).weights
    assert found.stage + found.distance + found.maturity + found.kinds < 1
