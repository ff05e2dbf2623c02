"""What a process does by the clock."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from schemas.errors import Unavailable

log = logging.getLogger("piiri.chores")


@dataclass(frozen=True)
class Chore:
    """A plain function to be called again and again, in a thread."""

    name: str
    every_s: float
    work: Callable[[], object]


async def keep_doing(chore: Chore) -> None:
    """
    Call a chore until the task is cancelled.

    A chore that fails is logged and called again at its next time: one that stopped for
    good would be noticed by nobody.
    """
    while True:
        try:
            await asyncio.to_thread(chore.work)
        except Unavailable as error:
            log.warning("%s: %s", chore.name, error)
        except Exception:
            log.exception("%s failed", chore.name)
        await asyncio.sleep(chore.every_s)
