"""What a file may weigh, so that reading one is bounded in memory and time."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The bounds of one file; the defaults are many times what the whole country needs."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 64_000_000
    """Of an XLSX file, which is packed: a small one may unfold to anything."""
    rows: int = 50_000
    columns: int = 100
    line_chars: int = 100_000
    """Of one line of JSON or one row of a table; the texts of a challenge fill a tenth."""


LIMITS = Limits()
