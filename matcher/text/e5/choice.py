"""
Who multiplies on this machine.

The compiler is imported where it is needed: it takes 40 MB or more, which those without a
neural encoder, or on another processor, do without.
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

    return whole.BYTES if whole.is_native() else FLOATS


def warm() -> None:
    """Have the loops compiled, or loaded from the compiler's cache; needs no weights."""
    arithmetic = chosen()
    if arithmetic is not FLOATS:
        from matcher.text.e5 import whole

        whole.warm()


def _has_bytes() -> bool:
    from llvmlite.binding import get_host_cpu_features

    try:
        features = get_host_cpu_features()
    except RuntimeError:  # the compiler does not know this processor
        return False
    return all(features.get(name, False) for name in NEEDED)
