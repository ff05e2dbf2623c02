"""Kinds of processors that multiply bytes, and how they do."""

from typing import Final

from llvmlite import ir

from matcher.text.e5.kernels.code import Code, Value


class Way:
    """
    How a kind of processor adds up products of steps with whole numbers, over a block.

    Attributes
    ----------
    needed
        What the processor must have.
    lanes
        Numbers that it takes at a time.
    tokens
        Tokens of a tile.
    """

    needed: frozenset[str]
    lanes: int
    tokens: int

    @property
    def outputs(self) -> int:
        """Outputs of a tile: two registers of them, as many as there is room for."""
        return 2 * self.lanes

    def begin(self, code: Code, start: Value) -> Value:
        """Begin a sum that starts with some number."""
        raise NotImplementedError

    def add(self, code: Code, so_far: Value, steps: Value, numbers: Value) -> Value:
        """Add products of four steps in each lane with four numbers."""
        raise NotImplementedError

    def end(self, code: Code, so_far: Value, start: Value) -> Value:
        """Give the sum, a whole number in each lane."""
        raise NotImplementedError


class InFours(Way):
    """By VPDPBUSD of AVX-512 VNNI, which adds four products to the sum so far."""

    needed = frozenset({"avx512f", "avx512vnni"})
    lanes = 16
    tokens = 6

    def begin(self, code: Code, start: Value) -> Value:  # noqa: ARG002, D102
        return start

    def add(self, code: Code, so_far: Value, steps: Value, numbers: Value) -> Value:  # noqa: D102
        return code.known("llvm.x86.avx512.vpdpbusd.512", code.ints, so_far, steps, numbers)

    def end(self, code: Code, so_far: Value, start: Value) -> Value:  # noqa: ARG002, D102
        return so_far


class InPairs(Way):
    """
    By VPMADDUBSW of AVX2, which adds up two products in 16 bits.

    Eight such sums, 8 * 2 * 15 * 127 = 30,480 at most, still have room there.
    """

    needed = frozenset({"avx2", "fma"})
    lanes = 8
    tokens = 4

    def begin(self, code: Code, start: Value) -> Value:  # noqa: ARG002, D102
        return _shorts(code)([0] * 2 * code.lanes)

    def add(self, code: Code, so_far: Value, steps: Value, numbers: Value) -> Value:  # noqa: D102
        pairs = code.known("llvm.x86.avx2.pmadd.ub.sw", _shorts(code), steps, numbers)
        return code.builder.add(so_far, pairs)

    def end(self, code: Code, so_far: Value, start: Value) -> Value:  # noqa: D102
        ones = _shorts(code)([1] * 2 * code.lanes)
        whole = code.known("llvm.x86.avx2.pmadd.wd", code.ints, so_far, ones)
        return code.builder.add(start, whole)


WAYS: Final[tuple[Way, ...]] = (InFours(), InPairs())
"""The fastest first."""


def _shorts(code: Code) -> ir.VectorType:
    return ir.VectorType(ir.IntType(16), 2 * code.lanes)
