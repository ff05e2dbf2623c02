"""What was loaded, so that a second load of the same changes nothing."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from services.kit.columns import Moment


class LoadedLine(SQLModel, table=True):
    """
    The last content that a file said of a key.

    What was edited since in the service stays as edited when the same file comes again.
    """

    __tablename__ = "loading_line"

    key: str = Field(primary_key=True)
    """Type and id, ``challenge:c-1``."""
    digest: str
    loaded_at: datetime = Field(sa_column=Column(Moment, nullable=False))
