"""Names beside the points of a map: inside its frame, and never on top of each other."""

from collections.abc import Sequence
from typing import NamedTuple

from services.look.geography import Point, view_box

LETTER = 15.0
"""Mean width of a letter, in the map's own kilometres."""
LINE = 30.0
"""Height of a line."""
LONGEST = 20
"""Letters at most: so many fit beside any point; the list by the map has the whole name."""
GAP = 20.0
EDGE = 10.0
DOT = 11.0
WEST, EAST = 270.0, 520.0
"""Points beyond these have their names towards the sea and the border."""
STEPS = (0.0, LINE, -LINE, 2 * LINE, -2 * LINE)
"""How far a name may move up or down to find room."""


class Label(NamedTuple):
    """A point and where its name is written; ``text`` is empty where there is no room."""

    point: Point
    text: str
    x: float
    y: float
    anchor: str


class _Box(NamedTuple):
    start: float
    end: float
    y: float

    def meets(self, other: "_Box") -> bool:
        return self.start <= other.end and other.start <= self.end and abs(self.y - other.y) < LINE


def labels(points: Sequence[Point]) -> list[Label]:
    """Place the points' names, one's own first, so that it is not the one without room."""
    taken = [_Box(point.x - DOT, point.x + DOT, point.y) for point in points]
    own_first = sorted(points, key=lambda point: point.kind != "own")
    return [_place(point, taken) for point in own_first]


def _place(point: Point, taken: list[_Box]) -> Label:
    text = point.label if len(point.label) <= LONGEST else f"{point.label[: LONGEST - 1]}…"
    long = len(text) * LETTER
    right = ("start", point.x + GAP, point.x + GAP)
    left = ("end", point.x - GAP, point.x - GAP - long)
    sides = (left, right) if not WEST <= point.x <= EAST else (right, left)
    for step in STEPS:
        for anchor, x, start in sides:
            box = _Box(start, start + long, point.y + step)
            if _in_frame(box) and not any(box.meets(other) for other in taken):
                taken.append(box)
                return Label(point, text, round(x, 1), round(box.y + 9, 1), anchor)
    return Label(point, "", point.x, point.y, "start")


def _in_frame(box: _Box) -> bool:
    left, _, width, _ = (float(edge) for edge in view_box().split())
    return left - EDGE <= box.start and box.end <= left + width + EDGE
