"""Coded values of the schemas in words: stages, kinds of units, reasons to decline."""

from enum import StrEnum

from schemas.challenges import ChallengeStatus
from schemas.codes import Language, MeetingMode, SizeClass, Stage, UnitKind, Urgency, Visibility
from schemas.groups import DeclineReason, RejectReason
from schemas.notices import Nearness
from services.look.words import N_, say

LABELS: dict[type[StrEnum], dict[StrEnum, str]] = {
    Stage: {
        Stage.IDEA: N_("Idea"),
        Stage.PREPARING: N_("Valmistelu"),
        Stage.TENDERING: N_("Kilpailutus"),
        Stage.CONTRACT: N_("Sopimuskausi"),
    },
    Urgency: {
        Urgency.NOW: N_("Heti"),
        Urgency.MONTHS_3: N_("3 kuukauden sisällä"),
        Urgency.MONTHS_6: N_("Puolen vuoden sisällä"),
        Urgency.YEAR: N_("Vuoden sisällä"),
    },
    Visibility: {
        Visibility.OWN_UNIT: N_("Vain oma organisaatio"),
        Visibility.MY_REGION: N_("Oman maakunnan organisaatiot"),
        Visibility.ALL_UNITS: N_("Kaikki hankintayksiköt"),
        Visibility.PUBLIC: N_("Julkinen"),
    },
    MeetingMode: {
        MeetingMode.REMOTE: N_("Etänä"),
        MeetingMode.ONSITE: N_("Paikan päällä"),
        MeetingMode.EITHER: N_("Kumpi vain"),
    },
    ChallengeStatus: {
        ChallengeStatus.OPEN: N_("Avoinna"),
        ChallengeStatus.WITHDRAWN: N_("Vedetty pois"),
        ChallengeStatus.EXPIRED: N_("Päättynyt"),
    },
    UnitKind: {
        UnitKind.MUNICIPALITY: N_("Kunta"),
        UnitKind.WELLBEING_COUNTY: N_("Hyvinvointialue"),
        UnitKind.JOINT_AUTHORITY: N_("Kuntayhtymä"),
        UnitKind.REGIONAL_COUNCIL: N_("Maakunnan liitto"),
        UnitKind.REGIONAL_GOVERNMENT: N_("Maakuntahallinto"),
        UnitKind.MINISTRY: N_("Ministeriö"),
        UnitKind.STATE_AGENCY: N_("Valtion virasto"),
        UnitKind.STATE_REGIONAL_AGENCY: N_("Valtion aluevirasto"),
        UnitKind.STATE_ENTERPRISE: N_("Valtion liikelaitos"),
        UnitKind.PUBLIC_LAW_BODY: N_("Julkisoikeudellinen laitos"),
        UnitKind.UNIVERSITY: N_("Yliopisto"),
        UnitKind.APPLIED_SCIENCES: N_("Ammattikorkeakoulu"),
        UnitKind.PUBLIC_COMPANY: N_("Julkisomisteinen yhtiö tai muu hankintayksikkö"),
        UnitKind.PURCHASING_BODY: N_("Yhteishankintayksikkö"),
        UnitKind.PARISH: N_("Seurakunta"),
    },
    SizeClass: {
        SizeClass.XS: N_("Alle 2 000 asukasta"),
        SizeClass.S: N_("2 000–6 000 asukasta"),
        SizeClass.M: N_("6 000–20 000 asukasta"),
        SizeClass.L: N_("20 000–50 000 asukasta"),
        SizeClass.XL: N_("50 000–100 000 asukasta"),
        SizeClass.XXL: N_("Yli 100 000 asukasta"),
    },
    RejectReason: {
        RejectReason.NOT_SAME_CHALLENGE: N_("Haasteet eivät ole samoja"),
        RejectReason.TOO_MIXED: N_("Ryhmä on liian hajanainen"),
        RejectReason.WRONG_SIZE: N_("Ryhmän koko ei sovi"),
        RejectReason.WRONG_TIME: N_("Ajankohta ei sovi"),
        RejectReason.EXISTS_ALREADY: N_("Vastaava ryhmä on jo olemassa"),
        RejectReason.OTHER: N_("Muu syy"),
    },
    DeclineReason: {
        DeclineReason.NO_TIME: N_("Meillä ei ole nyt aikaa"),
        DeclineReason.NOT_OUR_CHALLENGE: N_("Tämä ei ole meidän haasteemme"),
        DeclineReason.WRONG_TIME: N_("Ajankohta ei sovi meille"),
        DeclineReason.WRONG_COMPANY: N_("Ryhmän kokoonpano ei sovi meille"),
        DeclineReason.SOLVED_ALREADY: N_("Olemme jo ratkaisseet haasteen"),
        DeclineReason.OTHER: N_("Muu syy"),
    },
    Nearness: {
        Nearness.OWN: N_("Oma alue"),
        Nearness.NEIGHBOUR: N_("Naapurimaakunta"),
        Nearness.DISTANCE: N_("Lähialue"),
        Nearness.CENTRE: N_("Alue ilman agenttia"),
    },
}
"""By kind of code, since codes of two kinds may be spelt alike."""
LANGUAGE_NAMES = {"fi": N_("suomi"), "sv": N_("ruotsi"), "en": N_("englanti")}
MATURITIES = {
    1: N_("Ei vielä kokemusta"),
    2: N_("Olemme aloittaneet"),
    3: N_("Kokeiltu kerran"),
    4: N_("Tehty useamman kerran"),
    5: N_("Voisimme opettaa muita"),
}


def label(value: StrEnum | str | int, lang: Language) -> str:
    """Name a coded value, a language or a step of maturity; others are their own name."""
    if isinstance(value, int):
        return say(lang, MATURITIES.get(value, str(value)))
    if isinstance(value, StrEnum):
        return say(lang, LABELS[type(value)][value])
    return say(lang, LANGUAGE_NAMES[value]) if value in LANGUAGE_NAMES else value


def options(kind: type[StrEnum], lang: Language) -> list[tuple[str, str]]:
    """List a kind of code as the choices of a form: value and name."""
    return [(one.value, label(one, lang)) for one in kind]
