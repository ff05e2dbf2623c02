import numpy as np
from neural import needs_neural

from matcher.data import arrays
from matcher.text import features, fused_rows
from matcher.text.encoders import neural
from matcher.text.fusion import DENSE_FIRST
from matcher.text.kept import with_dense
from matcher.text.shape import LABELS, few, shape_of, shaped
from matcher.text.topics import divisions

TOPICS, D = 8, 24


def labels_in_three_languages(seed=1):
    """Labels whose topic is in the first eight directions and whose language in the last four."""
    random = np.random.default_rng(seed)
    topics = np.repeat(np.arange(TOPICS), 30)
    meaning = random.normal(size=(len(topics), D))
    meaning[:, -4:] = 0
    meaning += 2 * np.eye(D)[topics]
    spoken = meaning + random.normal(scale=0.1, size=(3, *meaning.shape))
    spoken[:, :, -4:] += random.normal(scale=2, size=(3, len(topics), 4))
    spoken -= spoken.mean(axis=1, keepdims=True)
    return spoken / np.linalg.norm(spoken, axis=2, keepdims=True), topics


def test_what_tells_topics_grows_and_what_tells_languages_shrinks():
    made = shape_of(*labels_in_three_languages())
    size = np.linalg.norm(made, axis=1)
    assert size[:TOPICS].min() > size[TOPICS:-4].max() > size[TOPICS:-4].min() > size[-4:].max()


def test_labels_that_are_read_are_spread_over_their_topic():
    labelled = [("a", {"fi": str(at)}) for at in range(100)] + [("b", {"fi": "x"})]
    found = few(labelled)
    assert [label["fi"] for topic, label in found if topic == "a"][:: LABELS - 1] == ["0", "99"]
    assert sum(topic == "a" for topic, _ in found) == LABELS
    assert found[-1] == ("b", {"fi": "x"})


def test_vectors_of_other_encoders_stay_as_they_are():
    vector = np.arange(384, dtype=np.float32)
    np.testing.assert_array_equal(shaped(vector, "local:some-12345678"), vector)
    assert not np.array_equal(shaped(vector, "e5-small-q4"), vector)


@needs_neural
def test_the_shipped_shape_brings_labels_of_a_topic_nearer_than_it_brings_others():
    read = {label["code"] for _, label in few(divisions())}
    others = [each for each in divisions() if each[1]["code"] not in read]
    chosen = [each for each in others if each[0] in {"09", "15", "33", "45", "50", "60", "90"}]
    chosen = chosen[:: len(chosen) // 120]
    topics = np.array([topic for topic, _ in chosen])
    same = topics[:, None] == topics[None, :]

    def gap(drawn):
        said = ([code[lang] for _, code in chosen] for lang in ("fi", "en"))
        fi, en = ([drawn(vector) for vector in neural()(texts)] for texts in said)
        fi, en = (rows - np.mean(rows, axis=0) for rows in (fi, en))
        fi, en = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (fi, en))
        scores = fi @ en.T
        apart = scores[~same]
        return (scores[same & ~np.eye(len(same), dtype=bool)].mean() - apart.mean()) / apart.std()

    assert gap(lambda vector: shaped(vector, neural().name)) > 1.1 * gap(lambda vector: vector)


@needs_neural
def test_a_text_alone_is_drawn_as_in_company():
    said = ["Siivouspalvelut", "Koulukuljetukset", "Ruoka"]
    texts = with_dense([features(text, "fi") for text in said], said, neural())
    rows = fused_rows(texts)[:, DENSE_FIRST:]
    np.testing.assert_array_equal((rows @ rows.T).toarray(), (rows @ rows.T).toarray().T)
    alone = shaped(texts[0].dense, neural().name)
    np.testing.assert_array_equal(alone, shaped(texts[0].dense.copy(), neural().name))


def test_the_shape_ships_as_a_square():
    assert arrays("encoder_shape.npz")["shape"].shape == (384, 384)
