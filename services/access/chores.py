"""What access does by the clock."""

from datetime import UTC, datetime

from sqlmodel import col, delete

from services.access.sessions import LIFE
from services.access.tables import LINK_LIFE, SignedIn, SignInLink
from services.kit.store import Store


def forget_spent(store: Store) -> None:
    """Delete sign-in links and sessions whose time has passed."""
    now = datetime.now(UTC)
    with store.begin() as session:
        session.exec(delete(SignInLink).where(col(SignInLink.made_at) < now - LINK_LIFE))
        session.exec(delete(SignedIn).where(col(SignedIn.since) < now - LIFE))
