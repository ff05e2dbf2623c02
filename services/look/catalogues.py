"""
Keep the catalogues in step with the code: ``python -m services.look.catalogues``.

Finnish is in the code, so there is no catalogue to forget: what a screen says is extracted
from it, merged into the Swedish and English files, and anything missing is listed.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.look.words import CATALOGUES

SERVICES = Path(__file__).parent.parent
TRANSLATED = ("sv", "en")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.do", "silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "say": (2,), "say_many": (2, 3)}


def extracted() -> Catalog:
    """Collect every text that the code marks."""
    found = Catalog(project="vertaispiiri", charset="utf-8", fuzzy=False)
    for file, line, text, comments, context in extract_from_dir(
        SERVICES, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("NOTE:",)
    ):
        found.add(text, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def path_of(lang: str) -> Path:
    """Return where a language's catalogue is kept."""
    return CATALOGUES / lang / "LC_MESSAGES" / "messages.po"


def kept(lang: str) -> Catalog:
    """Read a catalogue as it is kept, empty when there is none yet."""
    path = path_of(lang)
    source = BytesIO(path.read_bytes() if path.exists() else b"")
    return read_po(source, locale=lang, charset="utf-8")


def merged(lang: str) -> Catalog:
    """Return a language's catalogue brought up to the code; obsolete texts are left out."""
    catalogue = kept(lang)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[Message]:
    """Return the messages that a reader would see in Finnish."""
    return [one for one in catalogue if one.id and (one.fuzzy or not _whole(one))]


def _whole(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(texts)


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as it is kept: without line numbers, so that code may move."""
    sink = BytesIO()
    write_po(sink, catalogue, width=96, sort_output=True, omit_header=True, include_lineno=False)
    return sink.getvalue()


def drift() -> list[str]:
    """List, in words, how the kept catalogues differ from the code."""
    said = []
    for lang in TRANSLATED:
        catalogue = merged(lang)
        said += [f"{lang}: not translated: {one.id!r}" for one in untranslated(catalogue)]
        if not said and written(catalogue) != path_of(lang).read_bytes():
            said.append(f"{lang}: the catalogue is behind the code; update and commit it")
    return said


def main() -> None:
    """Bring the kept catalogues up to the code and list what is to be translated."""
    for lang in TRANSLATED:
        catalogue = merged(lang)
        path_of(lang).parent.mkdir(parents=True, exist_ok=True)
        path_of(lang).write_bytes(written(catalogue))
    if said := drift():
        sys.exit("\n".join(said))


if __name__ == "__main__":
    main()
