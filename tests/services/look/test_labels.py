from services.look.geography import Point, view_box
from services.look.labels import LETTER, LINE, LONGEST, labels


def extent(label):
    long = len(label.text) * LETTER
    return (label.x, label.x + long) if label.anchor == "start" else (label.x - long, label.x)


def test_no_name_lies_on_another():
    placed = labels([Point(f"Kuopion yksikkö {n}", 420, 700) for n in range(4)])
    assert all(one.text for one in placed)
    for n, one in enumerate(placed):
        for other in placed[:n]:
            (a, b), (c, d) = extent(one), extent(other)
            assert b < c or d < a or abs(one.y - other.y) >= LINE


def test_no_name_lies_on_another_point():
    far, near = labels([Point("Kuopion yksikkö", 420, 700), Point("Lähi", 520, 700)])
    _, end = extent(far)
    assert end < near.point.x or abs(far.y - near.point.y) >= LINE / 2


def test_a_long_name_is_shortened_and_stays_in_the_frame():
    name = "Samkommunen Helsingforsregionens trafik HRT"
    width = float(view_box().split()[2])
    for x in range(0, int(width), 20):
        (one,) = labels([Point(name, x, 1000)])
        assert one.text == f"{name[: LONGEST - 1]}…"
        start, end = extent(one)
        assert -LETTER <= start < end <= width + LETTER


def test_where_there_is_no_room_left_ones_own_name_is_written():
    crowd = [Point(f"Naapuri {n:02}", 420, 700) for n in range(20)]
    placed = labels([*crowd, Point("Oma yksikkö", 420, 700, kind="own")])
    assert next(one.text for one in placed if one.point.kind == "own") == "Oma yksikkö"
    assert len(placed) == 21
    assert any(not one.text for one in placed)
