"""The tables of every context, found rather than listed."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import services


def all_tables() -> MetaData:
    """Import ``services.<context>.tables`` of each context and return what they describe."""
    for module in iter_modules(services.__path__):
        name = f"services.{module.name}.tables"
        if module.ispkg and find_spec(name):
            import_module(name)
    return SQLModel.metadata
