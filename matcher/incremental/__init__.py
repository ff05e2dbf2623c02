"""One registration at a time: arrays that find its peers and its seat in microseconds."""

from matcher.incremental.core import Core
from matcher.incremental.joined import Joined
from matcher.incremental.table import Item, Row
from matcher.incremental.warm import warm

__all__ = ["Core", "Item", "Joined", "Row", "warm"]
