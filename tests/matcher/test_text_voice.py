import numpy as np
from neural import needs_neural
from pools import case, topics

from matcher.data import arrays, rows
from matcher.entries import need_of
from matcher.params import GroupRules
from matcher.text import similarity
from matcher.text.encoders import Encoder, neural
from matcher.text.scale import comparable
from matcher.text.voice import LABELS, PASSAGES, encoder_means, voice_texts


def test_units_speak_of_every_division_in_each_language():
    divisions = {code["code"][:2] for code in rows("cpv.tsv") if code["parent"]}
    texts = voice_texts()
    assert {len(found) for found in texts.values()} == {LABELS * len(divisions)}
    assert all(len(set(found)) == len(found) for found in texts.values())


def test_every_passage_is_spoken_in_each_language():
    passages = list(rows("voice.tsv"))
    assert len(passages) == PASSAGES
    for lang, found in voice_texts().items():
        spoken = [sum(text.endswith(passage[lang]) for text in found) for passage in passages]
        assert min(spoken) > 0
        assert sum(spoken) == len(found)


def test_the_mean_is_of_each_language_by_itself():
    encoder = Encoder("a and b", lambda texts: np.array([[len(t), t.count("a")] for t in texts]))
    means = encoder_means(encoder)
    vectors = encoder(voice_texts()["sv"])
    np.testing.assert_allclose(means["sv"], np.mean(vectors, axis=0), atol=1e-6)


@needs_neural
def test_the_shipped_means_are_of_the_encoder_that_is_installed():
    made = np.mean(neural()(voice_texts()["en"]), axis=0)
    np.testing.assert_allclose(arrays("encoder_means.npz")["en"], made, atol=0.002)


@needs_neural
def test_a_pool_of_few_tells_topics_apart_by_the_encoder():
    """Fourteen challenges are no reason to take all for alike: each side of a group's threshold."""
    cards = {key: card for key, (card, _) in case("path.jsonl").items()}
    texts = [need_of(card, neural()) for card in cards.values()]
    likeness = comparable(similarity(texts), neural().name) / GroupRules().affinity.full_likeness
    topic = np.array([topics()[key] for key in cards])
    pairs = np.triu(np.ones(likeness.shape, bool), 1)
    same = (topic[:, None] == topic[None, :]) & (topic != "none")[:, None]
    assert likeness[pairs & same].min() > 2 * GroupRules().threshold
    # Some three pairs in a hundred may share what a topic's name does not say.
    assert np.quantile(likeness[pairs & ~same], 0.97) < GroupRules().threshold
