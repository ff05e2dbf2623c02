"""Why, in words: the matcher's reasons as sentences that never inflect a name."""

from collections.abc import Mapping

from schemas.codes import Language
from schemas.reasons import Reason
from services.look.dates import number, percent
from services.look.geography import region_name
from services.look.words import N_, say

SENTENCES: dict[str, str] = {
    "shared-concepts": N_("Yhteistä: %(concepts)s"),
}
UNKNOWN = N_("Muu peruste")
"""For a code younger than this catalogue, so that a page is never lost to it."""


def reason_text(reason: Reason, names: Mapping[str, str] | None = None, *, lang: Language) -> str:
    """
    Put a reason into a sentence.

    Parameters
    ----------
    names
        What units and themes are called, by id; an unknown one is left out.
    """
    values = {**_facts(reason, names or {}, lang), **_numbers(reason.values, lang)}
    return say(lang, SENTENCES.get(reason.code, UNKNOWN)) % values


def _facts(reason: Reason, names: Mapping[str, str], lang: Language) -> dict[str, str]:
    return {
        "concepts": ", ".join(concept.label.text(lang) for concept in reason.concepts),
        "codes": ", ".join(names.get(code) or region_name(code, lang) for code in reason.codes),
        "units": ", ".join(names[unit] for unit in reason.units if unit in names),
    }


def _numbers(values: Mapping[str, float], lang: Language) -> dict[str, str]:
    return {
        name: percent(value, lang) if name in SHARES else number(value, lang)
        for name, value in values.items()
    }


SHARES = {"fit", "cohesion", "share"}
