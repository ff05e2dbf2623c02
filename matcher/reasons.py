"""
Why: reasons of groups, members, peers and of challenges left out, as codes with values.

Screens put each code into a sentence (``docs/reasons.md`` lists them all). Of a pair
(peers, members; about the likest other member, named in ``challenges``):

``shared-concepts``      concepts both texts hold, with their words; ``fit``
``similar-topic``        no concept in common, but near in meaning; ``fit``
``distant-topic``        no concept in common, and too far to sit together; ``fit``
``offers-you``           what the other has done meets what this one seeks; ``fit``, and
                         of two challenges the concepts of both
``you-offer``            what this one has done meets what the other seeks; likewise
``differs``              concepts that the other's text is about as well

Of a group:

``unites``               concepts that most members share; ``share`` of the members
``common-language``      codes: languages that every member can meet in
``giver``                challenges, units: who has done it; ``maturity`` of the most experienced
``no-giver``             nobody has done it yet
``places``               codes: regions; ``distance_km``: median distance of two members
``kinds``                codes: kinds of organisation
``weakest``              challenges: the member that fits least; ``fit``
``few-members``          at the least size allowed; ``members``

Of a challenge left out:

``text-not-understood``  the text says too little to compare
``nothing-shared``       no challenge of another unit shares anything
``only-own-unit``        the challenges that share something are the unit's own
``no-common-language``   those who share it have no working language in common
``below-threshold``      somebody is near, but too weakly for a group; ``fit``, ``needed``
``too-few-peers``        enough in common, too few free that fit together; ``peers``, ``needed``
``next-round``           enough are free and fit together; ``peers``, ``needed``, challenges
``groups-full``          the groups that fit have no free seat
``unit-cap``             the unit sits in as many groups as it may; ``groups``
``kept-out``             somebody decided that it does not go with those who share it

Of a rule that would have to be relaxed for a place elsewhere:

``relax-threshold``      it fits less well than a member must; ``fit``, ``least_fit``
``relax-language``       the group meets in ``codes``, and the unit in none of them
``relax-upper``          the group would be too large; ``members``, ``most``
``relax-lower``          the group would be too small; ``members``, ``least``
``relax-cap``            the unit would sit in one group too many; ``groups`` it may
``relax-apart``          somebody decided to keep it apart from these challenges and units
``relax-kept-out``       somebody took it out of this group
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matcher.entries import LANGUAGES, Entry
from matcher.params import GroupRules
from matcher.places import distance_km
from matcher.text import Features
from matcher.text.explanation import alone, concept_of
from matcher.text.generic import UNNAMED
from schemas.reasons import Concept, Reason

NOTABLE = 0.02
"""Share of the concepts' likeness below which a concept is not worth naming."""
NAMED = 3
"""Concepts, or others, that a reason names."""
MEETS = 0.5
"""Likeness of an offer and a need, as a share of full likeness, that is worth telling."""
MOST_LOOKED_AT = 40
"""Concepts that many share, the strongest of which are named."""
CODES = (
    "shared-concepts", "similar-topic", "distant-topic", "offers-you", "you-offer", "differs",
    "unites", "common-language", "giver", "no-giver", "places", "kinds", "weakest",
    "few-members",
    "text-not-understood", "nothing-shared", "only-own-unit", "no-common-language",
    "below-threshold", "too-few-peers", "next-round", "groups-full", "unit-cap", "kept-out",
    "relax-threshold", "relax-language", "relax-upper", "relax-lower", "relax-cap",
    "relax-apart", "relax-kept-out",
)  # fmt: skip
"""Every code there is."""

Rarity = NDArray[np.float32]


def shared_concepts(one: Features, other: Features, rarity: Rarity) -> tuple[Concept, ...]:
    """The concepts that add most to the likeness of two texts, with the words of both."""
    columns, mine, theirs = np.intersect1d(
        one.concepts, other.concepts, assume_unique=True, return_indices=True
    )
    lengths = [float(np.linalg.norm(t.weights * rarity[t.concepts])) or 1.0 for t in (one, other)]
    share = one.weights[mine] * other.weights[theirs] * rarity[columns] ** 2
    share = share / (lengths[0] * lengths[1])
    named: dict[str, Concept] = {}
    told = set()
    for at in np.argsort(-share, kind="stable"):
        if share[at] < NOTABLE or len(named) == NAMED:
            break
        words = one.words[mine[at]] + other.words[theirs[at]]
        concept = concept_of(int(columns[at]), words)
        # The same words may carry a wider concept as well: one of them is enough.
        if concept.id in UNNAMED or concept.label.fi in named or (words and words in told):
            continue
        told.add(words)
        named[concept.label.fi] = concept
    return tuple(named.values())


def pair_reasons(
    one: Features, other: Entry, rarity: Rarity, fit: float, *, close: bool
) -> tuple[Reason, ...]:
    """Why a text and a challenge go together: what they share, and whether that is enough."""
    found = shared_concepts(one, other.need, rarity)
    near = "similar-topic" if close else "distant-topic"
    code = "shared-concepts" if found else near
    values = {"fit": round(fit, 3)}
    return (Reason(code=code, concepts=found, values=values, challenges=(other.key,)),)


