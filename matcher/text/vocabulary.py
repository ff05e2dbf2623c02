"""The vocabulary: concepts with labels in three languages, and themes."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, rows, words
from matcher.text.additions import MOST, Addition, keys_of, label_vector, quantised
from matcher.text.label_index import Labels, long_labels
from matcher.text.lines import Index, Lines
from matcher.text.ragged import ragged
from matcher.text.vectors import codebook, decoded
from schemas.base import Names

RECORDS = 2e6
"""Library records behind the frequencies of concepts."""
CODE_LISTS = "ef:"
"""Ids of concepts from code lists, whose labels begin with a capital."""
FACTS = ("ids", "theme", "leader", "freq", "broader_*", "related_*", "label_*", "codes", "scale")
"""Arrays that tell of the concepts; the others are of labels and of CPV codes."""
SHOWN = 4_096
"""Labels kept as they are shown: some 2 MB, so that a round puts each into words once."""
_FLAT = 256 * np.arange(100)[None, :]
UNCOUNTED = 30
"""Frequency taken for a concept that was never counted."""


class Theme(NamedTuple):
    """A theme; its kind says how one buys (issue) or what one buys (object)."""

    key: str
    kind: str
    label: Names


def in_sentence(label: str) -> str:
    """Write a label of a code list as it stands within a sentence: small, but for ICT and EU."""
    word = re.split(r"[\s,-]", label, maxsplit=1)[0]
    return label[:1].lower() + label[1:] if word[1:].islower() else label


class Vocabulary:
    """All concepts: those the package ships, then those that were added; rows number them."""

    def __init__(self, additions: Sequence[Addition] = ()) -> None:
        stored = arrays("vocabulary.npz", *FACTS)
        self.ids: Sequence[str] = words(stored["ids"])
        self.row_of = {concept: row for row, concept in enumerate(self.ids)}
        self.themes = _arranged[0] if _arranged else _themes()
        self.into: Mapping[str, tuple[str, ...]] = _arranged[1] if _arranged else {}
        """Themes that are no more, and those that stand for them."""
        self._leader = stored["leader"]
        self._theme = stored["theme"]
        freq = stored["freq"].astype(np.float32)
        counted = np.where(freq > 0, freq, UNCOUNTED)
        self.rarity = np.log(RECORDS / (counted + 30)).astype(np.float32)
        self.broader = ragged(stored["broader_counts"], stored["broader_rows"])
        self.related = ragged(stored["related_counts"], stored["related_rows"])
        self._shown: dict[int, Names] = {}
        self._labels: dict[str, Sequence[str]] = {
            lang: Lines(stored[f"label_{lang}"]) for lang in ("fi", "sv", "en")
        }
        self._codes, self._scale = stored["codes"], stored["scale"].astype(np.float32)
        self.own = len([concept for concept in self.ids if concept.startswith("kp")])
        self.shipped = len(self.ids)
        self._suggests: dict[int, tuple[str, ...]] = {}
        self._add([added for added in additions if added.id not in self.row_of])
        for added in additions:
            self._suggests[self.spoken(self.row_of[added.id])] = added.cpv

    def _add(self, new: Sequence[Addition]) -> None:
        """Append concepts; they are found as often as one that was never counted."""
        if not new:
            return
        self.ids = [*self.ids, *(added.id for added in new)]
        self.row_of |= {added.id: self.shipped + at for at, added in enumerate(new)}
        keys = ["", *(theme.key for theme in self.themes)]
        themes = [keys.index(added.theme) for added in new]
        self._theme = np.concatenate([self._theme, np.array(themes, self._theme.dtype)])
        rarity = np.full(len(new), np.log(RECORDS / (UNCOUNTED + 30)), np.float32)
        self.rarity = np.concatenate([self.rarity, rarity])
        above = [[self.spoken(self.row_of[wider]) for wider in added.broader] for added in new]
        self.broader = self.broader.with_more(above)
        self.related = self.related.with_more([[] for _ in new])
        for lang, held in self._labels.items():
            self._labels[lang] = [*held, *(_named(added, lang) for added in new)]
        packed = [quantised(label_vector(added)) for added in new]
        self._codes = np.concatenate([self._codes, np.stack([codes for codes, _ in packed])])
        scale = np.array([scale for _, scale in packed], np.float32)
        self._scale = np.concatenate([self._scale, scale])

    def is_own(self, row: int) -> bool:
        """Whether a concept is procurement's own, or an administrator's: it wins ties."""
        return row < self.own or row >= self.shipped

    def spoken(self, row: int) -> int:
        """The row that texts have for a concept: one for all that say the same."""
        return int(self._leader[row]) if row < self.shipped else row

    def suggests(self, row: int) -> tuple[str, ...]:
        """CPV codes that an administrator gave a concept."""
        return self._suggests.get(row, ())

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, row: int) -> Names:
        """Preferred labels of a concept; those shown last are kept."""
        if (known := self._shown.get(row)) is not None:
            return known
        if len(self._shown) >= SHOWN:
            self._shown.clear()
        shown = in_sentence if self.ids[row].startswith(CODE_LISTS) else str
        found = Names(**{lang: shown(labels[row]) for lang, labels in self._labels.items()})
        self._shown[row] = found
        return found

    def theme(self, row: int) -> Theme | None:
        """Theme of a concept, if it has one; of several that it was split into the first."""
        number = int(self._theme[row])
        return self.theme_named(self.now(self.themes[number - 1].key)[0]) if number else None

    def theme_named(self, key: str) -> Theme:
        """The theme of a key there is."""
        return next(theme for theme in self.themes if theme.key == key)

    def now(self, key: str) -> tuple[str, ...]:
        """The themes that stand for one now: itself, what it was merged or split into."""
        return self.into.get(key, (key,))

    def themes_of(self, row: int) -> tuple[str, ...]:
        """Keys of the themes of a concept."""
        number = int(self._theme[row])
        return self.now(self.themes[number - 1].key) if number else ()

    def nearness(self, found: NDArray[np.intp], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of concepts with a centred vector of length 1, from the quantiser's tables."""
        table = products(vector)
        near: NDArray[np.float32] = table.take(_FLAT + self._codes[found]).sum(1)
        return near * self._scale[found]

    def decode(self, found: NDArray[np.intp]) -> NDArray[np.float32]:
        """Vectors of concepts, centred, of length 1; shape ``(k, D)``."""
        return decoded(self._codes[found], self._scale[found])


