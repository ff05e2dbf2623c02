"""Why, in words: the matcher's reasons as sentences that never inflect a name."""

from collections.abc import Iterable, Mapping

from schemas.codes import Language, UnitKind
from schemas.reasons import Reason
from services.look.codes import LANGUAGE_NAMES, label
from services.look.dates import number, percent
from services.look.geography import region_name
from services.look.words import N_, say

SENTENCES: dict[str, str] = {
    "shared-concepts": N_("Yhteistä: %(concepts)s"),
    "similar-topic": N_("Samankaltainen aihe eri sanoin"),
    "distant-topic": N_("Vain vähän yhteistä"),
    "offers-you": N_("Muilla on tarjota tähän: %(concepts)s"),
    "you-offer": N_("Tällä on tarjota muille: %(concepts)s"),
    "differs": N_("Vain toisella: %(concepts)s"),
    "unites": N_("Ryhmää yhdistää: %(concepts)s"),
    "common-language": N_("Yhteinen kieli: %(codes)s"),
    "giver": N_("Kokemusta on jo: %(units)s"),
    "no-giver": N_("Kukaan ei ole vielä tehnyt tätä: kokemusta on haettava muualta"),
    "places": N_("Maakunnat: %(codes)s. Jäsenten välimatka yleensä %(distance_km)s km"),
    "kinds": N_("Organisaatiot: %(codes)s"),
    "weakest": N_("Heikoin yhteys muihin: %(units)s (sopivuus %(fit)s)"),
    "few-members": N_(
        "Jäseniä on vain vähimmäismäärä: jos yksikin kieltäytyy, ryhmästä tulee sitä pienempi"
    ),
    "being-read": N_("Tekstiä luetaan vielä: uusia haasteita tuli monta yhtä aikaa."),
    "text-not-understood": N_(
        "Kuvauksesta ei löytynyt tuttuja käsitteitä. Kerro tarkemmin, mitä hankitte."
    ),
    "nothing-shared": N_("Kenelläkään muulla ei vielä ole samaa haastetta."),
    "only-own-unit": N_("Sama haaste on vain omalla organisaatiolla."),
    "no-common-language": N_("Sopivilla vertaisilla ei ole yhteistä kieltä."),
    "below-threshold": N_("Lähinkin haaste on liian erilainen (sopivuus %(fit)s)."),
    "kept-out": N_("Sopivat vertaiset on rajattu pois samasta ryhmästä."),
    "unit-cap": N_("Organisaatio on jo niin monessa ryhmässä kuin voi: %(groups)s."),
    "groups-full": N_("Sopivat ryhmät ovat täynnä."),
    "too-few-peers": N_(
        "Keskenään sopivia vertaisia, joilla ei vielä ole ryhmää, on %(peers)s;"
        " ryhmään tarvitaan %(needed)s."
    ),
    "next-round": N_(
        "Sopivia vertaisia on: ryhmää haetaan, kun kaikki haasteet katsotaan uudelleen."
    ),
    "relax-threshold": N_("Sopivuus %(fit)s jää alle rajan %(least_fit)s"),
    "relax-language": N_("Ryhmä kokoontuu kielellä: %(codes)s"),
    "relax-upper": N_("Ryhmässä olisi %(members)s jäsentä, enintään %(most)s"),
    "relax-lower": N_("Ryhmässä olisi vain %(members)s jäsentä, vähintään %(least)s"),
    "relax-cap": N_("Organisaatio on jo niin monessa ryhmässä kuin voi: %(groups)s"),
    "relax-apart": N_("On päätetty, ettei samaan ryhmään tule: %(units)s"),
    "relax-kept-out": N_("Fasilitoija on ottanut haasteen pois tästä ryhmästä"),
}
"""By the codes of ``docs/reasons.md``."""
FOR_THE_DESK = frozenset({"weakest", "few-members"})
"""What a facilitator weighs; a member is not told who fits least."""
UNKNOWN = N_("Muu peruste")
"""For a code younger than this catalogue, so that a page is never lost to it."""
SHARES = ("fit", "share")
"""Values whose names end so are shares of one, shown as per cent."""
CODES = {one.value: one for one in UnitKind}


def reason_text(reason: Reason, names: Mapping[str, str] | None = None, *, lang: Language) -> str:
    """
    Put a reason into a sentence.

    Parameters
    ----------
    names
        What units are called, by id; a unit that the reader may not know is left out.
    """
    known = names or {}
    listed = {
        "concepts": [concept.label.text(lang) for concept in reason.concepts],
        "codes": [_code(code, known, lang) for code in reason.codes],
        "units": [known[unit] for unit in reason.units if unit in known],
    }
    values = {name: ", ".join(dict.fromkeys(texts)) for name, texts in listed.items() if texts}
    values |= {name: _value(name, value, lang) for name, value in reason.values.items()}
    text = say(lang, SENTENCES.get(reason.code, UNKNOWN)) % _Told(values)
    return text.removesuffix(" –").removesuffix(":")


def for_members(reasons: Iterable[Reason]) -> list[Reason]:
    """Leave out what only a facilitator needs to know."""
    return [reason for reason in reasons if reason.code not in FOR_THE_DESK]


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
