"""Challenges whose last day has passed are closed, once, whoever does it."""

from datetime import timedelta

from at_once import at_once
from builders import registered
from emitted import emitted

from schemas.challenges import ChallengeStatus, ChallengeWithdrawn
from services.challenges.actions import expire_challenges
from services.challenges.queries import card
from services.kit.days import today as helsinki_today


def test_two_workers_close_a_challenge_once(any_store):
    today = helsinki_today()
    with any_store.begin() as session:
        key = registered(session, "KU837", until=today).id
    closed, refused = at_once(any_store, expire_challenges, [today + timedelta(days=1)] * 2)
    assert (sorted(closed), refused) == ([0, 1], [])
    with any_store.read() as session:
        assert card(session, key).status is ChallengeStatus.EXPIRED
        assert len(emitted(session, ChallengeWithdrawn)) == 1
