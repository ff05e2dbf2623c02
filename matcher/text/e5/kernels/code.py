"""A function being written for the compiler: memory, loops and several numbers at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

BYTE, INT, LONG, FLOAT = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.FloatType()
Value = Any
"""A number, or one in every lane, that the processor will have."""


class Code:
    """
    The function and what it is written with.

    Parameters
    ----------
    module
        Where the function goes.
    name
        Its name.
    places
        How many whole numbers of 64 bits it is called with: addresses and counts.
    lanes
        Numbers that the processor takes at a time.
    """

    def __init__(self, module: ir.Module, name: str, places: int, lanes: int) -> None:
        self.lanes = lanes
        self.bytes = ir.VectorType(BYTE, 4 * lanes)
        self.ints, self.floats = ir.VectorType(INT, lanes), ir.VectorType(FLOAT, lanes)
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), [LONG] * places), name)
        self.builder: Any = ir.IRBuilder(function.append_basic_block())
        self.places: list[Value] = list(function.args)
        self._module = module

    @contextmanager
    def loop(self, count: Value) -> Iterator[Value]:
        """Do what follows for each whole number below a count, which is one or more."""
        before, body = self.builder.block, self.builder.append_basic_block()
        self.builder.branch(body)
        self.builder.position_at_end(body)
        index = self.builder.phi(LONG)
        index.add_incoming(LONG(0), before)
        yield index
        following = self.builder.add(index, LONG(1))
        index.add_incoming(following, self.builder.block)
        after = self.builder.append_basic_block()
        goes_on = self.builder.icmp_signed("<", following, count)
        self.builder.cbranch(goes_on, body, after)
        self.builder.position_at_end(after)

    def read(self, kind: Any, address: Value, align: int = 4) -> Value:
        """Read a value of a kind."""
        place = self.builder.inttoptr(address, kind.as_pointer())
        return self.builder.load(place, align=align)

    def write(self, value: Value, address: Value, align: int = 4) -> None:
        """Write a value."""
        place = self.builder.inttoptr(address, value.type.as_pointer())
        self.builder.store(value, place, align=align)

    def sum(self, *terms: Value) -> Value:
        """Add addresses and offsets, numbers of Python's among them."""
        known = [LONG(term) if isinstance(term, int) else term for term in terms]
        total = known[0]
        for term in known[1:]:
            total = self.builder.add(total, term)
        return total

    def times(self, number: Value, factor: Value) -> Value:
        """Multiply an offset."""
        factor = LONG(factor) if isinstance(factor, int) else factor
        return self.builder.mul(number, factor)

    def spread(self, number: Value) -> Value:
        """Give the same number in every lane."""
        kind, first = ir.VectorType(number.type, self.lanes), self.ints([0] * self.lanes)
        one = self.builder.insert_element(kind(ir.Undefined), number, INT(0))
        return self.builder.shuffle_vector(one, kind(ir.Undefined), first)

    def all(self, number: float) -> Value:
        """Give a number that is known now in every lane."""
        return self.floats([number] * self.lanes)

    def room(self) -> Value:
        """Room for a number in every lane, which the compiler keeps in a register."""
        with self.builder.goto_entry_block():
            return self.builder.alloca(self.floats)

    def each(self, name: str, *values: Value) -> Value:
        """Do in every lane what the compiler knows for numbers by name."""
        return self.known(f"llvm.{name}.v{self.lanes}f32", self.floats, *values)

    def known(self, name: str, result: Any, *values: Value) -> Value:
        """Call what the compiler knows by name."""
        kind = ir.FunctionType(result, [value.type for value in values])
        function = self._module.globals.get(name) or ir.Function(self._module, kind, name)
        return self.builder.call(function, values)
