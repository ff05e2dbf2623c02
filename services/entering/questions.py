"""
The way in for other systems over NATS: the requests of ``schemas.asks``, answered.

Who may ask is decided by the server's permissions on ``piiri.ask.>``; a system that may ask
acts for any unit, as a key of the centre does over HTTP.
"""

from schemas.answers import Done
from schemas.asks import ChallengeChange, ChallengeEntry, ChallengeKey
from schemas.people import Member
from schemas.units import UnitDraft
from services.challenges.actions import revise_challenge
from services.challenges.queries import card
from services.directory.actions import welcome_unit
from services.entering.actions import enter_challenge, leave_challenge
from services.entering.refusals import not_done
from services.kit.asking import Questions, answers
from services.kit.pressure import ensure_room
from services.kit.settings import Settings
from services.kit.store import Store

ASKER = "nats-system"
"""Who does what was asked; no person."""


def entering_questions(store: Store, settings: Settings) -> Questions:
    """Answer what other systems ask, with the store of this process."""
    questions = Questions("entering", explain=not_done)

    @answers(questions, "piiri.ask.units.join", UnitDraft)
    def join(draft: UnitDraft) -> Done:
        ensure_room(store, settings)
        with store.begin() as session:
            unit = welcome_unit(session, draft)
        return Done(id=unit.id, version=unit.version)

    @answers(questions, "piiri.ask.challenges.register", ChallengeEntry)
    def register(entry: ChallengeEntry) -> Done:
        ensure_room(store, settings)
        member = Member(person_id=ASKER, unit_id=entry.unit_id)
        with store.begin() as session:
            made, _ = enter_challenge(
                session, member, entry.draft(), challenge_id=entry.id, sample=entry.sample
            )
        return Done(id=made.id, version=made.version)

    @answers(questions, "piiri.ask.challenges.revise", ChallengeChange)
    def revise(change: ChallengeChange) -> Done:
        ensure_room(store, settings)
        with store.begin() as session:
            member = Member(person_id=ASKER, unit_id=card(session, change.id).unit_id)
            made = revise_challenge(
                session, member, change.id, change.patch(), seen_version=change.version
            )
        return Done(id=made.id, version=made.version)

    @answers(questions, "piiri.ask.challenges.withdraw", ChallengeKey)
    def withdraw(key: ChallengeKey) -> Done:
        ensure_room(store, settings)
        with store.begin() as session:
            member = Member(person_id=ASKER, unit_id=card(session, key.id).unit_id)
            made = leave_challenge(session, member, key.id, seen_version=key.version)
        return Done(id=made.id, version=made.version)

    return questions
