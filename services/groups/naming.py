"""What a group or a proposal is called."""

from collections.abc import Iterable

from schemas.codes import Language
from schemas.reasons import Concept
from services.groups.queries import GroupView, ProposalView
from services.look.words import N_, say

NAMED_BY = 3
NAMELESS = N_("Yhteinen haaste")


def group_name(view: GroupView | ProposalView, lang: Language) -> str:
    """Return the facilitator's own title, else the concepts that unite the group."""
    return view.title or concepts_name(view.proposal.concepts, lang)


def concepts_name(concepts: Iterable[Concept], lang: Language) -> str:
    """Name something after its strongest concepts."""
    labels = dict.fromkeys(concept.label.text(lang) for concept in concepts)
    name = ", ".join(list(labels)[:NAMED_BY])
    return name[:1].upper() + name[1:] if name else say(lang, NAMELESS)
