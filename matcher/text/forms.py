"""
Inflected forms to lemmas, from simplemma's dictionaries, ready at once and small in memory.

simplemma reads its dictionaries block by block in 20 MB where a plain dictionary takes 400,
but first passes over all of them to learn where the blocks begin: two seconds. The places are
shipped; where the installed dictionary is another one than they are of, it is passed over.
Most questions are about pieces of compounds that are no words: a filter (Bloom 1970) shipped
with the places answers nineteen in twenty of them without opening a block.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from simplemma.strategies.dictionaries.dictionary_factory import (
    CachingDictionaryFactory,
    DecodedStrMapping,
    _read_decompressed,
)
from simplemma.strategies.dictionaries.frontcode import _iter_records, _read_header
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from matcher.data import Arrays, arrays
from matcher.text.lines import HEAD, Lines

LANGS = ("fi", "sv", "en")
BITS_A_FORM = 8
"""Bits of the filter for a form, at least: one absent form in twenty-five passes it."""
_MIX = 0x9E3779B1


class Blocks(DecodedStrMapping):
    """A dictionary that is read block by block, and fast in saying that a form is not there."""

    __slots__ = ("_count", "_data", "_heads", "_places", "_pos", "_rev")

    def __init__(self, data: bytes, stored: "Places") -> None:
        self._data, self._places = data, stored
        self._rev, self._count, self._pos = _read_header(data)
        self._heads = array("Q", stored.firsts.heads().tobytes())

    def _lookup(self, key: str) -> str | None:
        target = key.encode()
        if not _passes(self._places.filter, target):
            return None
        if self._rev:
            target = target[::-1]
        block = self._block(target)
        if block < 0:
            return None
        for _, stored_key, stored_value in _iter_records(self._data, *self._before(block)):
            if stored_key == target:
                return (stored_value[::-1] if self._rev else stored_value).decode()
            if stored_key > target:
                return None
        return None

    def _block(self, target: bytes) -> int:
        """Number of the block that a form would have to stand in, -1 before the first."""
        head = _head(target)
        least = bisect_left(self._heads, head)
        most = bisect_right(self._heads, head, least)
        every = range(len(self._heads))
        return bisect_right(every, target, least, most, key=self._places.firsts.bytes) - 1

    def _before(self, block: int) -> tuple[int, bytes, bytes]:
        """Where a block begins, and the form and lemma before it, which it is coded against."""
        places = self._places
        return int(places.offsets[block]), places.keys.bytes(block), places.values.bytes(block)

    def __iter__(self) -> Iterator[str]:
        for _, stored_key, _ in _iter_records(self._data, self._pos):
            yield (stored_key[::-1] if self._rev else stored_key).decode()

    def __len__(self) -> int:
        return self._count


class Places(NamedTuple):
    """Where the blocks of a dictionary begin, and the filter of its forms."""

    offsets: NDArray[np.uint32]
    firsts: Lines
    keys: Lines
    values: Lines
    filter: bytes


def _head(form: bytes) -> int:
    return int.from_bytes(form[:HEAD].ljust(HEAD, b"\0"), "big")


def _passes(bits: bytes, form: bytes) -> bool:
    """Whether a form may stand in the dictionary that a filter is of."""
    one, other = _places_in_filter(form, len(bits) * 8 - 1)
    return bool(bits[one >> 3] >> (one & 7) & bits[other >> 3] >> (other & 7) & 1)


def _places_in_filter(form: bytes, mask: int) -> tuple[int, int]:
    mixed = crc32(form)
    return mixed & mask, mixed * _MIX >> 20 & mask


class Forms(CachingDictionaryFactory):
    """Dictionaries of the three languages."""

    def _get_dictionary_uncached(self, lang: str) -> Mapping[str, str]:
        stored = arrays("forms.npz", f"*_{lang}")
        data = _read_decompressed(lang)
        if f"sum_{lang}" not in stored or crc32(data) != int(stored[f"sum_{lang}"]):
            return StreamMap(lang)
        firsts, keys, values = (
            Lines(stored[f"{name}_{lang}"]) for name in ("firsts", "keys", "values")
        )
        filter_ = stored[f"filter_{lang}"].tobytes()
        return Blocks(data, Places(stored[f"offsets_{lang}"], firsts, keys, values, filter_))


FORMS = Forms()


def places_of_blocks() -> Arrays:
    """Pass over the dictionaries and note where their blocks begin, for shipping."""
    built: Arrays = {}
    for lang in LANGS:
        passed = StreamMap(lang)
        blocks = passed._blocks
        built[f"sum_{lang}"] = np.array(crc32(passed._data), np.uint32)
        built[f"offsets_{lang}"] = np.array([offset for offset, _, _ in blocks], np.uint32)
        columns = {
            "firsts": passed._firsts,
            "keys": [key for _, key, _ in blocks],
            "values": [value for _, _, value in blocks],
        }
        for name, column in columns.items():
            built[f"{name}_{lang}"] = np.frombuffer(b"\n".join(column), np.uint8)
        built[f"filter_{lang}"] = _filter_of(passed)
    return built


def _filter_of(words: StreamMap) -> NDArray[np.uint8]:
    """Set two bits for each form of a dictionary, in a power of two of them."""
    size = 1 << (len(words) * BITS_A_FORM - 1).bit_length()
    bits = np.zeros(size, bool)
    for form in words:
        bits[list(_places_in_filter(form.encode(), size - 1))] = True
    return np.packbits(bits, bitorder="little")
