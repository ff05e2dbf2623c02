"""Long lists in parts: ``limit`` at a time, the next ones ``after`` the last key."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from schemas.ids import KEY

T = TypeVar("T")
LARGEST = 200

LimitQuery = Annotated[int, Query(ge=1, le=LARGEST, description="At most so many items.")]
AfterQuery = Annotated[
    str, Query(max_length=48, pattern=rf"^$|{KEY}", description="`next` of the part before.")
]


class Part(BaseModel, Generic[T]):
    """A part of a list; ``next`` is given as ``after`` for the part that follows."""

    items: Sequence[T]
    next: str | None = None
