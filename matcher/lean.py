"""How a loop is compiled that makes no array of its own."""

from numba import njit

lean = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
"""
Compiles a function that makes no array, nor calls one that does.

Numba counts the references to every array it hands on, each time by an atomic step of some
twenty cycles, and a named tuple of forty arrays has forty. Where nothing is made nothing has to be
counted: annealing against every group took half the time without. Whoever makes an array in
such a function after all is told so by the compiler ("NRT required but not enabled").
"""
