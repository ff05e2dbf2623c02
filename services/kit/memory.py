"""What stays in memory for as long as a process runs."""

import gc


def settle_memory() -> None:
    """
    Have what stays not looked at for cycles again: that holds everybody up.

    What stood before, such as a pool that was thrown away, is looked at once more and let go.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
