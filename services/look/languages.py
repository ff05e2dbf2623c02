"""The three languages of the service, and which of them a reader wants."""

from typing import get_args

from schemas.codes import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
OWN_NAMES: dict[Language, str] = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
COOKIE = "piiri_lang"


def as_language(value: str | None) -> Language | None:
    """Return the value when it is a language of the service."""
    return value if value in LANGUAGES else None


def wanted(accept_language: str, chosen: str | None = None) -> Language:
    """
    Pick the language of a reader: the one chosen before, else the browser's, else Finnish.

    Parameters
    ----------
    accept_language
        The header of RFC 9110, section 12.5.4; nonsense in it is skipped.
    chosen
        What the cookie says.
    """
    if language := as_language(chosen):
        return language
    ranked = sorted(_weighed(accept_language), key=lambda pair: -pair[1])
    return next((found for tag, weight in ranked if weight > 0 and (found := _primary(tag))), "fi")


def _weighed(header: str) -> list[tuple[str, float]]:
    pairs = []
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        try:
            pairs.append((tag.strip(), float(weight.strip().removeprefix("q=") or 1)))
        except ValueError:
            continue
    return pairs


def _primary(tag: str) -> Language | None:
    return as_language(tag.split("-")[0].lower())
