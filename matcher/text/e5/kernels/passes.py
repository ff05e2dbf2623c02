"""What is done to every number between two products."""

from collections.abc import Sequence

from llvmlite import ir

from matcher.text.e5.blocks import LENGTH
from matcher.text.e5.kernels.code import BYTE, FLOAT, FLOATS, INT, INTS, LANES, Code, Value

_HALVES = range(LENGTH // LANES)


def write_rounded(module: ir.Module) -> None:
    """
    Write the function ``rounded``: numbers as whole ones in [-127, 127].

    It is called with the addresses of the numbers, of the whole ones, bytes, of what one is
    worth in each block of 32, and of each block's sum; then with the number of blocks.
    """
    code = Code(module, "rounded", 5)
    numbers, whole, worths, sums, blocks = code.places
    builder = code.builder
    with code.loop(blocks) as block:
        first = code.sum(numbers, code.times(block, 4 * LENGTH))
        halves = [code.read(FLOATS, code.sum(first, 64 * half)) for half in _HALVES]
        most = code.known("llvm.maxnum.v16f32", FLOATS, *[_size(code, half) for half in halves])
        most = code.known("llvm.vector.reduce.fmax.v16f32", FLOAT, most)
        code.write(builder.fdiv(most, FLOAT(127)), code.sum(worths, code.times(block, 4)))
        some = builder.fcmp_ordered(">", most, FLOAT(0))
        per = code.spread(builder.select(some, builder.fdiv(FLOAT(127), most), FLOAT(0)))
        total = INTS([0] * LANES)
        for half, number in enumerate(halves):
            near = code.known("llvm.rint.v16f32", FLOATS, builder.fmul(number, per))
            made = builder.fptosi(near, INTS)
            total = builder.add(total, made)
            place = code.sum(whole, code.times(block, LENGTH), LANES * half)
            code.write(builder.trunc(made, ir.VectorType(BYTE, LANES)), place, 1)
        total = code.known("llvm.vector.reduce.add.v16i32", INT, total)
        code.write(total, code.sum(sums, code.times(block, 4)))
    builder.ret_void()


def write_bend(module: ir.Module, far: float, factors: Sequence[float]) -> None:
    """
    Write the function ``bend``: numbers to their Gaussian error linear units.

    It is called with the address of the numbers and how many there are by sixteen. Factors are
    those of :func:`matcher.text.e5.whole.bell`.
    """
    code = Code(module, "bend", 2)
    builder = code.builder
    with code.loop(code.places[1]) as at:
        place = code.sum(code.places[0], code.times(at, 4 * LANES))
        number = code.read(FLOATS, place)
        near = code.known("llvm.minnum.v16f32", FLOATS, number, _all(far))
        near = code.known("llvm.maxnum.v16f32", FLOATS, near, _all(-far))
        square = builder.fmul(builder.fmul(near, near), _all(2 / far**2))
        square = builder.fsub(square, _all(1))
        share = _all(factors[-1])
        for factor in factors[-2::-1]:
            share = code.known("llvm.fma.v16f32", FLOATS, share, square, _all(factor))
        share = code.known("llvm.fma.v16f32", FLOATS, share, near, _all(0.5))
        code.write(builder.fmul(number, share), place)
    builder.ret_void()


def _size(code: Code, numbers: Value) -> Value:
    return code.known("llvm.fabs.v16f32", FLOATS, numbers)


def _all(number: float) -> Value:
    return FLOATS([number] * LANES)
