"""What a group or a proposal is called."""

import re
from collections.abc import Iterable

from schemas.codes import Language
from schemas.reasons import Concept
from services.groups.views import GroupView, ProposalView
from services.look.words import N_, say

NAMED_BY = 3
STEM = 4
"""Letters that a word keeps in most of its forms, and in compounds."""
NAMELESS = N_("Yhteinen haaste")


def group_name(view: GroupView | ProposalView, lang: Language) -> str:
    """Return the facilitator's own title, else the concepts that unite the group."""
    return view.title or concepts_name(view.proposal.concepts, lang)


def concepts_name(concepts: Iterable[Concept], lang: Language) -> str:
    """
    Name something after its strongest concepts.

    One that only says less, or more, of what a stronger one says is not named, nor what a
    vocabulary adds in brackets: "work clothing", not "work clothing, clothes".
    """
    labels = dict.fromkeys(plain(concept.label.text(lang)) for concept in concepts)
    kept: list[str] = []
    for label in list(labels)[:NAMED_BY]:
        if not any(_says(label, other) or _says(other, label) for other in kept):
            kept.append(label)
    name = ", ".join(kept)
    return name[:1].upper() + name[1:] if name else say(lang, NAMELESS)


def plain(label: str) -> str:
    """Leave out what a vocabulary adds to a label in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", label) or label


def _says(label: str, other: str) -> bool:
    """Whether every word of one, as far as its form never changes, stands in the other."""
    stems = [word[:STEM] for word in re.findall(r"\w+", label.casefold()) if len(word) >= STEM]
    return bool(stems) and all(stem in other.casefold() for stem in stems)
