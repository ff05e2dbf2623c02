"""
Finnish words that our own data lacks, by Voikko where the system has it.

Voikko (libvoikko, under MPL, GPL or LGPL, with the dictionary voikko-fi, under GPL) is no
part of the product and never needed: where its Python module can be imported and it has a
Finnish dictionary, it is asked for the lemma of words that would have to be guessed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

LOCK = Lock()
"""One handle is not for two threads at once."""
_left_out: list[bool] = []


@cache
def handle() -> Any:
    """Voikko's handle for Finnish, None where it is not installed."""
    try:
        return import_module("libvoikko").Voikko("fi")
    except Exception:  # noqa: BLE001  # no module, no library, no dictionary: all mean without
        return None


def is_installed() -> bool:
    """Whether Voikko is asked at all."""
    return handle() is not None


def lemma(form: str) -> str | None:
    """Lemma of a form, None when Voikko does not know it, or several are as likely."""
    if _left_out or not is_installed() or not form.isalpha():
        return None
    with LOCK:
        found = handle().analyze(form)
    lemmas = {str(one["BASEFORM"]).lower() for one in found if one.get("BASEFORM")}
    return lemmas.pop() if len(lemmas) == 1 else None


@contextmanager
def left_out() -> Iterator[None]:
    """Read words as if Voikko were not there: what ships is built the same everywhere."""
    _left_out.append(True)
    try:
        yield
    finally:
        _left_out.pop()
