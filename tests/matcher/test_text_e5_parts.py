"""Cutting a text and multiplying, in small worked cases; compiled loops against numpy."""

from math import erf, sqrt

import numpy as np
import pytest

from matcher.text.e5 import choice, plain, whole
from matcher.text.e5.blocks import Blocks, stacked, unpacked
from matcher.text.e5.kernels import ways
from matcher.text.e5.layers import Norm, attention
from matcher.text.e5.tokens import Tokens
from matcher.text.e5.weights import Vocabulary

HERE = [way for way in ways.WAYS if way.needed <= choice.features()]
"""Kinds of processors that this one is of."""
each_way = pytest.mark.parametrize("way", HERE, ids=lambda way: type(way).__name__)


def a_vocabulary(**scores):
    """Pieces with scores, the first one standing for what is unknown."""
    pieces = ["?", *(piece.replace("_", "▁") for piece in scores)]
    encoded = [piece.encode() for piece in pieces]
    starts = np.cumsum([0, *map(len, encoded)]).astype(np.uint32)
    values = np.array([0, *scores.values()], np.float32)
    return Vocabulary(b"".join(encoded), starts, values, {ord("É"): "e", 7: ""}, 1, 2, 0)


def some_blocks(outputs, inputs):
    rng = np.random.default_rng(4)
    steps = rng.integers(0, 16, (outputs, inputs)).astype(np.uint8)
    return Blocks(steps, rng.standard_normal((outputs, inputs // 32)).astype(np.float32))


def test_the_likeliest_cut_wins():
    tokens = Tokens(a_vocabulary(_sii=-3, vous=-3, _siivo=-2, us=-5, _=-8, s=-9, i=-9))
    assert tokens("sii") == [1]
    assert tokens("siivous") == [1, 2]  # -6, before -7 by siivo and us
    assert tokens("siivous  sii") == [1, 2, 1]


def test_characters_are_written_alike_and_words_begin_with_a_mark():
    tokens = Tokens(a_vocabulary(_=-1, e=-1))
    assert tokens.written("a  É\x07 b") == "▁a▁e▁b"
    assert tokens.written(" a") == "▁a"


def test_each_character_that_is_no_piece_is_unknown():
    tokens = Tokens(a_vocabulary(_=-1, e=-1))
    assert tokens("exy") == [1, 2, 0, 0]
    assert tokens("?") == [1, 0]


def test_a_block_holds_its_worth_and_four_bits_a_weight():
    half = np.array([0.5], "<f2").tobytes()
    blocks = unpacked(half + bytes([0xF0] + [0x88] * 15), 32)
    assert blocks.steps[0, 0] == 0
    assert blocks.steps[0, 16] == 15
    numbers = blocks.numbers()
    assert numbers[0, [0, 16]].tolist() == [-4, 3.5]
    assert not np.delete(numbers[0], [0, 16]).any()
    assert stacked([blocks, blocks]).numbers().shape == (2, 32)


def test_attention_mixes_what_answers():
    asks, answers, tells = np.zeros((3, 2, 4), np.float32)
    asks[0, 0] = answers[1, 0] = 100  # the first asks what the second answers
    tells[:, 1] = [3, 7]
    tells[:, 2] = [1, 5]
    mixed = attention(np.hstack([asks, answers, tells]), heads=2)
    np.testing.assert_allclose(mixed[0], [0, 7, 3, 0], atol=1e-6)
    np.testing.assert_allclose(mixed[1], [0, 5, 3, 0], atol=1e-6)


def test_rows_come_to_one_scale():
    norm = Norm(np.array([1, 1, 2], np.float32), np.array([0, 0, 1], np.float32), 0.0)
    made = norm(np.array([[1, 2, 3]], np.float32))
    np.testing.assert_allclose(made[0], [-1.2247449, 0, 3.4494898], rtol=1e-6)


def exact_units(x):
    return np.array([value * 0.5 * (1 + erf(value / sqrt(2))) for value in x])


def test_numbers_are_bent_by_the_normal_distribution():
    x = np.linspace(-30, 30, 6_001, dtype=np.float32)
    bent = x.copy()
    plain.bend(bent)
    assert np.abs(bent - exact_units(x)).max() < 0.0005


@each_way
def test_the_compiled_loop_bends_closer(way):
    x = np.linspace(-30, 30, 6_000, dtype=np.float32)
    bent = x.copy()
    whole.by_bytes(way).bend(bent)
    assert np.abs(bent - exact_units(x)).max() < 0.0001


@each_way
@pytest.mark.parametrize(
    "x", [np.zeros(17, np.float32), np.zeros(32), np.zeros((16, 32), np.float32)[:, ::2]]
)
def test_the_compiled_loops_refuse_what_they_would_misread(x, way):
    with pytest.raises(ValueError, match="single numbers side by side"):
        whole.by_bytes(way).bend(x)


@each_way
def test_the_compiled_loop_rounds_as_numpy_does(way):
    x = np.random.default_rng(1).standard_normal((5, 96)).astype(np.float32)
    x[2, 32:64] = 0
    expected, expected_worths = plain.rounded(x)
    rows, worths, sums = whole.rounded(whole.compiled(way), x)
    np.testing.assert_allclose(worths[:5], expected_worths, rtol=1e-6)
    assert np.abs(rows[:5] - expected.astype(int)).max() <= 1  # halves may go either way
    assert np.abs(rows[:5]).max() == 127
    assert len(rows) % way.tokens == 0
    np.testing.assert_array_equal(sums, rows.reshape(-1, 3, 32).sum(2, dtype=int))
    assert not rows[5:].any()
    assert not worths[5:].any()


@each_way
@pytest.mark.parametrize("n", [1, 6, 7, 40])
def test_the_compiled_product_is_numpys(n, way):
    blocks, x = some_blocks(64, 96), np.random.default_rng(n).standard_normal((n, 96))
    constant = np.arange(64, dtype=np.float32)
    made = whole.by_bytes(way).product(blocks, constant)(x.astype(np.float32))
    expected = plain.product(*plain.rounded(x.astype(np.float32)), blocks) + constant
    exact = plain.Product(blocks, constant)(x.astype(np.float32))
    assert np.abs(made - expected).max() < 0.02 * np.abs(expected).max()
    assert np.abs(exact - expected).max() < 0.02 * np.abs(expected).max()
    assert made.shape == (n, 64)


@each_way
def test_a_product_of_whole_numbers_is_exact(way):
    blocks = some_blocks(32, 64)
    x = np.random.default_rng(3).integers(-127, 128, (9, 64)).astype(np.float32)
    x[:, [0, 32]] = 127  # so that one is worth one
    made = whole.by_bytes(way).product(blocks, np.zeros(32, np.float32))(x)
    np.testing.assert_allclose(made, x @ blocks.numbers().T, rtol=1e-4, atol=1e-3)


@each_way
def test_the_greatest_sums_have_room(way):
    blocks = Blocks(np.full((32, 32), 15, np.uint8), np.ones((32, 1), np.float32))
    x = np.full((1, 32), 127, np.float32)
    made = whole.by_bytes(way).product(blocks, np.zeros(32, np.float32))
    np.testing.assert_array_equal(made(x), np.full((1, 32), 32 * 7 * 127))
    np.testing.assert_array_equal(made(-x), np.full((1, 32), -32 * 7 * 127))


def test_each_way_gives_the_same_numbers():
    blocks, x = some_blocks(64, 96), np.random.default_rng(8).standard_normal((9, 96))
    constant = np.ones(64, np.float32)
    made = [whole.by_bytes(way).product(blocks, constant)(x.astype(np.float32)) for way in HERE]
    for other in made[1:]:
        np.testing.assert_array_equal(other, made[0])


def test_on_another_processor_numpy_multiplies(monkeypatch):
    monkeypatch.setattr(choice, "features", set)
    assert choice.chosen() is plain.FLOATS
