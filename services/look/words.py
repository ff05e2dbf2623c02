"""
The words of the screens: Finnish in the code, Swedish and English in the catalogues.

Catalogues are compiled in memory when first used, so only the ``.po`` files are kept.
"""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from schemas.codes import Language

CATALOGUES = Path(__file__).parent / "translations"


def N_(text: str) -> str:  # noqa: N802  # the name that extraction tools know
    """Mark a text for the catalogues without translating it yet."""
    return text


@cache
def catalogue(lang: Language) -> NullTranslations:
    """Return the texts of a language; Finnish is the source and needs none."""
    path = CATALOGUES / lang / "LC_MESSAGES" / "messages.po"
    if lang == "fi" or not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        messages = read_po(source, locale=lang)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def say(lang: Language, text: str, **values: object) -> str:
    """Translate a Finnish text and fill in its values."""
    told = catalogue(lang).gettext(text)
    return told % values if values else told


def say_many(lang: Language, one: str, many: str, num: int, **values: object) -> str:
    """Translate a text that tells a number; ``%(num)s`` is the number."""
    return catalogue(lang).ngettext(one, many, num) % {"num": num, **values}
