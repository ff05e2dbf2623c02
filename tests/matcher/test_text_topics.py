import numpy as np

from matcher.data import arrays
from matcher.text import features, similarity
from matcher.text.topics import STRETCH, directions, stretched, topic_directions


def test_the_shipped_directions_are_what_the_labels_give():
    shipped = arrays("topics.npz")["directions"].astype(np.float64)
    built = topic_directions()["directions"].astype(np.float64)
    # Which axes span the directions is open, what they span is not.
    np.testing.assert_allclose(shipped @ shipped.T, built @ built.T, atol=0.02)


def test_directions_are_of_length_one_and_lie_across_each_other():
    along = directions()
    np.testing.assert_allclose(along.T @ along, np.eye(along.shape[1]), atol=0.01)


def test_a_vector_grows_along_the_directions_and_nowhere_else():
    along = directions()
    inside = along[:, 3]
    np.testing.assert_allclose(stretched(inside), (1 + STRETCH) * inside, atol=0.01)
    some = np.random.default_rng(1).normal(size=len(along)).astype(np.float32)
    across = some - along @ (along.T @ some)
    np.testing.assert_allclose(stretched(across), across, atol=0.01)


def test_a_text_alone_is_drawn_out_as_in_company():
    texts = [features(text, "fi") for text in ("Siivouspalvelut", "Koulukuljetukset", "Ruoka")]
    together = similarity(texts)
    np.testing.assert_array_equal(together, together.T)
    one, other = (stretched(text.vector) for text in texts[:2])
    np.testing.assert_array_equal(one, stretched(texts[0].vector.copy()))
    assert not np.array_equal(one, other)
