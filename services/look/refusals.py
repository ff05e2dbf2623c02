"""Refusals in the reader's language, by the stable code of the error."""

from schemas.codes import Language
from schemas.errors import PiiriError
from services.look.words import N_, say

REFUSALS: dict[str, str] = {
    "error": N_("Jokin meni pieleen."),
    "refused": N_("Tätä ei voi tehdä."),
    "invalid": N_("Lähetetyissä tiedoissa on korjattavaa."),
    "not-found": N_("Tätä ei löytynyt. Se on voitu poistaa, tai osoite on väärin."),
    "not-allowed": N_("Sinulla ei ole oikeutta tähän."),
    "conflict": N_("Tilanne on ehtinyt muuttua. Lataa sivu uudelleen ja katso, mikä muuttui."),
    "unavailable": N_("Palvelun osa ei juuri nyt vastaa. Yritä hetken päästä uudelleen."),
    "broken": N_("Palvelussa on vika. Siitä on jäänyt merkintä ylläpidolle."),
    "too-many-requests": N_(
        "Pyyntöjä tuli liian paljon lyhyessä ajassa. Yritä uudelleen %(seconds)s s kuluttua."
    ),
    "other-site": N_("Pyyntö tuli toiselta sivustolta. Avaa lomake uudelleen tästä palvelusta."),
    "too-large": N_("Lähetys oli liian suuri. Lyhennä tekstiä."),
    "not-signed-in": N_("Kirjaudu ensin sisään."),
    "role-needed": N_("Tämä kuuluu toiselle roolille. Kirjaudu sisään siinä roolissa."),
    "unknown-person": N_("Henkilöä ei löytynyt."),
    "link-spent": N_("Kirjautumislinkki on käytetty tai vanhentunut. Pyydä uusi."),
    "unknown-challenge": N_("Haastetta ei löytynyt. Se on voitu vetää pois."),
    "same-challenge-open": N_("Organisaatiollanne on jo avoinna samanniminen haaste."),
    "challenge-id-taken": N_("Toisella haasteella on jo tämä tunniste."),
    "challenge-not-open": N_("Tämä haaste ei ole enää avoinna."),
    "challenge-changed": N_(
        "Joku muokkasi haastetta samaan aikaan. Katso muutos ja tallenna sitten."
    ),
    "not-your-challenge": N_("Tämä haaste on toisen organisaation."),
    "unknown-theme": N_("Valittua teemaa ei enää ole. Valitse toinen."),
    "until-has-passed": N_("Valittu viimeinen päivä on jo ohi."),
    "unknown-unit": N_("Organisaatiota ei löytynyt."),
    "unit-joined-already": N_("Organisaatio on jo mukana tällä tunnisteella."),
    "y-tunnus-taken": N_("Y-tunnus kuuluu samaan aikaan toiselle organisaatiolle."),
    "unknown-region": N_("Maakuntaa ei löytynyt."),
    "unknown-municipality": N_("Kuntaa ei löytynyt."),
    "unknown-agent": N_("Muutosagenttia ei löytynyt."),
    "unknown-proposal": N_("Ryhmäehdotusta ei löytynyt. Se on voinut raueta."),
    "unknown-group": N_("Ryhmää ei löytynyt."),
    "unknown-invitation": N_("Kutsua ei löytynyt."),
    "not-in-the-list": N_("Luettelo on muuttunut. Aloita se alusta."),
    "not-a-member": N_("Haaste ei ole tässä ehdotuksessa."),
    "group-already-decided": N_("Tämä ehdotus on jo käsitelty."),
    "proposal-has-lapsed": N_(
        "Tämä ehdotus on rauennut: uusi ryhmittelykierros ei enää muodosta sitä."
    ),
    "proposal-changed": N_("Ehdotus muuttui juuri. Katso tilanne ja tee sitten oma valintasi."),
    "proposal-changed-at-the-desk": N_(
        "Ehdotus muuttui juuri: toinen fasilitoija, tai sinä toisessa ikkunassa, muutti sitä."
        " Katso tilanne ja tee sitten oma valintasi."
    ),
    "proposal-changed-by-a-round": N_(
        "Ehdotus muuttui juuri: uusi ryhmittelykierros muutti sitä, koska haasteita on tullut,"
        " muuttunut tai poistunut. Katso tilanne ja tee sitten oma valintasi."
    ),
    "proposal-changed-by-a-unit": N_(
        "Ehdotus muuttui juuri: jäsenen haaste ei ole enää avoinna."
        " Katso tilanne ja tee sitten oma valintasi."
    ),
    "proposal-changed-by-all": N_(
        "Ehdotus muuttui juuri: fasilitoija muutti sitä, ja haasteita on tullut, muuttunut tai"
        " poistunut. Katso tilanne ja tee sitten oma valintasi."
    ),
    "group-too-small": N_("Ryhmässä pitää olla vähintään kolme jäsentä."),
    "group-too-large": N_(
        "Ryhmässä saa olla enintään %(most)s jäsentä, ja tässä on enemmän."
        " Siirrä joku pois ja hyväksy sitten."
    ),
    "group-full": N_(
        "Ryhmä on täynnä: jäseniä ja avoimia kutsuja on jo %(most)s, eikä enempää mahdu."
    ),
    "unit-in-group-already": N_("Organisaatio on jo tässä ryhmässä."),
    "kept-apart": N_(
        "Tähän ryhmään ei voi siirtää: fasilitoija on hylännyt ehdotuksen, jossa haaste oli"
        " yhdessä ryhmän jäsenen kanssa."
    ),
    "no-common-language": N_("Tähän ryhmään ei voi siirtää: ryhmälle ei jäisi yhteistä kieltä."),
    "already-placed": N_("Haasteella on jo paikka. Katso tilanne ja valitse sitten."),
    "already-answered": N_("Tähän kutsuun on jo vastattu."),
    "not-your-invitation": N_("Tämä kutsu on toisen organisaation."),
    "unknown-notice": N_("Tiedoksiantoa ei löytynyt."),
    "unknown-key": N_("Avainta ei löytynyt."),
    "key-reads-only": N_("Tällä avaimella voi vain lukea."),
    "key-incomplete": N_("Kerro, kenen puolesta avain toimii."),
    "unit-not-named": N_("Kerro, minkä organisaation puolesta kysyt."),
    "if-match-unclear": N_("If-Match-otsake on epäselvä: anna ETag sellaisena kuin se saatiin."),
    "unknown-feedback": N_("Palautetta ei löytynyt."),
    "too-much-feedback": N_(
        "Palautetta tulee nyt enemmän kuin ehdimme ottaa vastaan. Yritä tunnin päästä uudelleen."
    ),
    "no-answer": N_("Palvelun osa ei vastannut ajoissa. Yritä hetken päästä uudelleen."),
}
"""By the code or the sentence of an error; one without speaks with its family's."""


def refusal_text(error: PiiriError | str, lang: Language) -> str:
    """Say why not, as a sentence or two."""
    if isinstance(error, str):
        return say(lang, REFUSALS.get(error, REFUSALS["error"]))
    kinds = [kind for kind in type(error).__mro__ if issubclass(kind, PiiriError)]
    keys = [error.sentence, *(kind.code for kind in kinds)]
    said = say(lang, next(REFUSALS[key] for key in keys if key in REFUSALS))
    return said % dict(zip(error.names, error.facts, strict=True)) if error.names else said
