"""
One tile of a product by whole numbers, six tokens by 32 outputs, in the processor's own words.

The processor multiplies 64 pairs of bytes and adds them up in fours in one instruction
(VPDPBUSD of AVX-512 VNNI). The compiler finds it in no loop that can be written in Python.
Loops with this in them are compiled anew when their own module changes: touch it as well.
"""

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

TOKENS: Final = 6
OUTPUTS: Final = 32
"""As many as the processor's 32 registers hold: sums of a block and of the row for each."""
BLOCK: Final = 32
LANES: Final = 16
_INT, _LONG, _FLOAT = ir.IntType(32), ir.IntType(64), ir.FloatType()
_INTS, _FLOATS = ir.VectorType(_INT, LANES), ir.VectorType(_FLOAT, LANES)
_BYTES = ir.VectorType(ir.IntType(8), 4 * LANES)
_PARTS = [(token, half) for token in range(TOKENS) for half in range(OUTPUTS // LANES)]
Value = Any


@intrinsic
def tile(typing, rows, row_worths, less, steps, worths, constant, made, blocks, width):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """
    Write the outputs of six tokens.

    Parameters
    ----------
    rows, row_worths, less
        Addresses of the first token's whole numbers, of what one is worth in each block, and
        of eight times each block's sum, with the sign turned.
    steps, worths
        Addresses of the weights' steps, four inputs of each of 32 outputs at a time, and of
        what a step is worth, 32 outputs for each block.
    constant, made
        Addresses of the outputs' constants, and of where the first token's outputs go.
    blocks, width
        Blocks of 32 inputs, and outputs of a token.
    """
    places = (rows, row_worths, less, steps, worths, constant, made, blocks, width)
    return types.void(*places), _write


def _write(context: Any, builder: Any, _signature: Any, places: list[Value]) -> Value:
    code = _Code(builder, places)
    totals = {part: code.room() for part in _PARTS}
    for part, total in totals.items():
        builder.store(code.read(_FLOATS, code.constant, 64 * part[1]), total)
    with cgutils.for_range(builder, code.blocks) as loop:
        at = [builder.add(builder.mul(code.blocks, _LONG(t)), loop.index) for t in range(TOKENS)]
        sums = code.sums(at, loop.index)
        code.weigh(sums, totals, at, loop.index)
    for (token, half), total in totals.items():
        row = builder.mul(code.width, _LONG(4 * token))
        code.put(builder.load(total), code.made, builder.add(row, _LONG(64 * half)))
    return context.get_dummy_value()


class _Code:
    """What the tile is written with."""

    def __init__(self, builder: Any, places: list[Value]) -> None:
        self.builder, self.blocks, self.width = builder, *places[-2:]
        known = [builder.inttoptr(place, ir.IntType(8).as_pointer()) for place in places[:-2]]
        self.rows, self.row_worths, self.less, self.steps = known[:4]
        self.worths, self.constant, self.made = known[4:]
        three = ir.FunctionType(_INTS, [_INTS, _BYTES, _BYTES])
        self._bytes = self._known("llvm.x86.avx512.vpdpbusd.512", three)
        three = ir.FunctionType(_FLOATS, [_FLOATS] * 3)
        self._add = self._known("llvm.fma.v16f32", three)

    def sums(self, at: list[Value], block: Value) -> dict[tuple[int, int], Value]:
        """Whole sums of a block: steps less 8, times the token's whole numbers."""
        less = [self.spread(self.read(_INT, self.less, self.times(place, 4))) for place in at]
        sums = {(token, half): less[token] for token, half in _PARTS}
        for four in range(BLOCK // 4):
            first = self.builder.add(self.times(block, BLOCK * OUTPUTS), _LONG(four * 128))
            steps = [
                self.read(_BYTES, self.steps, self.builder.add(first, _LONG(64 * half)), 64)
                for half in range(OUTPUTS // LANES)
            ]
            for token, half in _PARTS:
                place = self.builder.add(self.times(at[token], BLOCK), _LONG(4 * four))
                row = self.spread(self.read(_INT, self.rows, place))
                row = self.builder.bitcast(row, _BYTES)
                sums[token, half] = self.builder.call(
                    self._bytes, [sums[token, half], steps[half], row]
                )
        return sums

    def weigh(
        self,
        sums: dict[tuple[int, int], Value],
        totals: dict[tuple[int, int], Value],
        at: list[Value],
        block: Value,
    ) -> None:
        """Add a block's sums to the totals, by what they are worth."""
        first = self.times(block, 4 * OUTPUTS)
        worths = [
            self.read(_FLOATS, self.worths, self.builder.add(first, _LONG(64 * half)))
            for half in range(OUTPUTS // LANES)
        ]
        for (token, half), total in totals.items():
            row = self.spread(self.read(_FLOAT, self.row_worths, self.times(at[token], 4)))
            worth = self.builder.fmul(row, worths[half])
            number = self.builder.sitofp(sums[token, half], _FLOATS)
            terms = [number, worth, self.builder.load(total)]
            self.builder.store(self.builder.call(self._add, terms), total)

    def read(self, kind: Any, first: Value, offset: Any, align: int = 4) -> Value:
        """Value of a kind at so many bytes from an address."""
        offset = _LONG(offset) if isinstance(offset, int) else offset
        place = self.builder.bitcast(self.builder.gep(first, [offset]), kind.as_pointer())
        return self.builder.load(place, align=align)

    def put(self, value: Value, first: Value, offset: Value) -> None:
        """Write a value at so many bytes from an address."""
        place = self.builder.gep(first, [offset])
        self.builder.store(value, self.builder.bitcast(place, value.type.as_pointer()), align=4)

    def spread(self, number: Value) -> Value:
        """Give the same number in every lane."""
        kind, zeros = ir.VectorType(number.type, LANES), ir.VectorType(_INT, LANES)([0] * LANES)
        one = self.builder.insert_element(kind(ir.Undefined), number, _INT(0))
        return self.builder.shuffle_vector(one, kind(ir.Undefined), zeros)

    def times(self, number: Value, factor: int) -> Value:
        """Multiply an offset."""
        return self.builder.mul(number, _LONG(factor))

    def room(self) -> Value:
        """Room for a sum in every lane; the compiler keeps it in a register."""
        return cgutils.alloca_once(self.builder, _FLOATS)  # type: ignore[no-untyped-call]

    def _known(self, name: str, kind: Any) -> Value:
        return cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            self.builder.module, kind, name
        )
