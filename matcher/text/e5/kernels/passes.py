"""What is done to every number between two products."""

from collections.abc import Sequence

from llvmlite import ir

from matcher.text.e5.blocks import LENGTH
from matcher.text.e5.kernels.code import BYTE, FLOAT, INT, Code, Value


def write_rounded(module: ir.Module, lanes: int) -> None:
    """
    Write the function ``rounded``: numbers as whole ones in [-127, 127].

    It is called with the addresses of the numbers, of the whole ones, bytes, of what one is
    worth in each block of 32, and of each block's sum; then with the number of blocks.
    """
    code = Code(module, "rounded", 5, lanes)
    numbers, whole, worths, sums, blocks = code.places
    builder = code.builder
    with code.loop(blocks) as block:
        first = code.sum(numbers, code.times(block, 4 * LENGTH))
        places = range(0, LENGTH, lanes)
        parts = [code.read(code.floats, code.sum(first, 4 * place)) for place in places]
        most = _most(code, parts)
        code.write(builder.fdiv(most, FLOAT(127)), code.sum(worths, code.times(block, 4)))
        some = builder.fcmp_ordered(">", most, FLOAT(0))
        per = code.spread(builder.select(some, builder.fdiv(FLOAT(127), most), FLOAT(0)))
        total = code.ints([0] * lanes)
        for place, part in zip(places, parts, strict=True):
            made = builder.fptosi(code.each("rint", builder.fmul(part, per)), code.ints)
            total = builder.add(total, made)
            made = builder.trunc(made, ir.VectorType(BYTE, lanes))
            code.write(made, code.sum(whole, code.times(block, LENGTH), place), 1)
        total = code.known(f"llvm.vector.reduce.add.v{lanes}i32", INT, total)
        code.write(total, code.sum(sums, code.times(block, 4)))
    builder.ret_void()


def write_bend(module: ir.Module, lanes: int, far: float, factors: Sequence[float]) -> None:
    """
    Write the function ``bend``: numbers to their Gaussian error linear units.

    It is called with the address of the numbers and how many there are by lanes. Factors are
    those of :func:`matcher.text.e5.whole.bell`.
    """
    code = Code(module, "bend", 2, lanes)
    builder = code.builder
    with code.loop(code.places[1]) as at:
        place = code.sum(code.places[0], code.times(at, 4 * lanes))
        number = code.read(code.floats, place)
        near = code.each("minnum", number, code.all(far))
        near = code.each("maxnum", near, code.all(-far))
        square = builder.fmul(builder.fmul(near, near), code.all(2 / far**2))
        square = builder.fsub(square, code.all(1))
        share = code.all(factors[-1])
        for factor in factors[-2::-1]:
            share = code.each("fma", share, square, code.all(factor))
        share = code.each("fma", share, near, code.all(0.5))
        code.write(builder.fmul(number, share), place)
    builder.ret_void()


def _most(code: Code, parts: list[Value]) -> Value:
    """Find the greatest size among numbers."""
    most = code.each("fabs", parts[0])
    for part in parts[1:]:
        most = code.each("maxnum", most, code.each("fabs", part))
    return code.known(f"llvm.vector.reduce.fmax.v{code.lanes}f32", FLOAT, most)
