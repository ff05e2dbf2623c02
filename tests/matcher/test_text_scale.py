import numpy as np
import pytest
from neural import needs_neural

from matcher.pool import Pool
from matcher.text.background import background_texts
from matcher.text.encoders import Encoder, neural
from matcher.text.scale import BUILTIN, LEVELS, comparable, scales

SHIPPED = "e5-small-q4"


def test_an_unknown_encoder_is_told_as_it_is():
    scores = np.array([-0.1, 0.3, 0.9], np.float32)
    np.testing.assert_array_equal(comparable(scores, "unknown"), scores)


def test_the_order_stays_and_the_same_text_stays_the_same():
    scores = np.linspace(-0.2, 1.0, 500)
    told = comparable(scores, SHIPPED)
    assert (np.diff(told) >= 0).all()
    assert told[-1] == pytest.approx(1)


def test_encoders_of_the_same_pairs_reach_the_same_shares():
    """Counted letters are no meaning: the scale is made by the same means as the shipped one."""

    def lengths(texts: list[str]) -> np.ndarray:
        return np.array([[len(text), text.count("a"), text.count("e")] for text in texts], float)

    made = scales(Encoder("lengths", lengths))
    assert set(made) == {BUILTIN, "lengths"}
    for steps in made.values():
        assert len(steps) == len(LEVELS)
        assert (np.diff(steps) >= 0).all()


def test_the_background_is_the_same_texts_in_each_language():
    texts = background_texts()
    assert len({len(found) for found in texts.values()}) == 1
    assert all(all(found) for found in texts.values())


def test_a_pool_with_an_encoder_is_restored_with_it():
    encoder = Encoder("ones", lambda texts: np.ones((len(texts), 4)))
    pool = Pool.restored(Pool(encoder=encoder).snapshot(), encoder=encoder)
    assert pool.encoder is encoder


@needs_neural
def test_the_shipped_scale_is_of_the_encoder_that_is_installed():
    assert neural().name == SHIPPED
    scores = np.array([0.3, 0.6])
    assert (comparable(scores, neural().name) != scores).any()
