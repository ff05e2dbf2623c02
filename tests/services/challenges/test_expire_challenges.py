"""Challenges whose last day has passed are closed, once, whoever does it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

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
    both = Barrier(2)

    def expire(_):
        both.wait()
        with any_store.begin() as session:
            closed = expire_challenges(session, today + timedelta(days=1))
            sleep(0.2)  # the other looks while this one has not committed
        return closed

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(expire, range(2))) == [0, 1]
    with any_store.read() as session:
        assert card(session, key).status is ChallengeStatus.EXPIRED
        assert len(emitted(session, ChallengeWithdrawn)) == 1
