"""Have everything that reading a text needs read before the first text comes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.text.analysis import analyse
from matcher.text.encoders import Encoder
from matcher.text.fusion import fused_rows
from matcher.text.kept import features

TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {"fi": "Siivouspalvelut", "sv": "Städtjänster", "en": "Cleaning services"}
)


def warm(encoder: Encoder | None = None) -> None:
    """
    Read a text in each language once, with the encoder where there is one.

    A process calls it when it starts: half a second for the tables, a third for the encoder.
    """
    for lang, text in TEXTS.items():
        analyse(text, lang)
        fused_rows([features(text, lang, encoder=encoder)])
