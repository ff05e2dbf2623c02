"""
Build the compact vocabulary that ships in ``matcher/data/vocabulary.npz``.

``python -m matcher.text.build DIRECTORY`` writes it anew; a test builds it and compares.
Building reads 150,000 labels and takes some forty seconds, which is why it is not done on import.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, rows
from matcher.text import voikko
from matcher.text.background import background
from matcher.text.code_concepts import concepts_of_codes
from matcher.text.encoders import neural, neural_is_installed
from matcher.text.forms import places_of_blocks
from matcher.text.label_index import long_labels
from matcher.text.languages import trigram_scores
from matcher.text.same import all_labels, keyed, label_vectors, leaders, trusted_keys
from matcher.text.scale import scales
from matcher.text.senses import nearest_concepts
from matcher.text.shape import encoder_shape
from matcher.text.topics import topic_directions
from matcher.text.vectors import D, codebook, unit
from matcher.text.voice import encoder_means
from matcher.text.words import read_word

LANGS = ("fi", "sv", "en")


def vocabulary() -> Arrays:
    """Build all arrays of the vocabulary from the tables beside it, without Voikko."""
    read_word.cache_clear()
    with voikko.left_out():
        built = _vocabulary()
    read_word.cache_clear()
    return built


def _vocabulary() -> Arrays:
    concepts = list(rows("concepts.tsv"))
    cpv = list(rows("cpv.tsv"))
    by_lang = {
        lang: label_vectors([all_labels(concept, lang) for concept in concepts], lang)
        for lang in LANGS
    }
    vectors = _units(by_lang)
    labels = {lang: keyed(concepts, lang) for lang in LANGS}
    leader = leaders(concepts, labels.values(), vectors)
    built = _facts(concepts, leader) | _codes(cpv)
    for lang in LANGS:
        built |= _trusted(trusted_keys(concepts, labels[lang], lang, by_lang, leader), lang)
        built[f"label_{lang}"] = packed([concept[lang] for concept in concepts])
    built["codes"], built["scale"] = quantised(vectors)
    codes = {lang: label_vectors([[code[lang]] for code in cpv], lang) for lang in LANGS}
    built["cpv_codes"], built["cpv_scale"] = quantised(_units(codes))
    return built


def _units(by_lang: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Mean over the languages of each row's vectors, of length 1 or 0."""
    return np.stack([unit(sum(each)) for each in zip(*by_lang.values(), strict=True)])


def _trusted(keys: dict[str, dict[int, float]], lang: str) -> Arrays:
    """Keys of concepts, the rows of each, how far each is believed, 0-255; lemmas of long ones."""
    rows_of = [sorted(found) for found in keys.values()]
    long, pairs = long_labels(keys)
    believed = [found[row] for found in keys.values() for row in sorted(found)]
    return {
        f"keys_{lang}": packed(list(keys)),
        f"counts_{lang}": np.array([len(found) for found in rows_of], np.uint16),
        f"rows_{lang}": np.array([row for found in rows_of for row in found], np.int32),
        f"trust_{lang}": np.rint(np.array(believed) * 255).astype(np.uint8),
        f"long_{lang}": packed(list(long)),
        f"pairs_{lang}": pairs,
    }


def _facts(concepts: list[dict[str, str]], leader: NDArray[np.int32]) -> Arrays:
    place = {concept["id"]: row for row, concept in enumerate(concepts)}
    themes = ["", *(row["theme"] for row in rows("themes.tsv"))]
    facts: Arrays = {
        "ids": packed([concept["id"] for concept in concepts]),
        "theme": np.array([themes.index(concept["theme"]) for concept in concepts], np.uint8),
        "leader": leader,
        "freq": np.array([int(concept["freq"]) for concept in concepts], np.int32),
        "core": np.array([concept["core"] == "1" for concept in concepts], np.uint8),
    }
    for link in ("broader", "related"):
        links = _links(concepts, link, place, leader)
        facts[f"{link}_counts"] = np.array([len(found) for found in links], np.uint8)
        facts[f"{link}_rows"] = np.array([row for found in links for row in found], np.int32)
    return facts


def _links(
    concepts: list[dict[str, str]], link: str, place: dict[str, int], leader: NDArray[np.int32]
) -> list[list[int]]:
    """Rows that each concept points to; one stands for all that say the same, none for itself."""
    rows_of = [
        dict.fromkeys(
            int(leader[place[other]]) for other in concept[link].split("|") if other in place
        )
        for concept in concepts
    ]
    return [[other for other in found if other != row] for row, found in enumerate(rows_of)]


def _codes(cpv: list[dict[str, str]]) -> Arrays:
    place = {code["code"]: row for row, code in enumerate(cpv)}
    codes: Arrays = {
        "cpv": packed([code["code"] for code in cpv]),
        "cpv_parent": np.array([place.get(code["parent"], -1) for code in cpv], np.int32),
    }
    labels: Arrays = {f"cpv_label_{lang}": packed([code[lang] for code in cpv]) for lang in LANGS}
    return codes | labels


def packed(words: list[str]) -> NDArray[np.uint8]:
    """Words as bytes, one a line."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def quantised(matrix: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Nearest centroid of each of the 100 sub-spaces, and the length that restores 1."""
    centroids = codebook()
    codes = np.zeros((len(matrix), 100), np.uint8)
    # Rows of length 1 are brought to the size of the centroids: 100 pieces of a mean length.
    size = float(np.linalg.norm(centroids, axis=2).mean() * 10)
    for part in range(100):
        piece = matrix[:, part * 4 : part * 4 + 4] * size
        distance = (centroids[part] ** 2).sum(1)[None, :] - 2 * piece @ centroids[part].T
        codes[:, part] = distance.argmin(1)
    restored = centroids[np.arange(100)[None, :], codes].reshape(len(matrix), D)
    length = np.maximum(np.linalg.norm(restored, axis=1), 1e-6)
    return codes, (1.0 / length).astype(np.float16)


def main(directory: str) -> None:
    """Write the vocabulary, then what is worked out from it."""
    _write(Path(directory) / "forms.npz", places_of_blocks())
    _write(Path(directory) / "trigrams.npz", {"scores": trigram_scores()})
    _write(Path(directory) / "vocabulary.npz", vocabulary())
    _write(Path(directory) / "senses.npz", nearest_concepts())
    _write(Path(directory) / "topics.npz", topic_directions())
    _write(Path(directory) / "codes.npz", concepts_of_codes(range(len(list(rows("cpv.tsv"))))))
    _write(Path(directory) / "background.npz", background())
    if neural_is_installed():
        _write(Path(directory) / "encoder_means.npz", encoder_means(neural()))
        _write(Path(directory) / "encoder_shape.npz", encoder_shape(neural()))
        _write(Path(directory) / "scales.npz", scales(neural()))


def _write(path: Path, built: Arrays) -> None:
    np.savez_compressed(path, **built)  # type: ignore[arg-type]  # the stub takes names for flags


if __name__ == "__main__":
    main(sys.argv[1])
