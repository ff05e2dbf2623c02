"""Keys: our own, opaque, safe in addresses and subjects."""

from base64 import b32encode
from secrets import token_bytes
from typing import Annotated

from pydantic import Field, StringConstraints

KEY = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$"

Key = Annotated[
    str,
    StringConstraints(pattern=KEY),
    Field(description="key of 1 to 48 letters, digits, - and _, a letter or digit first"),
]
UnitId = Key
ChallengeId = Key
ProposalId = Key
GroupId = Key
InvitationId = Key
AgentId = Key
PersonId = Key


def new_key(prefix: str) -> str:
    """Make a key such as ``ch-k3v7…``: a prefix that tells what it is, 80 random bits."""
    return f"{prefix}-{b32encode(token_bytes(10)).decode().lower()}"
