"""What is wrong with a field, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made

from schemas.codes import Language
from services.look.words import N_, say, say_many


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with a field; ``type`` is pydantic's, ``limits`` what it was held to."""

    field: str
    type: str
    limits: Mapping[str, object] = made(default_factory=dict)


def complaint_text(complaint: Complaint, lang: Language) -> str:
    """Say what to correct, as one sentence."""
    if told := RULES.get(complaint.type):
        return told(complaint.limits, lang)
    return say(lang, PLAIN.get(complaint.type, PLAIN[""]))


def _too_short(limits: Mapping[str, object], lang: Language) -> str:
    return say_many(
        lang,
        "Kirjoita vähintään %(num)s merkki.",
        "Kirjoita vähintään %(num)s merkkiä.",
        _whole(limits, "min_length"),
    )


def _too_long(limits: Mapping[str, object], lang: Language) -> str:
    return say_many(
        lang,
        "Lyhennä: enintään %(num)s merkki.",
        "Lyhennä: enintään %(num)s merkkiä.",
        _whole(limits, "max_length"),
    )


def _too_many(limits: Mapping[str, object], lang: Language) -> str:
    return say_many(
        lang,
        "Valitse enintään %(num)s.",
        "Valitse enintään %(num)s.",
        _whole(limits, "max_length"),
    )


def _too_few(limits: Mapping[str, object], lang: Language) -> str:
    return say_many(
        lang,
        "Valitse vähintään %(num)s.",
        "Valitse vähintään %(num)s.",
        _whole(limits, "min_length"),
    )


def _whole(limits: Mapping[str, object], name: str) -> int:
    value = limits.get(name, 0)
    return value if isinstance(value, int) else 0


RULES: dict[str, Callable[[Mapping[str, object], Language], str]] = {
    "string_too_short": _too_short,
    "string_too_long": _too_long,
    "too_long": _too_many,
    "too_short": _too_few,
}
PLAIN = {
    "": N_("Tarkista tämä tieto."),
    "missing": N_("Tämä tieto tarvitaan."),
    "enum": N_("Valitse jokin vaihtoehdoista."),
    "literal_error": N_("Valitse jokin vaihtoehdoista."),
    "extra_forbidden": N_("Lomakkeella oli tieto, jota palvelu ei tunne."),
    "date_from_datetime_parsing": N_("Anna päivä muodossa vuosi-kuukausi-päivä."),
    "date_parsing": N_("Anna päivä muodossa vuosi-kuukausi-päivä."),
    "int_parsing": N_("Anna kokonaisluku."),
    "personal_email": N_("Poista tekstistä sähköpostiosoite: haasteet näkyvät muille."),
    "personal_code": N_("Poista tekstistä henkilötunnus: haasteet näkyvät muille."),
    "identity_code": N_("Poista tekstistä henkilötunnus: sitä ei tarvita."),
    "personal_phone": N_("Poista tekstistä puhelinnumero: haasteet näkyvät muille."),
    "control_character": N_("Tekstissä on merkki, joka ei ole tekstiä. Kirjoita se uudelleen."),
}
"""By pydantic's type, or by ours where one type would hide what is wrong."""
