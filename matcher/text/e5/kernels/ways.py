"""Kinds of processors that multiply bytes, and how they do."""

from collections.abc import Callable
from typing import Final, NamedTuple

from llvmlite import ir

from matcher.text.e5.kernels.code import Code, Value


class Way(NamedTuple):
    """How a kind of processor adds up products of steps with whole numbers, over a block."""

    needed: frozenset[str]
    """What the processor must have."""
    lanes: int
    """Numbers that it takes at a time."""
    tokens: int
    """Tokens of a tile."""
    add: Callable[[Code, Value, Value, Value], Value]
    """Adds to a sum so far the products of four steps in each lane with four numbers."""
    widened: Callable[[Code, Value], Value] | None = None
    """Makes a whole number in each lane of a sum in 16 bits, where that is how it adds up."""

    @property
    def outputs(self) -> int:
        """Outputs of a tile: two registers of them, as many as there is room for."""
        return 2 * self.lanes

    def begin(self, code: Code, start: Value) -> Value:
        """Begin a sum that starts with some number."""
        return start if self.widened is None else _shorts(code)([0] * 2 * code.lanes)

    def end(self, code: Code, so_far: Value, start: Value) -> Value:
        """Give the sum, a whole number in each lane."""
        if self.widened is None:
            return so_far
        return code.builder.add(start, self.widened(code, so_far))


def _fours(code: Code, so_far: Value, steps: Value, numbers: Value) -> Value:
    """By VPDPBUSD, which adds four products to the sum so far."""
    return code.known("llvm.x86.avx512.vpdpbusd.512", code.ints, so_far, steps, numbers)


def _pairs(code: Code, so_far: Value, steps: Value, numbers: Value) -> Value:
    """
    By VPMADDUBSW, which adds up two products in 16 bits.

    Eight such sums, 8 * 2 * 15 * 127 = 30,480 at most, still have room there.
    """
    both = code.known("llvm.x86.avx2.pmadd.ub.sw", _shorts(code), steps, numbers)
    return code.builder.add(so_far, both)


def _widened(code: Code, so_far: Value) -> Value:
    ones = _shorts(code)([1] * 2 * code.lanes)
    return code.known("llvm.x86.avx2.pmadd.wd", code.ints, so_far, ones)


def _shorts(code: Code) -> ir.VectorType:
    return ir.VectorType(ir.IntType(16), 2 * code.lanes)


WAYS: Final = (
    Way(frozenset({"avx512f", "avx512vnni"}), lanes=16, tokens=6, add=_fours),
    Way(frozenset({"avx2", "fma"}), lanes=8, tokens=4, add=_pairs, widened=_widened),
)
"""AVX-512 VNNI and AVX2, the fastest first."""
