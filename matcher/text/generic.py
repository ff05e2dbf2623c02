"""Concepts about any procurement at all: true of every challenge, so they explain none."""

GENERIC = (
    "kp001",  # public procurement
    "kp003",  # contracting authority
    "kp004",  # invitation to tender
    "kp005",  # tender
    "kp006",  # tenderer
    "kp007",  # competitive tendering
    "kp009",  # procurement procedure
)
