"""What stands on the board."""

from services.groups import queries


def version(store, proposal_id="pr-1"):
    """Version of a proposal, as a form carries it."""
    with store.read() as session:
        return str(queries.proposal(session, proposal_id).version)


def members(store, proposal_id):
    """Challenges in a proposal."""
    with store.read() as session:
        return {m.challenge_id for m in queries.proposal(session, proposal_id).proposal.members}
