"""
Inflected forms to lemmas, from simplemma's dictionaries, ready at once and small in memory.

simplemma reads its dictionaries block by block in 20 MB where a plain dictionary takes 400,
but first passes over all of them to learn where the blocks begin: two seconds. The places are
shipped; where the installed dictionary is another one than they are of, it is passed over.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from simplemma.strategies.dictionaries.dictionary_factory import (
    CachingDictionaryFactory,
    _read_decompressed,
)
from simplemma.strategies.dictionaries.frontcode import _SAME_AS_PREV, _read_header, _read_varint
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from matcher.data import Arrays, arrays, words

LANGS = ("fi", "sv", "en")


class Blocks(StreamMap):
    """
    A dictionary that is read block by block, and fast in saying that a form is not there.

    Most questions are about pieces of compounds that are no words. In a sorted, front-coded
    block a key can be passed over by the length of what it shares with the one before.
    """

    __slots__ = ()

    def _lookup(self, key: str) -> str | None:
        target = key.encode()
        if self._rev:
            target = target[::-1]
        block = bisect_right(self._firsts, target) - 1
        if block < 0 or not _stands(self._data, self._blocks[block], target):
            return None
        return super()._lookup(key)


def _stands(data: bytes, block: tuple[int, bytes, bytes], target: bytes) -> bool:
    """Whether a key stands in the block that it would have to stand in."""
    at, before, _ = block
    agreed = in_common(before, target)
    end = len(data)
    while at < end:
        shared, at = _number(data, at)
        size, at = _number(data, at)
        if shared < agreed:
            return False
        if shared == agreed:
            rest = data[at : at + size]
            agreed += in_common(rest, target[shared:])
            if agreed == len(target) == shared + size:
                return True
            if rest > target[shared:]:
                return False
        at += size
        trim = data[at]
        at += 1
        if trim != _SAME_AS_PREV:
            size, at = _number(data, at)
            at += size
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    return (byte, at + 1) if byte < 0x80 else _read_varint(data, at)


def in_common(one: Sequence[object], other: Sequence[object]) -> int:
    """Letters or bytes that two words have in common from their beginning."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return same


class Forms(CachingDictionaryFactory):
    """Dictionaries of the three languages."""

    def _get_dictionary_uncached(self, lang: str) -> Mapping[str, str]:
        stored = arrays("forms.npz")
        data = _read_decompressed(lang)
        if f"sum_{lang}" not in stored or crc32(data) != int(stored[f"sum_{lang}"]):
            return StreamMap(lang)
        found = Blocks.__new__(Blocks)
        found._data = data
        found._rev, found._count, found._pos = _read_header(data)
        firsts, keys, values = (
            [word.encode() for word in words(stored[f"{name}_{lang}"])]
            for name in ("firsts", "keys", "values")
        )
        offsets = stored[f"offsets_{lang}"].tolist()
        found._firsts, found._blocks = firsts, list(zip(offsets, keys, values, strict=True))
        return found


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
    return built
