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
    "similar-topic": N_("Samankaltainen aihe: %(concepts)s"),
    "offer-meets-need": N_("Yksi tarjoaa, mitä toinen etsii: %(concepts)s"),
    "gives": N_("Voi tarjota: %(concepts)s"),
    "gets": N_("Voi saada: %(concepts)s"),
    "common-language": N_("Yhteinen kieli: %(codes)s"),
    "same-stage": N_("Sama vaihe: %(codes)s"),
    "distance": N_("Etäisyys: %(distance_km)s km"),
    "text-not-understood": N_(
        "Kuvauksesta ei löytynyt tuttuja käsitteitä. Kerro tarkemmin, mitä hankitte."
    ),
    "nothing-shared": N_("Kenelläkään muulla ei vielä ole samaa haastetta."),
    "no-affinity": N_("Kenelläkään muulla ei vielä ole samaa haastetta."),
    "own-unit-only": N_("Sama haaste on vain omalla organisaatiolla."),
    "no-common-language": N_("Sopivilla vertaisilla ei ole yhteistä kieltä."),
    "below-threshold": N_("Yhteistä on liian vähän kenenkään muun kanssa."),
    "too-few-peers": N_("Vertaisia on vielä liian vähän ryhmäksi."),
    "too-few": N_("Vertaisia on vielä liian vähän ryhmäksi."),
    "groups-full": N_("Sopivat ryhmät ovat täynnä."),
    "little-gain": N_("Mikään ryhmä, jossa on tilaa, ei vastaa tätä haastetta tarpeeksi."),
    "too-heavy": N_("Ryhmän enimmäiskoko ylittyisi."),
    "unit-cap": N_("Organisaatio on jo niin monessa ryhmässä kuin voi."),
    "no-permitted": N_("Sopivat vertaiset on rajattu pois samasta ryhmästä."),
    "kept-out": N_("Fasilitoija on jättänyt haasteen ryhmien ulkopuolelle."),
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
    text = say(lang, SENTENCES.get(reason.code, UNKNOWN)) % _Told(values)
    return text.rstrip().removesuffix(":")


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
