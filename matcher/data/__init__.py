"""The vocabulary, lexicons and word vectors that ship with the matcher; see SOURCE.md."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from numpy import load
from numpy.typing import NDArray

Arrays = dict[str, NDArray]  # type: ignore[type-arg]  # of several types


def packaged(name: str) -> Traversable:
    """Find a file of this folder, wherever the package is installed."""
    return files(__name__) / name


def rows(name: str) -> Iterator[dict[str, str]]:
    """Read a tab-separated table with a header line, one mapping a row."""
    with packaged(name).open(encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(header, line.rstrip("\n").split("\t"), strict=False))


def arrays(name: str, *like: str) -> Arrays:
    """Read the arrays of an ``.npz`` file, or only those with names like ``*_fi``."""
    with packaged(name).open("rb") as stream, load(stream) as archive:
        wanted = [key for key in archive.files if any(fnmatchcase(key, one) for one in like)]
        return {key: archive[key] for key in (wanted if like else archive.files)}


def words(packed: NDArray) -> list[str]:  # type: ignore[type-arg]
    """Unpack words that were stored as bytes, one a line."""
    text: str = packed.tobytes().decode()
    return text.split("\n") if text else []


@cache
def wordlist(name: str, lang: str) -> frozenset[str]:
    """
    Words of a hand-written list, such as the function words of a language.

    Raises
    ------
    KeyError
        When there is no such list.
    """
    for row in rows("wordlists.tsv"):
        if row["list"] == name and row["lang"] == lang:
            return frozenset(row["words"].split())
    raise KeyError(f"no word list {name!r} for {lang!r}")
