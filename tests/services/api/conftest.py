"""The interface over a real store, called as another system calls it."""

from shutil import copyfile

import pytest
from builders import a_contact, a_draft, a_proposal, joined
from sqlmodel import delete
from starlette.testclient import TestClient

from schemas.agents import AgentDraft
from schemas.codes import Visibility
from schemas.people import Facilitator, Role
from services.access.tables import InstallationMark
from services.api.keys import make_key
from services.challenges.actions import register_challenge
from services.directory.actions import appoint_agent
from services.groups.actions import approve_group
from services.groups.proposals import keep_proposal
from services.groups.queries import groups
from services.kit.settings import Settings
from services.kit.store import Store
from services.web import make_web

SETTINGS = Settings.from_env(
    {
        "PIIRI_DATABASE_URL": "sqlite:////nowhere.db",
        "PIIRI_NATS_URL": "nats://127.0.0.1:4222",
        "PIIRI_SECRET_KEY": "k" * 32,
    }
)


class World:
    """Four units with two challenges each, a proposal of three, a group of three, and keys."""

    def __init__(self, store):
        self.store, self.apps = store, {}
        with store.begin() as session:
            for unit_id, region in (("KU1", "06"), ("KU2", "06"), ("KU3", "01"), ("KU4", "06")):
                joined(session, unit_id, region)
            self.cards = {}
            for part in ("a", "b"):
                self.register(session, part, "KU1", "KU2", "KU3", "KU4")
            territory = {"region": "06", "starts": "2026-01-01"}
            agent = AgentDraft(id="ag-1", host={"fi": "Isäntä"}, territories=(territory,))
            appoint_agent(session, agent)
            self.propose(session, "pr-1", "a")
            self.propose(session, "pr-2", "b")
            approve_group(session, Facilitator(person_id="pe-desk"), "pr-2")
            session.flush()
            (group,) = groups(session)
            self.group_id = group.id
            self.invitations = {one.member.unit_id: one.id for one in group.invitations}
            self.keys = {
                "unit": self.key(session, Role.UNIT_MEMBER, unit_id="KU1"),
                "other unit": self.key(session, Role.UNIT_MEMBER, unit_id="KU4"),
                "facilitator": self.key(session, Role.FACILITATOR),
                "agent": self.key(session, Role.AGENT, agent_id="ag-1"),
                "centre": self.key(session, Role.ADMIN),
            }

    def register(self, session, part, *unit_ids):
        for unit_id in unit_ids:
            member, key = a_contact(session, unit_id), f"{unit_id}-{part}"
            draft = a_draft(title=f"Haaste {unit_id} {part}")
            self.cards[key] = register_challenge(session, member, draft, challenge_id=key)

    def propose(self, session, proposal_id, part):
        members = [self.cards[f"{unit_id}-{part}"] for unit_id in ("KU1", "KU2", "KU3")]
        keep_proposal(session, a_proposal(members, proposal_id))
        session.flush()

    @staticmethod
    def key(session, role, **more):
        return make_key(session, "a test", role, **{"may_write": True, **more})

    def hide(self, challenge_id, visibility=Visibility.OWN_UNIT):
        from services.challenges.tables import Challenge

        with self.store.begin() as session:
            row = session.get_one(Challenge, challenge_id)
            row.visibility = visibility
            session.add(row)

    def app(self, *, demo=False, settings=SETTINGS, asker=None):
        known = (demo, settings, asker)
        if known not in self.apps:
            self.apps[known] = self._made(demo, settings, asker)
        return self.apps[known]

    def _made(self, demo, settings, asker):
        with self.store.begin() as session:
            # The tests compare both kinds of installation over one store.
            session.exec(delete(InstallationMark))
        return make_web(Settings.for_demo({}) if demo else settings, self.store, asker)

    def client(self, who="", **options):
        headers = {"Authorization": f"Bearer {self.keys[who]}"} if who else {}
        return TestClient(self.app(**options), headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def first_world(empty_database, tmp_path_factory):
    """A world made once for a module's tests."""
    file = tmp_path_factory.mktemp("world") / "piiri.db"
    copyfile(empty_database, file)
    store = Store(f"sqlite:///{file}")
    made = World(store)
    store.close()
    return made, file


@pytest.fixture
def world(first_world, tmp_path):
    """A copy of the world, of the test's own; the applications are shared."""
    made, file = first_world
    copyfile(file, tmp_path / "piiri.db")
    made.store = Store(f"sqlite:///{tmp_path / 'piiri.db'}")
    for app in made.apps.values():
        app.state.store = made.store
    yield made
    made.store.close()
