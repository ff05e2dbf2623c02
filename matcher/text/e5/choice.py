"""
Who multiplies on this machine.

The compiler is imported here and not above: it takes 40 MB, which those without a neural
encoder do without.
"""

from typing import Final

from matcher.text.e5.arithmetic import Arithmetic
from matcher.text.e5.plain import FLOATS

NEEDED: Final = ("avx512f", "avx512vnni")
"""What a processor has that multiplies bytes four at a time."""


def chosen() -> Arithmetic:
    """Whole numbers where they are fast, else numpy."""
    if not _has_bytes():
        return FLOATS
    from matcher.text.e5 import whole

    return whole.BYTES


def _has_bytes() -> bool:
    from llvmlite.binding import get_host_cpu_features

    try:
        features = get_host_cpu_features()
    except RuntimeError:  # the compiler does not know this processor
        return False
    return all(features.get(name, False) for name in NEEDED)
