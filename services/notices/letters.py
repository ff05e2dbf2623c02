"""What the letters say, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from schemas.codes import Language
from services.access.queries import Addressee
from services.challenges.queries import cards_by_id
from services.directory.queries import units_by_id
from services.groups import queries as groups
from services.groups.errors import UnknownInvitation
from services.groups.naming import group_name
from services.groups.sizes import held_seats
from services.kit.tables import LetterRow
from services.look.dates import number
from services.look.geography import region_name
from services.look.layout import address
from services.look.reasons import reason_text
from services.look.words import N_, say, say_many
from services.notices import queries
from services.notices.naming import called, group_of
from services.notices.tables import Notice


@dataclass(frozen=True)
class Told:
    """A letter's words: subject, paragraphs, lines of a list and the one link."""

    subject: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    link: str
    link_text: str


Writer = Callable[[Session, LetterRow, Language], Told | None]


def write(session: Session, letter: LetterRow, reader: Addressee, base_url: str) -> Told | None:
    """Word a letter for its reader; None when what it was about is gone."""
    lang: Language = reader.language if reader.language in ("sv", "en") else "fi"  # type: ignore[assignment]  # narrowed
    told = WRITERS[letter.template](session, letter, lang)
    if told is None:
        return None
    first = (say(lang, SAMPLE),) if letter.sample else ()
    link = base_url + address(lang, told.link)
    last = (say(lang, VOLUNTARY),) if letter.template == "invitation" else ()
    return Told(told.subject, (*first, *told.paragraphs, *last), told.lines, link, told.link_text)


SAMPLE = N_(
    "Esimerkkiaineisto: tämä viesti koskee keksittyjä haasteita, ei oikean yksikön ilmoitusta."
)
VOLUNTARY = N_(
    "Osallistuminen on vapaaehtoista eikä velvoita hankkimaan mitään. "
    "Yhteystietonne näkyvät muille vasta, kun hyväksytte kutsun."
)


def _invitation(session: Session, letter: LetterRow, lang: Language) -> Told | None:
    invitation_id = str(letter.details["invitation_id"])
    try:
        view = groups.invitation(session, invitation_id)
    except UnknownInvitation:
        return None
    card = cards_by_id(session, [view.member.challenge_id]).get(view.member.challenge_id)
    group = groups.group(session, view.group_id)
    held = held_seats(session, group.id).keys() - {view.member.challenge_id}
    others = [i.member.unit_id for i in group.invitations if i.member.challenge_id in held]
    names = {key: unit.name.text(lang) for key, unit in units_by_id(session, others).items()}
    about = card.title if card is not None else ""
    return Told(
        subject=say(lang, "Kutsu kehittäjäryhmään: %(group)s", group=group_name(group, lang)),
        paragraphs=(
            say(lang, "Haasteenne: %(title)s", title=about),
            say(lang, "Muut kutsutut: %(units)s", units=", ".join(sorted(names.values()))),
        ),
        lines=tuple(reason_text(reason, names, lang=lang) for reason in view.member.reasons),
        link=f"/invitations/{invitation_id}",
        link_text=say(lang, "Lue ja vastaa kutsuun"),
    )


def _digest(session: Session, letter: LetterRow, lang: Language) -> Told | None:
    notices = queries.notices_in(session, str(letter.details["digest_id"]))
    if not notices:
        return None
    agent = letter.details.get("audience") == "agent"
    return Told(
        subject=say_many(
            lang,
            "Kooste: %(num)s uusi asia alueellanne",
            "Kooste: %(num)s uutta asiaa alueellanne",
            len(notices),
        )
        if agent
        else say_many(
            lang,
            "Kooste: %(num)s asia odottaa keskusta",
            "Kooste: %(num)s asiaa odottaa keskusta",
            len(notices),
        ),
        paragraphs=(say(lang, "Lähimmät ensin: oma maakunta, naapuri, etäisyys."),)
        if agent
        else (say(lang, "Näille maakunnille ei ole nyt muutosagenttia."),),
        lines=tuple(notice_line(session, notice, lang) for notice in notices),
        link="/inbox" if agent else "/proposals",
        link_text=say(lang, "Avaa ilmoitukset"),
    )


def _sign_in(_session: Session, letter: LetterRow, lang: Language) -> Told | None:
    there = letter.details.get("back")
    back = f"?{urlencode({'next': there})}" if there else ""
    return Told(
        subject=say(lang, "Kirjautumislinkki Vertaispiiriin"),
        paragraphs=(
            say(lang, "Linkki toimii kerran ja kymmenen minuutin ajan."),
            say(lang, "Jos ette pyytäneet linkkiä, jättäkää viesti huomiotta."),
        ),
        lines=(),
        link=f"/sign-in/{letter.details['token']}{back}",
        link_text=say(lang, "Kirjaudu sisään"),
    )


WRITERS: dict[str, Writer] = {
    "invitation": _invitation,
    "digest": _digest,
    "sign-in": _sign_in,
}

NEARNESS: dict[str, str] = {
    "own": N_("Oma maakunta: %(regions)s"),
    "neighbour": N_("Naapurimaakunta: %(regions)s"),
    "distance": N_("Lähellä: %(regions)s (%(km)s km)"),
    "centre": N_("Ilman muutosagenttia: %(regions)s"),
}
KINDS: dict[str, str] = {
    "group-approved": N_("Uusi kehittäjäryhmä: %(about)s"),
    "nobody-to-invite": N_("Kutsutulla yksiköllä ei ole yhteyshenkilöä: %(unit)s"),
    "seat": N_("Myöhäinen haaste sopii ryhmään: %(unit)s"),
    "proposal": N_("Uusi ryhmäehdotus: %(about)s"),
    "invitation": N_("Kutsu kehittäjäryhmään: %(about)s"),
}


def notice_line(session: Session, notice: Notice, lang: Language) -> str:
    """Put a notice into one line: what, and how near."""
    unit = units_by_id(session, [notice.unit_id]).get(notice.unit_id) if notice.unit_id else None
    what = say(
        lang,
        KINDS[notice.kind],
        about=called(notice, group_of(session, notice), lang),
        unit=unit.name.text(lang) if unit is not None else "–",
    )
    if notice.nearness not in NEARNESS or not notice.regions:
        return what
    where = say(
        lang,
        NEARNESS[notice.nearness],
        regions=", ".join(region_name(region, lang) for region in notice.regions),
        km=number(round(notice.distance_km), lang),
    )
    return f"{what} · {where}"