def products(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Products of a vector's pieces with every centroid, shape ``(100, 256)``."""
    table: NDArray[np.float32] = (codebook() @ vector.reshape(100, 4, 1))[:, :, 0]
    return table


def _themes() -> list[Theme]:
    return [
        Theme(row["theme"], row["kind"], Names(fi=row["fi"], sv=row["sv"], en=row["en"]))
        for row in rows("themes.tsv")
    ]


def _named(added: Addition, lang: str) -> str:
    """The preferred label in a language, else in the first that has one."""
    for other in (lang, "fi", "sv", "en"):
        if added.labels.get(other):
            return added.labels[other][0]
    raise ValueError(f"the concept {added.id!r} has no label")


_added: list[Addition] = []
NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_arranged: list[Any] = []


def arrange(themes: Sequence[Theme] | None, into: Mapping[str, tuple[str, ...]] = NONE) -> None:
    """
    Have these themes from now on; None has those that ship.

    Parameters
    ----------
    themes
        Those that ship, in their order and under whatever names, then new ones.
    into
        Keys of those that are no more, each with the keys that stand for it.

    Raises
    ------
    ValueError
        When the themes do not begin with the keys that ship, or ``into`` names another.
    """
    given = [] if themes is None else list(themes)
    keys, first = [theme.key for theme in given], [theme.key for theme in _themes()]
    if given and keys[: len(first)] != first:
        raise ValueError(f"themes begin with {', '.join(first)}, got {', '.join(keys)}")
    for key in [key for old, new in into.items() for key in (old, *new) if key not in keys]:
        raise ValueError(f"there is no theme {key!r}")
    _arranged[:] = [given, dict(into)] if given else []
    vocabulary.cache_clear()
    labels.cache_clear()


def extend(additions: Sequence[Addition]) -> None:
    """
    Read texts with these additions from now on, instead of those given before.

    A process calls it once, when it starts: what was read before was read without them.

    Raises
    ------
    ValueError
        When there are too many, or one has no label, or an unknown theme or wider concept.
    """
    if len(additions) > MOST:
        raise ValueError(f"at most {MOST} concepts may be added, got {len(additions)}")
    try:
        Vocabulary(additions)
    except KeyError as error:
        raise ValueError(f"there is no concept {error.args[0]!r}") from None
    _added[:] = additions
    vocabulary.cache_clear()
    labels.cache_clear()


def additions() -> tuple[Addition, ...]:
    """What was added."""
    return tuple(_added)


@cache
def vocabulary() -> Vocabulary:
    """Read the vocabulary, once."""
    return Vocabulary(_added)


@cache
def labels(lang: str) -> Labels:
    """Read the label keys of a language, once."""
    names = ("keys", "counts", "rows", "trust", "long", "pairs")
    stored = arrays("vocabulary.npz", *(f"{name}_{lang}" for name in names))
    known = vocabulary()
    added = keys_of(_added, lambda name: known.spoken(known.row_of[name]), lang)
    found = ragged(stored[f"counts_{lang}"], stored[f"rows_{lang}"])
    shipped = {lemma: at for at, lemma in enumerate(words(stored[f"long_{lang}"]))}
    number, pairs = long_labels(added, shipped)
    pairs = np.union1d(stored[f"pairs_{lang}"], pairs) if len(pairs) else stored[f"pairs_{lang}"]
    number_of = Index(Lines(stored[f"keys_{lang}"]))
    return Labels(number_of, found, number, pairs, stored[f"trust_{lang}"], added)
