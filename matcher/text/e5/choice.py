"""
Who multiplies on this machine.

The compiler is imported here and not above: it takes 40 MB, which those without a neural
encoder do without.
"""

from collections.abc import Iterator

from matcher.text.e5.arithmetic import Arithmetic
from matcher.text.e5.plain import FLOATS


def chosen() -> Arithmetic:
    """Whole numbers in the fastest way that the processor has, numpy where it has none."""
    return next(possible())


def possible() -> Iterator[Arithmetic]:
    """Every way to do the sums here, the fastest first; each is compiled when it is reached."""
    from matcher.text.e5 import whole
    from matcher.text.e5.kernels.ways import WAYS

    has = features()
    for way in WAYS:
        if way.needed <= has:
            yield whole.by_bytes(way)
    yield FLOATS


def features() -> set[str]:
    """What the processor has, by the compiler's names."""
    from llvmlite.binding import get_host_cpu_features

    try:
        return {name for name, is_here in get_host_cpu_features().items() if is_here}
    except RuntimeError:  # the compiler does not know this processor
        return set()
