"""What an upgrade stops at before it has changed anything."""

from schemas.errors import Broken


class RowsInTheWay(Broken):
    """The tables hold rows that this version's rules forbid, and nothing was changed."""

    code = "rows-in-the-way"
