import numpy as np
import pytest
from neural import needs_neural

from matcher.text.encoders import key_of, neural
from services.demo.vectors import plant_sample_vectors, sample_texts, sample_vectors
from services.matching.tables import TextVector


def test_every_text_of_the_samples_has_its_vector():
    """When a sample was changed: python -m services.demo.vectors."""
    _, vectors = sample_vectors()
    assert {key_of(text) for text in sample_texts()} == set(vectors)


def test_they_are_planted_once(session):
    plant_sample_vectors(session)
    plant_sample_vectors(session)
    encoder, vectors = sample_vectors()
    key = next(iter(vectors))
    row = session.get_one(TextVector, (encoder, key.hex()))
    np.testing.assert_array_equal(np.frombuffer(row.vector, np.float16), vectors[key])


@needs_neural
def test_the_encoder_makes_the_same_vectors():
    name, vectors = sample_vectors()
    assert name == neural().name
    texts = sample_texts()[::40]
    for text, made in zip(texts, neural()(texts), strict=True):
        # Processors sum in different orders; another model or text is far away.
        assert made @ vectors[key_of(text)] == pytest.approx(1, abs=0.01)
