import numpy as np
import pytest

from matcher.text import Features, Search, features, fused_rows, plain, similarity
from matcher.text.cpv import cpv
from matcher.text.kernels import scan
from matcher.text.packed import Block
from matcher.text.sketch import Sketcher
from matcher.text.stack import Stack

TEXTS = {
    "a": "Siivouksen laatu heikkeni halvimman hinnan jälkeen",
    "b": "Städningens kvalitet blev sämre",
    "c": "Potilastietojärjestelmän vaihto",
    "d": "School transport delays",
}
KEPT = {key: features(text) for key, text in TEXTS.items()}


def search(order: str = "abcd") -> Search:
    return Search(list(order), [KEPT[key] for key in order])


def test_the_nearest_come_first_with_their_scores():
    found = search().nearest(KEPT["a"], 2)
    assert [near.key for near in found] == ["a", "b"]
    expected = similarity([KEPT[key] for key in "abcd"])
    assert found[1].score == pytest.approx(float(expected[0, 1]), abs=1e-5)


def test_the_order_of_the_pool_changes_nothing():
    assert search("dcba").nearest(KEPT["c"]) == search().nearest(KEPT["c"])


def test_a_text_without_content_finds_nothing():
    assert search().nearest(features("!!!")) == []


def test_an_empty_pool_finds_nothing():
    assert Search([], []).nearest(KEPT["a"]) == []


def test_keys_and_texts_go_in_pairs():
    with pytest.raises(ValueError, match="got 1 for 2"):
        Search(["a"], [KEPT["a"], KEPT["b"]])


def test_ten_thousand_words_are_a_text_like_any_other():
    long = features("Siivouksen laatu on huono. " * 2_500, "fi")
    assert search().nearest(long, 1)[0].key in "ab"


def test_texts_come_and_go():
    found = search("abc")
    found.add("d", KEPT["d"])
    (near,) = found.nearest(KEPT["d"], 1)
    assert near == ("d", pytest.approx(search().nearest(KEPT["d"], 1)[0].score))
    found.remove("a")
    assert "a" not in {near.key for near in found.nearest(KEPT["a"])}
    assert len(found) == 3
    found.remove("never there")
    assert len(found) == 3


def test_a_changed_text_is_found_as_it_is_now():
    found = search()
    found.add("c", KEPT["a"])
    assert {near.key for near in found.nearest(KEPT["a"], 2)} == {"a", "c"}
    assert len(found) == 4


def test_many_changes_are_stacked_anew():
    found = search("abc")
    for at in range(600):
        found.add(f"copy {at}", KEPT["d"])
    found.add("c", KEPT["d"])
    assert len(found) == 603
    assert found.nearest(KEPT["d"], 2)[0].key == "c"
    assert len(found.nearest(KEPT["d"], 1_000)) >= 601


def many(n: int) -> dict[str, Features]:
    """Texts of two labels of CPV codes that stand apart."""
    codes = cpv()
    every = len(codes.codes) // n
    found = {}
    for at in range(n):
        lang = ("fi", "en")[at % 2]
        labels = [codes.label(every * row).text(lang) for row in (at, (at + 211) % n)]
        found[f"t{at:04d}"] = features(". ".join(labels), lang)
    return found


@pytest.fixture(scope="module")
def pool() -> dict[str, Features]:
    return many(300)


@pytest.fixture(scope="module")
def in_full(pool: dict[str, Features]) -> Search:
    return Search(list(pool), list(pool.values()))


@pytest.fixture
def sketched(pool: dict[str, Features]) -> Search:
    return Search(list(pool), list(pool.values()), exact=100)


def test_sketches_find_what_comparing_in_full_finds(pool, in_full, sketched):
    shares = []
    for text in list(pool.values())[:60]:
        exact, found = in_full.nearest(text), sketched.nearest(text)
        assert found[0].key == exact[0].key
        # What is packed is cut short.
        assert found[0].score == pytest.approx(exact[0].score, abs=0.12)
        least = exact[-1].score - 1e-6
        scores = {near.key: near.score for near in in_full.nearest(text, len(pool))}
        shares.append(sum(scores[near.key] >= least for near in found) / len(exact))
    assert sum(shares) / len(shares) >= 0.95


def test_sketched_texts_come_and_go(pool, sketched):
    text = KEPT["c"]
    sketched.add("new", text)
    assert sketched.nearest(text, 1)[0].key == "new"
    sketched.remove("new")
    assert "new" not in {near.key for near in sketched.nearest(text)}
    sketched.add("in its place", text)
    assert len(sketched) == len(pool) + 1
    assert sketched.nearest(text, 1)[0].key == "in its place"
    sketched.add("in its place", KEPT["d"])
    assert len(sketched) == len(pool) + 1


def test_a_stream_is_searched_like_a_list(pool, sketched):
    streamed = Search.over(pool.items, exact=100)
    assert len(streamed) == len(pool)
    text = pool["t0007"]
    assert streamed.nearest(text, 1)[0].key == sketched.nearest(text, 1)[0].key


def test_a_text_without_content_finds_nothing_among_many(sketched):
    assert sketched.nearest(features("!!!")) == []
    assert sketched.nearest(KEPT["a"], 0) == []


@pytest.fixture(scope="module")
def stacks(pool: dict[str, Features]) -> tuple[Stack, Stack]:
    """The same texts in small blocks, with the compiled loops and with their twin."""
    rows = fused_rows(list(pool.values()))
    sketcher = Sketcher.learned(rows)
    both = Stack(sketcher, block=128), Stack(sketcher, block=128, compiled=False)
    for stack in both:
        stack.put(list(pool), rows)
        for key in list(pool)[::7]:
            stack.remove(key)
    return both


def test_the_compiled_loops_agree_with_their_twin(pool, stacks):
    rows = fused_rows(list(pool.values()))
    for at in range(0, 300, 20):
        one, other = (stack.nearest(rows[[at]], 5) for stack in stacks)
        assert [score for _, score in one] == pytest.approx([s for _, s in other], abs=1e-5)


def test_the_best_are_the_best_whatever_the_loop():
    random = np.random.default_rng(5)
    for n, m in ((50, 7), (5_000, 300), (300, 300), (10, 40)):
        scores = random.normal(0.2, 0.2, n).astype(np.float32)
        here = random.random(n) < 0.8
        one, other = scan.best(scores, here, m), plain.best(scores, here, m)
        assert len(one) == len(other)
        assert here[one].all()
        # A step of the compiled loop's count is an eight-thousandth of the best wide.
        assert sorted(scores[one]) == pytest.approx(sorted(scores[other]), abs=2e-4)


def test_a_text_takes_a_little_over_a_kilobyte():
    assert Block(neural=0, size=1_000).nbytes < 1_250 * 1_000