def offer_reason(code: str, offer: Features, need: Features, rarity: Rarity, met: float) -> Reason:
    """Say which concepts an offer and a need that it meets have in common."""
    found = shared_concepts(offer, need, rarity)
    return Reason(code=code, concepts=found, values={"fit": round(met, 3)})


def difference(one: Features, other: Features, rarity: Rarity) -> tuple[Reason, ...]:
    """What the other is about as well; nothing when that is not worth telling."""
    found = alone(other, one, rarity)[:NAMED]
    return (Reason(code="differs", concepts=found),) if found else ()


def offer_reasons(met: NDArray[np.float64], at: int, keys: Sequence[str]) -> tuple[Reason, ...]:
    """
    What a member gives and gets: who seeks what it offers, who offers what it seeks.

    ``met[i, j]`` is how well the offer of ``keys[i]`` meets the need of ``keys[j]``.
    """
    reasons = []
    for code, values in (("you-offer", met[at]), ("offers-you", met[:, at])):
        best = [int(i) for i in np.argsort(-values, kind="stable") if values[i] >= MEETS][:NAMED]
        if best:
            fit = {"fit": round(float(values[best[0]]), 3)}
            reasons.append(Reason(code=code, challenges=tuple(keys[i] for i in best), values=fit))
    return tuple(reasons)


def group_reasons(
    entries: Sequence[Entry],
    fits: NDArray[np.float64],
    uniting: Sequence[Concept],
    share: float,
    rules: GroupRules,
) -> tuple[Reason, ...]:
    """What unites the group, its mix, and where it is weak."""
    reasons = []
    if uniting:
        concepts = tuple(uniting[:NAMED])
        reasons.append(Reason(code="unites", concepts=concepts, values={"share": share}))
    common = [lang for lang in LANGUAGES if all(lang in entry.languages for entry in entries)]
    reasons.append(Reason(code="common-language", codes=tuple(common)))
    reasons.append(_givers(entries, rules))
    reasons.append(_places(entries))
    kinds = sorted({str(entry.unit.kind) for entry in entries})
    reasons.append(Reason(code="kinds", codes=tuple(kinds)))
    weakest = int(np.argmin(fits))
    reasons.append(
        Reason(
            code="weakest",
            challenges=(entries[weakest].key,),
            units=(entries[weakest].unit.id,),
            values={"fit": round(float(fits[weakest]), 3)},
        )
    )
    if len(entries) <= rules.lower:
        reasons.append(Reason(code="few-members", values={"members": len(entries)}))
    return tuple(reasons)


def _givers(entries: Sequence[Entry], rules: GroupRules) -> Reason:
    givers = [e for e in entries if e.card.maturity >= rules.giver_maturity]
    if not givers:
        return Reason(code="no-giver")
    return Reason(
        code="giver",
        challenges=tuple(entry.key for entry in givers),
        units=tuple(entry.unit.id for entry in givers),
        values={"maturity": max(entry.card.maturity for entry in givers)},
    )


def _places(entries: Sequence[Entry]) -> Reason:
    points = [entry.point for entry in entries if entry.point is not None]
    km = [distance_km(one, other) for one, other in combinations(points, 2)]
    values = {"distance_km": round(float(np.median(km)))} if km else {}
    regions = sorted({region for entry in entries for region in entry.unit.regions})
    return Reason(code="places", codes=tuple(regions), values=values)


def uniting(entries: Sequence[Entry], rarity: Rarity) -> tuple[tuple[Concept, ...], float]:
    """
    The concepts that most members share, strongest first, and the share that has the first.

    A concept counts by how many members have it beyond the first, times how strongly the
    median one of them does, times its rarity in the pool.
    """
    held = [entry.need for entry in entries]
    strong = [text.weights * rarity[text.concepts] for text in held]
    strong = [each / (float(np.linalg.norm(each)) or 1.0) for each in strong]
    columns = np.concatenate([text.concepts for text in held])
    order = np.lexsort((np.concatenate(strong), columns))
    found, first, counts = np.unique(columns[order], return_index=True, return_counts=True)
    weights = np.concatenate(strong)[order].astype(np.float64)
    middle = (weights[first + (counts - 1) // 2] + weights[first + counts // 2]) / 2
    common = np.flatnonzero(counts > 1)
    ranks = np.lexsort((found[common], -(counts[common] - 1) * middle[common]))
    ranked = common[ranks][:MOST_LOOKED_AT].tolist()
    named: dict[str, tuple[Concept, int]] = {}
    for at in ranked:
        if len(named) == 5:
            break
        column = int(found[at])
        words = Counter(word for entry in entries for word in _words(entry.need, column))
        concept = concept_of(column, tuple(word for word, _ in words.most_common(6)))
        if concept.id not in UNNAMED and concept.label.fi not in named:
            named[concept.label.fi] = concept, int(counts[at])
    if not named:
        return (), 0.0
    share = next(iter(named.values()))[1] / len(entries)
    return tuple(concept for concept, _ in named.values()), round(share, 3)


def _words(text: Features, column: int) -> tuple[str, ...]:
    at = int(np.searchsorted(text.concepts, column))
    here = at < len(text.concepts) and text.concepts[at] == column
    return tuple(word.lower() for word in text.words[at]) if here else ()
