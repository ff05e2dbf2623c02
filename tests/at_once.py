"""Two who do something at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

from schemas.errors import PiiriError


def at_once(store, act, given):
    """
    Do ``act(session, one)`` for both of ``given``, each in a transaction of its own.

    Each commits only when the other has had time to look. What was returned and the kinds of
    refusal, as two lists.
    """
    both, done, refused = Barrier(2), [], []

    def do(one):
        both.wait()
        try:
            with store.begin() as session:
                made = act(session, one)
                sleep(0.2)
        except PiiriError as error:
            refused.append(type(error))
        else:
            done.append(made)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(do, given))
    return done, refused
