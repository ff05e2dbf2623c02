"""How often somebody may ask: what is beyond is refused with the seconds to wait."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

from fastapi import Depends
from starlette.requests import Request

from schemas.errors import Refused

KNOWN = 10_000
"""Askers remembered at once; those whose time is over are forgotten first."""


class TooManyRequests(Refused):
    """Too many requests in a short time; come again after so many seconds."""

    code = "too-many-requests"
    names = ("seconds",)


class Limits:
    """
    Counts in memory who asked for what, by the generic cell rate algorithm [1]_.

    An asker may do ``most`` things at once, and gets one back every ``per_s / most`` seconds.
    Each process counts for itself, and forgets when it ends.

    References
    ----------
    .. [1] ATM Forum (1999). Traffic Management Specification Version 4.1, section 4.4.2.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._free_at: dict[tuple[str, str], float] = {}
        """When an asker has all of its things back."""

    def take(self, what: str, who: str, *, most: int, per_s: float) -> None:
        """
        Count one request.

        Raises
        ------
        TooManyRequests
            When ``who`` asked ``most`` times already; it is not counted then.
        """
        with self._lock:
            now = self._clock()
            free_at = max(self._free_at.get((what, who), now), now) + per_s / most
            # A millionth of a second is what sums of shares may miss.
            if free_at - now > per_s + 1e-6:
                raise TooManyRequests(ceil(free_at - now - per_s))
            self._free_at[what, who] = free_at
            if len(self._free_at) > KNOWN:
                self._forget(now)

    def _forget(self, now: float) -> None:
        waiting = {key: free_at for key, free_at in self._free_at.items() if free_at > now}
        longest = sorted(waiting.items(), key=lambda item: -item[1])
        self._free_at = dict(longest[: KNOWN // 2])


def at_most(what: str, most: int, per_s: float) -> Any:
    """Make a dependency that lets one address ask so often."""

    def check(request: Request) -> None:
        limits: Limits = request.app.state.limits
        limits.take(what, address_of(request), most=most, per_s=per_s)

    return Depends(check)


def address_of(request: Request) -> str:
    """
    Return where a request comes from, as the proxy tells it.

    Of IPv6 the network of 64 bits: one household or computer has all its addresses.
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
