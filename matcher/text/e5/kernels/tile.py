"""
Products of tokens with weights by whole numbers, in tiles of a few tokens and outputs.

Steps of weights are bytes without a sign and tokens' numbers bytes with one, as the
instructions want them; what the steps are too much is taken off by the sum of the block.
"""

from typing import Final

from llvmlite import ir

from matcher.text.e5.blocks import LENGTH, ZERO
from matcher.text.e5.kernels.code import FLOAT, INT, Code, Value
from matcher.text.e5.kernels.ways import Way

HALVES: Final = range(2)
"""Registers with outputs of a tile, for each token."""
Lanes = dict[tuple[int, int], Value]


def write_product(module: ir.Module, way: Way) -> None:
    """
    Write the function ``product``.

    It is called with the addresses of the tokens' whole numbers, of what one is worth in each
    block of 32, and of each block's sum; of the weights' steps and worths, as
    :func:`matcher.text.e5.whole.packed` puts them; of the outputs' constants, and of the
    outputs; then with the numbers of tiles by tokens and by outputs, and of blocks.
    """
    code = Code(module, "product", 10, way.lanes)
    *addresses, tokens, panels, blocks = code.places
    with code.loop(panels) as panel, code.loop(tokens) as first:
        _Tile(way, code, addresses, panels, blocks).write(panel, first)
    code.builder.ret_void()


class _Tile:
    """One tile, in the middle of both loops."""

    def __init__(
        self, way: Way, code: Code, addresses: list[Value], panels: Value, blocks: Value
    ) -> None:
        self._way, self._code, self._panels, self._blocks = way, code, panels, blocks
        self._rows, self._row_worths, self._row_sums = addresses[:3]
        self._steps, self._worths, self._constants, self._made = addresses[3:]
        self._parts = [(token, half) for token in range(way.tokens) for half in HALVES]

    def write(self, panel: Value, first: Value) -> None:
        """Start with the constants, add up the blocks, and put the totals where they belong."""
        code = self._code
        totals = {part: code.room() for part in self._parts}
        place = code.sum(self._constants, code.times(panel, 4 * self._way.outputs))
        for (_, half), total in totals.items():
            code.builder.store(code.read(code.floats, code.sum(place, self._half(half))), total)
        first = code.times(first, self._way.tokens)
        tokens = [code.sum(first, token) for token in range(self._way.tokens)]
        with code.loop(self._blocks) as block:
            rows = [code.sum(code.times(token, self._blocks), block) for token in tokens]
            weights = code.sum(code.times(panel, self._blocks), block)
            self._add(totals, self._sums(rows, weights), rows, weights)
        for (token, half), total in totals.items():
            place = code.sum(code.times(tokens[token], self._panels), panel)
            place = code.sum(self._made, code.times(place, 4 * self._way.outputs), self._half(half))
            code.write(code.builder.load(total), place)

    def _sums(self, rows: list[Value], weights: Value) -> Lanes:
        """Whole sums of a block: steps less 8, times the token's whole numbers."""
        code, way = self._code, self._way
        sums_of_rows = [code.sum(self._row_sums, code.times(row, 4)) for row in rows]
        starts = [code.times(code.read(INT, place), INT(-ZERO)) for place in sums_of_rows]
        starts = [code.spread(start) for start in starts]
        sums = {at: way.begin(code, starts[at[0]]) for at in self._parts}
        first = code.sum(self._steps, code.times(weights, LENGTH * way.outputs))
        for at in range(0, LENGTH, 4):
            place = code.sum(first, way.outputs * at)
            steps = [code.read(code.bytes, code.sum(place, self._half(h)), 32) for h in HALVES]
            for token, row in enumerate(rows):
                place = code.sum(self._rows, code.times(row, LENGTH), at)
                four = code.builder.bitcast(code.spread(code.read(INT, place)), code.bytes)
                for half in HALVES:
                    sums[token, half] = way.add(code, sums[token, half], steps[half], four)
        return {at: way.end(code, total, starts[at[0]]) for at, total in sums.items()}

    def _add(self, totals: Lanes, sums: Lanes, rows: list[Value], weights: Value) -> None:
        """Add a block's sums to the totals, by what they are worth."""
        code = self._code
        first = code.sum(self._worths, code.times(weights, 4 * self._way.outputs))
        worths = [code.read(code.floats, code.sum(first, self._half(half))) for half in HALVES]
        for (token, half), total in totals.items():
            place = code.sum(self._row_worths, code.times(rows[token], 4))
            worth = code.builder.fmul(code.spread(code.read(FLOAT, place)), worths[half])
            number = code.builder.sitofp(sums[token, half], code.floats)
            code.builder.store(code.each("fma", number, worth, code.builder.load(total)), total)

    def _half(self, half: int) -> int:
        """Bytes before a half of the outputs."""
        return 4 * self._way.lanes * half
