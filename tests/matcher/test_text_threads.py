import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from matcher.text import lexis
from matcher.text.background import background_texts
from matcher.text.kept import all_features


@pytest.fixture
def hasty():
    """Threads take turns as often as they can, and words are met for the first time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)
    lexis._held.clear()


def test_texts_read_side_by_side_are_read_as_one_by_one(hasty):
    texts = background_texts()["fi"][:60]
    lexis._held.clear()
    alone = [_row(text) for text in texts]
    lexis._held.clear()
    with ThreadPoolExecutor(4) as threads:
        orders = [texts, texts[::-1], texts[30:] + texts[:30], texts[::2] + texts[1::2]]
        together = list(threads.map(lambda order: {text: _row(text) for text in order}, orders))
    for read in together:
        assert [read[text] for text in texts] == alone
    assert [_row(text) for text in texts] == alone


def _row(text: str) -> tuple[list[int], tuple[tuple[str, ...], ...]]:
    (found,) = all_features([text], ["fi"])
    return found.concepts.tolist(), found.words
