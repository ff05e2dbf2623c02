"""Refusals in the reader's language, by the stable code of the error."""

from schemas.codes import Language
from schemas.errors import PiiriError
from services.look.words import N_, say

REFUSALS: dict[str, str] = {
    "error": N_("Jokin meni pieleen."),
    "refused": N_("Tätä ei voi tehdä."),
    "misfilled": N_("Lomakkeessa on korjattavaa."),
    "not-found": N_("Tätä ei löytynyt. Se on voitu poistaa, tai osoite on väärin."),
    "not-allowed": N_("Sinulla ei ole oikeutta tähän."),
    "not-signed-in": N_("Kirjaudu ensin sisään."),
    "conflict": N_("Tilanne on ehtinyt muuttua. Lataa sivu uudelleen ja katso, mikä muuttui."),
    "unavailable": N_("Palvelun osa ei juuri nyt vastaa. Yritä hetken päästä uudelleen."),
    "broken": N_("Palvelussa on vika. Siitä on lähtenyt tieto ylläpidolle."),
    "other-site": N_("Pyyntö tuli toiselta sivustolta. Avaa lomake uudelleen tästä palvelusta."),
    "too-large": N_("Lähetys oli liian suuri. Lyhennä tekstiä."),
    "same-challenge-open": N_("Organisaatiollanne on jo avoinna samanniminen haaste."),
    "group-already-decided": N_("Tämä ehdotus on jo käsitelty."),
    "invitation-already-answered": N_("Tähän kutsuun on jo vastattu."),
    "challenge-not-open": N_("Tämä haaste ei ole enää avoinna."),
}
"""A leaf without a sentence of its own speaks with its family's."""


def refusal_text(error: PiiriError | str, lang: Language) -> str:
    """Say why not, as a sentence or two."""
    if isinstance(error, str):
        return say(lang, REFUSALS.get(error, REFUSALS["error"]))
    codes = [kind.code for kind in type(error).__mro__ if issubclass(kind, PiiriError)]
    return say(lang, next(REFUSALS[code] for code in codes if code in REFUSALS))
