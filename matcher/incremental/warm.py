"""Have the loops compiled, or loaded from the compiler's cache, before they are needed."""

import numpy as np

from matcher.incremental.core import Core
from matcher.incremental.table import Item, Row
from matcher.params import GroupRules


def warm() -> None:
    """Run every loop once; half a minute the first time on a machine, then a moment."""
    text = Row(np.zeros(1, np.int32), np.ones(1, np.float32), np.zeros(0, np.float32))
    core = Core(GroupRules(lower=3, upper=4), columns=1, indexed=1)
    for unit in range(4):
        core.add(Item(text, unit, offer=text, point=(60.0, 25.0)))
    core.decide(kept_out=[(9, 0)], apart=[(1, 2)])
    late = core.insert(Item(text, 9))
    core.put(late, core.group_of(1))
    core.free(late)
    core.join(late, near=dict(core.near(late)))
    core.affinity(0, [1, 2])
    core.withdraw(0)
    core.merge()
