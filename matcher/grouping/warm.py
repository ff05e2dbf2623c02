"""Have the loops compiled, or loaded from the compiler's cache, before they are needed."""

import numpy as np

from matcher.grouping.form import form_groups


def warm() -> None:
    """
    Run every loop once, on dense and on sparse affinity.

    Called when a process starts: about 20 s the first time on a machine, under a second
    afterwards. A page or an event must never wait for a compiler.
    """
    square = np.ones((8, 8)) - np.eye(8)
    form_groups(square, lower=2, upper=4)
    form_groups(square, lower=2, upper=4, groups=2)
