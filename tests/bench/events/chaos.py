"""
A long run of accidents: the worker dies at points or at any moment, the server with it.

Run ``PYTHONPATH=.:tests python tests/bench/events/chaos.py``; ``--rounds N`` (60) and
``--seed N`` choose how much and which accidents. Prints what was lost or doubled; nothing is.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from crashing import EVENTS_A_ROUND, Worker, faults_in

from services.kit.faults import EXIT_STATUS, POINTS
from services.kit.nats_server import NatsServer
from services.kit.store import Store

OURS = [point for point in POINTS if point.split(".")[0] in {"store", "relay", "bus"}]


def accident(worker, server, dice, fault):
    """Let one thing go wrong, or nothing; say what it was."""
    kind = dice.choice(["fault", "fault", "kill", "server", "both"]) if fault else "none"
    if kind in {"kill", "server", "both"}:
        time.sleep(dice.uniform(0.0, 0.6))
    if kind in {"server", "both"}:
        server.kill()
    if kind in {"kill", "both"}:
        worker.process.kill()
    return kind


def main():
    """Run the rounds, then one without accidents, then check the history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)  # noqa: S311
    accepted, seen = [], Counter()
    with tempfile.TemporaryDirectory() as name, NatsServer(Path(name) / "nats") as server:
        store = Store(f"sqlite:///{name}/piiri.db")
        store.upgrade()
        for turn in range(options.rounds + 1):
            last = turn == options.rounds
            fault = "" if last else f"{dice.choice(OURS)}:{dice.randint(1, 6)}"
            worker = Worker(Path(name), store.url, server.url, turn, fault)
            kind = accident(worker, server, dice, fault)
            status, got = worker.end()
            seen[kind if status == EXIT_STATUS or kind != "fault" else "fault not passed"] += 1
            accepted += got
        found = faults_in(store, accepted)
        store.close()
    print(f"{len(accepted)} events accepted in {options.rounds} rounds of {EVENTS_A_ROUND}: {seen}")
    print("\n".join(found) or "nothing lost, doubled, out of order or without a cause")
    raise SystemExit(bool(found) or status != 0)


if __name__ == "__main__":
    main()
