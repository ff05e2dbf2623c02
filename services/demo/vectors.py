"""
Vectors of the sample challenges by the neural encoder, so that the demo need not make them.

``python -m services.demo.vectors`` makes them anew where the extra ``neural`` is installed;
a test says when the samples have changed since.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from matcher.entries import texts_of
from matcher.text.encoders import Encoder, neural
from services.demo.samples import sample_challenges
from services.matching.encoding import plant_vectors

FILE = "sample_vectors.npz"
Vectors = dict[bytes, NDArray[np.float32]]


def sample_texts() -> list[str]:
    """Every text of the samples that is compared, once."""
    return list(dict.fromkeys(text for line in sample_challenges() for text in texts_of(line)))


def sample_vectors() -> tuple[str, Vectors]:
    """Return the encoder that the shipped vectors are of, and the vectors by their texts' keys."""
    with files(__package__).joinpath("data", FILE).open("rb") as stream, np.load(stream) as kept:
        keys, vectors = kept["keys"], kept["vectors"].astype(np.float32)
        return str(kept["encoder"]), {
            key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)
        }


def plant_sample_vectors(session: Session) -> None:
    """Give matching the vectors of the samples; those of another encoder it never looks at."""
    plant_vectors(session, *sample_vectors())


def made_vectors(encoder: Encoder) -> Vectors:
    """Make the vectors of the samples, half a minute of work."""
    texts = sample_texts()
    encoder(texts)
    return encoder.remembered(texts)


def main() -> None:
    """Write the file that is shipped."""
    encoder = neural()
    made = made_vectors(encoder)
    np.savez_compressed(
        Path(__file__).parent / "data" / FILE,
        encoder=np.array(encoder.name),
        keys=np.frombuffer(b"".join(made), np.uint8).reshape(len(made), -1),
        vectors=np.stack(list(made.values())).astype(np.float16),
    )


if __name__ == "__main__":
    main()
