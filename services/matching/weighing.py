"""What was decided about members, against the weights that the affinity has."""

from sqlmodel import Session, select

from matcher.entries import Entry, entry_of
from matcher.params import GroupRules
from matcher.text.encoders import Encoder
from matcher.weighing import Weighed, weigh
from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.groups.judging import judgements
from services.matching.tables import KnownChallenge, KnownUnit


def weighed(
    session: Session, rules: GroupRules, encoder: Encoder | None, *, samples: bool = False
) -> Weighed:
    """
    Fit the weights to all that facilitators and units decided.

    Challenges that were withdrawn since are read, too: what was said of them still holds.
    ``samples`` takes in what was decided about the invented ones of a demonstration.
    """
    return weigh(_entries(session, encoder), judgements(session, samples=samples), rules)


def _entries(session: Session, encoder: Encoder | None) -> dict[str, Entry]:
    units = {row.unit_id: row.body for row in session.exec(select(KnownUnit)).all()}
    rows = session.exec(select(KnownChallenge).order_by(KnownChallenge.challenge_id)).all()
    found = {}
    for row in rows:
        if row.unit_id in units:
            unit = UnitProfile.model_validate(units[row.unit_id])
            card = ChallengeCard.model_validate(row.body)
            found[row.challenge_id] = entry_of(card, unit, encoder)
    return found
