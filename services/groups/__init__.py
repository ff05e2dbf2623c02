"""Proposals, the facilitators' desk, approved groups and invitations."""
