"""
Measure how long others wait for a round: ``piiri bench asked [CHALLENGES]``.

A database with so many open challenges, whose peers were told before, is matched from nothing,
then looked at in quiet, then 200 more are registered at once. Meanwhile one thread asks and
another writes, as pages and events do. The first line is what they wait when nothing runs.
Single registrations are told one by one while nothing runs, and while everybody is looked at.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread

import numpy as np
from sqlmodel import delete

from matcher.forming import LOOK
from matcher.params import GroupRules
from matcher.warm import warm
from schemas.asking import PeersQuestion, PlacesQuestion
from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.kit.store import Store
from services.matching.active import Matching, PoolBusy
from services.matching.knowledge import keep_challenge, keep_unit
from services.matching.rounds import Rounds
from services.matching.tables import Pending
from tests.bench.groups.live import invented
from tests.bench.groups.registrations import machine

PAUSE_S = 0.02
TURNS, MORE = 3, 3000
"""Looks that single registrations run beside, and challenges made for them."""
Placed = tuple[ChallengeCard, UnitProfile]


def run(argv: Sequence[str] = ()) -> int:
    """Print one line for each thing that runs; 0."""
    n = int(argv[0]) if argv else 5000
    print(machine())
    warm()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'piiri.db'}")
        store.upgrade()
        measure(store, n)
        store.close()
    return 0


def measure(store: Store, n: int) -> None:
    """Ask and write while the rounds run that follow from registrations."""
    cards = invented(n + 200 + MORE)
    first = list(islice(cards, n))
    register(store, first)
    with store.begin() as session:
        session.exec(delete(Pending))
        session.add(Pending(what="ruling", key=first[0][0].id))
    matching = Matching(store, GroupRules())
    matching.lease.keep()
    while not matching.lease.held():
        time.sleep(0.01)
    rounds, looks = matching.rounds, matching.looks
    began = time.process_time()
    rounds.warm.pool()
    print(f"{n} challenges read and linked in {time.process_time() - began:.1f} s")
    asked = [card for card, _ in first[:200]]
    others(store, matching, asked, "nothing", lambda: time.sleep(4.0))
    others(store, matching, asked, "a round of everybody", rounds.run_once)
    others(store, matching, asked, "a look in quiet", looks.improve)
    registered(store, rounds, cards, "nothing", lambda: time.sleep(4.0))
    for _ in range(TURNS):
        register(store, list(islice(cards, n // LOOK + 1)))
        while rounds.run_once():
            pass
        registered(store, rounds, cards, "a look in quiet", looks.improve)
    register(store, list(islice(cards, 200)))
    others(store, matching, asked, "a round of 200 more", rounds.run_once)
    matching.lease.stop()


def registered(
    store: Store, rounds: Rounds, cards: Iterator[Placed], name: str, work: Callable[[], object]
) -> None:
    """Print how long single registrations took to be told while something ran, in ms."""
    spent: list[float] = []
    thread = Thread(target=work)
    began, wall = time.process_time(), time.perf_counter()
    thread.start()
    while thread.is_alive():
        time.sleep(PAUSE_S)
        register(store, [next(cards)])
        asked = time.perf_counter()
        rounds.run_once()
        spent.append((time.perf_counter() - asked) * 1e3)
    cpu, wall = time.process_time() - began, time.perf_counter() - wall
    print(
        f"while {name} ran ({cpu:.1f} s of the processor, {wall:.1f} by the clock):"
        f" {len(spent)} registrations one by one {spread(spent)}",
        flush=True,
    )


def register(store: Store, some: list[Placed]) -> None:
    """Hear of units and challenges."""
    for at in range(0, len(some), 200):
        with store.begin() as session:
            for card, unit in some[at : at + 200]:
                keep_unit(session, unit)
                keep_challenge(session, card, is_open=True)


def others(
    store: Store,
    matching: Matching,
    cards: list[ChallengeCard],
    name: str,
    work: Callable[[], object],
) -> None:
    """Print how long questions, texts and writers took while something ran, in ms."""
    refused = [0]

    def ask(at: int) -> None:
        card = cards[at % len(cards)]
        kinds = (
            PeersQuestion(challenge_id=card.id),
            PlacesQuestion(challenge_id=card.id),
            PeersQuestion(text=card.text, language=card.language),
        )
        try:
            question = kinds[at % 3]
            _ = matching.places(question) if at % 3 == 1 else matching.peers(question)
        except PoolBusy:
            refused[0] += 1

    def write(_: int) -> None:
        with store.begin():
            pass

    with repeated(ask) as asks, repeated(write) as writes:
        began, wall = time.process_time(), time.perf_counter()
        work()
        cpu, wall = time.process_time() - began, time.perf_counter() - wall
    print(
        f"while {name} ran ({cpu:.1f} s of the processor, {wall:.1f} by the clock):"
        f" {len(asks)} asks {spread(asks)}, {refused[0]} refused;"
        f" {len(writes)} writers {spread(writes)}",
        flush=True,
    )


@contextmanager
def repeated(work: Callable[[int], None]) -> Iterator[list[float]]:
    """Do something again and again in a thread of its own, and note the milliseconds."""
    spent: list[float] = []
    done = Event()

    def run_on() -> None:
        while not done.wait(PAUSE_S):
            began = time.perf_counter()
            work(len(spent))
            spent.append((time.perf_counter() - began) * 1e3)

    thread = Thread(target=run_on)
    thread.start()
    try:
        yield spent
    finally:
        done.set()
        thread.join()


def spread(ms: list[float]) -> str:
    """Median, 99th percentile and worst."""
    if not ms:
        return "none"
    p50, p99 = np.percentile(ms, [50, 99])
    return f"p50 {p50:.0f} p99 {p99:.0f} worst {max(ms):.0f} ms"


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
