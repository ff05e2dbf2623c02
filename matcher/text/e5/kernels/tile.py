"""
Products of tokens with weights by whole numbers, in tiles of six tokens by 32 outputs.

The processor multiplies 64 pairs of bytes and adds them up in fours in one instruction,
VPDPBUSD of AVX-512 VNNI.
"""

from typing import Final

from llvmlite import ir

from matcher.text.e5.blocks import LENGTH, ZERO
from matcher.text.e5.kernels.code import BYTE, FLOAT, FLOATS, INT, INTS, LANES, Code, Value

TOKENS: Final = 6
OUTPUTS: Final = 32
"""As many as the processor's 32 registers hold: sums of a block and of the row for each."""
_BYTES = ir.VectorType(BYTE, 4 * LANES)
_PARTS = [(token, half) for token in range(TOKENS) for half in range(OUTPUTS // LANES)]
_HALVES = range(OUTPUTS // LANES)
Lanes = dict[tuple[int, int], Value]


def write_product(module: ir.Module) -> None:
    """
    Write the function ``product``.

    It is called with the addresses of the tokens' whole numbers, of what one is worth in each
    block of 32, and of each block's sum; of the weights' steps and worths, as
    :func:`matcher.text.e5.whole.packed` puts them; of the outputs' constants, and of the
    outputs; then with the numbers of tokens by six, of panels of 32 outputs and of blocks.
    """
    code = Code(module, "product", 10)
    *addresses, sixes, panels, blocks = code.places
    with code.loop(panels) as panel, code.loop(sixes) as six:
        _Tile(code, addresses, panels, blocks).write(panel, six)
    code.builder.ret_void()


class _Tile:
    """One tile, in the middle of both loops."""

    def __init__(self, code: Code, addresses: list[Value], panels: Value, blocks: Value) -> None:
        self._code, self._panels, self._blocks = code, panels, blocks
        self._rows, self._row_worths, self._row_sums = addresses[:3]
        self._steps, self._worths, self._constants, self._made = addresses[3:]

    def write(self, panel: Value, six: Value) -> None:
        """Start with the constants, add up the blocks, and put the totals where they belong."""
        code = self._code
        totals = {part: code.room() for part in _PARTS}
        first = code.sum(self._constants, code.times(panel, 4 * OUTPUTS))
        for part, total in totals.items():
            constants = code.read(FLOATS, code.sum(first, 64 * part[1]))
            code.builder.store(constants, total)
        tokens = [code.sum(code.times(six, TOKENS), token) for token in range(TOKENS)]
        with code.loop(self._blocks) as block:
            rows = [code.sum(code.times(token, self._blocks), block) for token in tokens]
            weights = code.sum(code.times(panel, self._blocks), block)
            self._add(totals, self._sums(rows, weights), rows, weights)
        for (token, half), total in totals.items():
            place = code.sum(code.times(tokens[token], self._panels), panel)
            place = code.sum(self._made, code.times(place, 4 * OUTPUTS), 64 * half)
            code.write(code.builder.load(total), place)

    def _sums(self, rows: list[Value], weights: Value) -> Lanes:
        """Whole sums of a block: steps less 8, times the token's whole numbers."""
        code = self._code
        totals = [code.read(INT, code.sum(self._row_sums, code.times(row, 4))) for row in rows]
        less = [code.spread(code.builder.mul(total, INT(-ZERO))) for total in totals]
        sums = {(token, half): less[token] for token, half in _PARTS}
        first = code.sum(self._steps, code.times(weights, LENGTH * OUTPUTS))
        for at in range(0, LENGTH, 4):
            steps = [code.read(_BYTES, code.sum(first, OUTPUTS * at, 64 * h), 64) for h in _HALVES]
            for token, half in _PARTS:
                place = code.sum(self._rows, code.times(rows[token], LENGTH), at)
                four = code.builder.bitcast(code.spread(code.read(INT, place)), _BYTES)
                known = "llvm.x86.avx512.vpdpbusd.512"
                sums[token, half] = code.known(known, INTS, sums[token, half], steps[half], four)
        return sums

    def _add(self, totals: Lanes, sums: Lanes, rows: list[Value], weights: Value) -> None:
        """Add a block's sums to the totals, by what they are worth."""
        code = self._code
        first = code.sum(self._worths, code.times(weights, 4 * OUTPUTS))
        worths = [code.read(FLOATS, code.sum(first, 64 * half)) for half in _HALVES]
        for (token, half), total in totals.items():
            place = code.sum(self._row_worths, code.times(rows[token], 4))
            worth = code.builder.fmul(code.spread(code.read(FLOAT, place)), worths[half])
            number = code.builder.sitofp(sums[token, half], FLOATS)
            so_far = code.builder.load(total)
            code.builder.store(code.known("llvm.fma.v16f32", FLOATS, number, worth, so_far), total)
