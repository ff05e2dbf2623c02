"""What a role is called and where its work begins."""

import re

from sqlmodel import Session

from schemas.codes import Language
from schemas.people import Role, Visitor
from services.directory import queries as directory
from services.directory.reference import region_name
from services.kit.days import today
from services.look.words import N_, say

START = {
    Role.UNIT_MEMBER: "/home",
    Role.FACILITATOR: "/proposals",
    Role.AGENT: "/inbox",
    Role.ADMIN: "/",
}
TITLES = {
    Role.FACILITATOR: N_("Fasilitoija"),
    Role.AGENT: N_("Muutosagentti"),
    Role.ADMIN: N_("Ylläpito"),
}
OWN_PATH = re.compile(r"/[A-Za-z0-9/_-]*")


def role_name(session: Session, visitor: Visitor, lang: Language) -> str:
    """Name who a visitor acts as: a unit, an agent's regions or a title, never a person."""
    if visitor.unit_id:
        unit = directory.find_unit(session, visitor.unit_id)
        return unit.name.text(lang) if unit is not None else visitor.unit_id
    if visitor.agent_id:
        return regions_name(session, visitor.agent_id, lang)
    return say(lang, TITLES[visitor.role])


def regions_name(session: Session, agent_id: str, lang: Language) -> str:
    """Name an agent by the regions it holds today; by its title when it holds none."""
    held = directory.agent(session, agent_id).regions(today())
    names = [region_name(code, lang) for code in sorted(held)]
    return ", ".join(names) or say(lang, TITLES[Role.AGENT])


def own_path(text: str) -> str:
    """Return a path of ours to go back to, else nothing: no other site, no query."""
    return text if OWN_PATH.fullmatch(text) and not text.startswith("//") else ""
