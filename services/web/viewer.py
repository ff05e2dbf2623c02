"""Who looks at a page, for its header and navigation."""

from sqlmodel import Session
from starlette.requests import Request

from schemas.codes import Language
from schemas.people import Role, Visitor
from services.access.doors import StoreDep, VisitorDep
from services.access.roles import role_name
from services.groups import queries as groups
from services.kit.pages import language_of
from services.look.layout import Viewer
from services.notices import queries as notices
from services.notices.tables import Audience


def see_viewer(request: Request, found: VisitorDep, store: StoreDep) -> None:
    """Let the layout know who looks; a dependency of every page."""
    if found is None:
        request.state.viewer = None
        return
    with store.read() as session:
        request.state.viewer = viewer(session, found, language_of(request))


def viewer(session: Session, visitor: Visitor, lang: Language) -> Viewer:
    """Return what the layout needs of a visitor."""
    name = role_name(session, visitor, lang)
    return Viewer(visitor.role, name, _waiting(session, visitor))


def _waiting(session: Session, visitor: Visitor) -> int:
    if visitor.role is Role.UNIT_MEMBER:
        return groups.count_invited(session, visitor.unit_id or "")
    if visitor.role is Role.FACILITATOR:
        return groups.count(session)[0]
    if visitor.role is Role.AGENT:
        return notices.count_new(session, Audience.AGENT, visitor.agent_id or "")
    return 0
