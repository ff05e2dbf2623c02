"""
Inflected forms to lemmas, from simplemma's dictionaries, ready at once and small in memory.

simplemma reads its dictionaries block by block in 20 MB where a plain dictionary takes 400,
but first passes over all of them to learn where the blocks begin: two seconds. The places are
shipped; where the installed dictionary is another one than they are of, it is passed over.
"""

from collections.abc import Mapping
from zlib import crc32

import numpy as np
from simplemma.strategies.dictionaries.dictionary_factory import (
    CachingDictionaryFactory,
    _read_decompressed,
)
from simplemma.strategies.dictionaries.frontcode import _read_header
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

from matcher.data import Arrays, arrays, words

LANGS = ("fi", "sv", "en")


class Forms(CachingDictionaryFactory):
    """Dictionaries of the three languages."""

    def _get_dictionary_uncached(self, lang: str) -> Mapping[str, str]:
        stored = arrays("forms.npz")
        data = _read_decompressed(lang)
        if f"sum_{lang}" not in stored or crc32(data) != int(stored[f"sum_{lang}"]):
            return StreamMap(lang)
        found = StreamMap.__new__(StreamMap)
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
