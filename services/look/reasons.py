"""Why, in words: the matcher's reasons as sentences that never inflect a name."""

from collections.abc import Mapping

from schemas.codes import Language, MeetingMode, Stage, Urgency
from schemas.reasons import Reason
from services.look.codes import LANGUAGE_NAMES, label
from services.look.dates import number, percent
from services.look.geography import region_name
from services.look.words import N_, say

SENTENCES: dict[str, str] = {
    "shared-concepts": N_("Yhteistä: %(concepts)s"),
}
UNKNOWN = N_("Muu peruste")
"""For a code younger than this catalogue, so that a page is never lost to it."""
SHARES = ("fit", "cohesion", "share", "score")
"""Values whose names end so are shares of one, shown as per cent."""
CODES = {one.value: one for kind in (Stage, Urgency, MeetingMode) for one in kind}


def reason_text(reason: Reason, names: Mapping[str, str] | None = None, *, lang: Language) -> str:
    """
    Put a reason into a sentence.

    Parameters
    ----------
    names
        What units, challenges and themes are called, by id; an unknown one is left out.
    """
    known = names or {}
    values = {
        "concepts": ", ".join(concept.label.text(lang) for concept in reason.concepts),
        "codes": ", ".join(_code(code, known, lang) for code in reason.codes),
        "units": ", ".join(known[unit] for unit in reason.units if unit in known),
        "challenges": ", ".join(known[one] for one in reason.challenges if one in known),
        **{name: _value(name, value, lang) for name, value in reason.values.items()},
    }
    return say(lang, SENTENCES.get(reason.code, UNKNOWN)) % _Told(values)


def _code(code: str, names: Mapping[str, str], lang: Language) -> str:
    if code in names:
        return names[code]
    if code in CODES:
        return label(CODES[code], lang)
    return label(code, lang) if code in LANGUAGE_NAMES else region_name(code, lang)


def _value(name: str, value: float, lang: Language) -> str:
    return percent(value, lang) if name.endswith(SHARES) else number(value, lang)


class _Told(dict[str, str]):
    """A value that a reason did not bring is a dash, not a lost page."""

    def __missing__(self, name: str) -> str:
        return "–"
