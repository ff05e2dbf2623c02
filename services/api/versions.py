"""Versions as ETags: what was seen is told by If-Match, and checked by the action."""

import re
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response

from services.api.errors import IfMatchUnclear

T = TypeVar("T")
ETAG = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')


def seen_version(
    if_match: Annotated[
        str | None,
        Header(description='ETag of what was seen, `"3"`; refused with 412 when it has changed.'),
    ] = None,
) -> int | None:
    """
    Read the version that the caller has seen; none asks for no check.

    Raises
    ------
    IfMatchUnclear
        When the header holds anything but one of our ETags or an asterisk.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = ETAG.fullmatch(if_match)
    if found is None:
        raise IfMatchUnclear(repr(if_match[:40]))
    return int(found[1])


SeenDep = Annotated[int | None, Depends(seen_version)]


def tagged(response: Response, value: T, version: int) -> T:
    """Give an answer the ETag of its version."""
    response.headers["ETag"] = f'"{version}"'
    return value
