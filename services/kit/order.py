"""Versions that order the events of one key, given in the transaction that makes them."""

from sqlmodel import Session

from services.kit.tables import OrderRow


def next_version(session: Session, key: str) -> int:
    """
    Return the next version of a key, 1 for the first.

    The row stays locked until the transaction ends, so that versions are given in the
    order of the commits.
    """
    row = session.get(OrderRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        row = OrderRow(key=key, version=0)
    row.version += 1
    session.add(row)
    session.flush()
    return row.version
