"""What a peer says of itself: what is shared, what one gives the other, what differs."""

from datetime import UTC, datetime

import pytest
from builders import a_draft, a_unit

from matcher import Pool
from matcher.params import GroupRules
from matcher.reasons import pair_reasons
from matcher.text.generic import UNNAMED
from matcher.text.vocabulary import vocabulary
from schemas.challenges import ChallengeCard
from schemas.reasons import Reason
from schemas.units import UnitProfile

VALVONTA = "Miten työllistämisehdon toteutumista valvotaan siivouspalvelujen sopimuksissa?"
DONE = "Olemme valvoneet työllistämisehdon toteutumista siivouspalvelujen sopimuksissa."


def a_card(unit_id: str, **said: str) -> tuple[ChallengeCard, UnitProfile]:
    unit = UnitProfile.model_validate(a_unit(id=unit_id).model_dump() | {"version": 1})
    fields = a_draft(**said).model_dump() | {
        "id": f"ch-{unit_id}",
        "unit_id": unit_id,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ChallengeCard.model_validate(fields), unit


@pytest.fixture
def pool() -> Pool:
    found = Pool()
    found.add(*a_card("KU1", title="Valvonta", text=VALVONTA))
    found.add(
        *a_card(
            "KU2",
            title="Työllistämisehto koulukuljetuksissa",
            text="Haluamme työllistämisehdon myös koulukuljetusten sopimuksiin.",
            offers=DONE,
        )
    )
    return found


def told(pool: Pool, challenge_id: str) -> dict[str, Reason]:
    (peer,) = pool.peers(challenge_id)
    return {reason.code: reason for reason in peer.reasons}


def labels(reason: Reason) -> set[str]:
    return {concept.label.fi for concept in reason.concepts}


def test_what_the_peer_has_done_is_told_with_the_concepts_of_both(pool):
    reason = told(pool, "ch-KU1")["offers-you"]
    assert "työllistämisehto" in labels(reason)
    assert "työllistämisehdon" in {word for one in reason.concepts for word in one.words}
    assert reason.values["fit"] >= 0.5


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_a_peer_is_close_from_the_threshold_on(pool, share):
    fit = pool.peers("ch-KU1")[0].fit
    judged = Pool(GroupRules(threshold=share * fit))
    for entry in pool._entries.values():
        judged.add(entry.card, entry.unit)
    assert [peer.close for peer in judged.peers("ch-KU1")] == [share < 1]


@pytest.mark.parametrize(("close", "code"), [(True, "similar-topic"), (False, "distant-topic")])
def test_without_a_concept_in_common_only_a_close_one_is_on_a_similar_topic(pool, close, code):
    here, there = pool._entries["ch-KU1"], pool._entries["ch-KU2"]
    nothing = here.need._replace(concepts=here.need.concepts[:0], weights=here.need.weights[:0])
    (reason,) = pair_reasons(nothing, there, pool._peers.rarity(), 0.3, close=close)
    assert reason.code == code


def test_the_other_way_round_one_offers_it(pool):
    assert "you-offer" in told(pool, "ch-KU2")
    assert "offers-you" not in told(pool, "ch-KU2")


def test_what_differs_is_what_the_other_alone_is_about(pool):
    assert "koulukuljetus" in str(labels(told(pool, "ch-KU1")["differs"]))
    assert "koulukuljetus" not in str(told(pool, "ch-KU2")["differs"])


def test_while_typing_the_offers_of_others_are_told_as_well(pool):
    (peer,) = (p for p in pool.peers_of(VALVONTA, "fi", unit_id="KU1") if p.unit_id == "KU2")
    codes = [reason.code for reason in peer.reasons]
    assert codes == ["shared-concepts", "offers-you", "differs"]


def test_a_peer_that_offers_nothing_says_nothing_of_offers():
    found = Pool()
    for unit_id in ("KU1", "KU2"):
        found.add(*a_card(unit_id, title=f"Valvonta {unit_id}", text=VALVONTA))
    assert set(told(found, "ch-KU1")) <= {"shared-concepts", "differs"}


def test_words_of_every_text_are_no_reason_and_codes_no_difference():
    pool = Pool(GroupRules(threshold=0.1))
    year = "Siivouspalvelujen työllistämisehto vuodeksi: mikä osa hyvästä ajasta, mikä paikka?"
    pool.add(*a_card("KU1", title="Vuosi", text=year))
    other = "Siivouspalvelujen työllistämisehto vuodeksi: mikä osa hyvästä ajasta, mikä taso?"
    card, unit = a_card("KU2", title="Vuosi", text=other)
    pool.add(card.model_copy(update={"cpv": ("34144910",)}), unit)
    reasons = told(pool, "ch-KU1")
    assert "työllistämisehto" in labels(reasons["shared-concepts"])
    named = [concept.id for reason in reasons.values() for concept in reason.concepts]
    assert not UNNAMED.intersection(named)
    assert not [key for key in named if key.startswith("cpv:")]


def test_every_concept_that_is_never_named_is_in_the_vocabulary():
    assert set(vocabulary().row_of) >= UNNAMED
