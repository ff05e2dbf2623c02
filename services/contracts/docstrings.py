"""Docstrings of fields, which the interpreter throws away, read from the source."""

import ast
import inspect
from functools import cache
from types import ModuleType

from pydantic import BaseModel


def described_fields(kind: type[BaseModel]) -> dict[str, str]:
    """The docstrings under the fields of a model, those of its parents included."""
    found: dict[str, str] = {}
    for parent in reversed(kind.__mro__):
        module = inspect.getmodule(parent)
        if module is not None and module.__name__.startswith("schemas."):
            found |= _by_class(module).get(parent.__name__, {})
    return found


@cache
def _by_class(module: ModuleType) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: _fields(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found
