"""The knobs of matching, checked when made; docs/decisions argues the defaults."""

from typing import Annotated

from pydantic import Field, model_validator

from schemas.base import Schema

Weight = Annotated[float, Field(ge=0, le=1)]


class AffinityWeights(Schema):
    """
    How much each part of the affinity of two challenges counts.

    The likeness of the texts comes first; what one offers and the other seeks adds to it.
    The rest are discounts: a weight is the share of the affinity that is lost when that
    part fits not at all. Being able to talk and having the same problem matter; the rest
    only decides between peers that are alike.
    """

    full_likeness: Annotated[float, Field(gt=0, le=1)] = 0.45
    """Likeness of two texts from which they count as the same problem told twice."""
    offer: Weight = 0.2
    """Share of the base that offer and need make when somebody offers anything."""
    language: Weight = 1.0
    """No common working language: no affinity, for a group could not meet."""
    stage: Weight = 0.1
    """Idea against contract period; neighbouring stages lose a third of it."""
    distance: Weight = 0.15
    """Far apart, when a unit wants to meet on site."""
    distance_km: Annotated[float, Field(gt=0)] = 150.0
    """Distance at which half of that is lost: about two hours on the road."""
    maturity: Weight = 0.08
    """Two beginners, or two masters, of the same challenge: nobody to learn from."""
    kinds: Weight = 0.04
    """The same kind of organisation of the same size: a mix brings more views."""

    @model_validator(mode="after")
    def _leave_something(self) -> "AffinityWeights":
        lost = self.stage + self.distance + self.maturity + self.kinds
        if lost >= 1:
            raise ValueError(
                f"stage, distance, maturity and kinds take less than 1 together, got {lost:g}"
            )
        return self


class GroupRules(Schema):
    """What every proposed group keeps to, and what a group is worth."""

    lower: Annotated[int, Field(ge=3, le=50)] = 5
    upper: Annotated[int, Field(ge=3, le=50)] = 12
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.28
    """Affinity from which a pair gains more than it costs."""
    most_groups: Annotated[int, Field(ge=1)] = 2
    """Groups that one unit may be in."""
    giver: Annotated[float, Field(ge=0)] = 0.5
    """What it is worth that a group has a member who has done it, in units of affinity."""
    giver_maturity: Annotated[int, Field(ge=1, le=5)] = 4
    """Experience from which a member counts as a giver."""
    move_penalty: Annotated[float, Field(ge=0)] = 2.0
    """
    What it costs to move a member that was told of a proposal, in units of affinity.

    In pools of more than 400 challenges: one that leaves a full group; each pair counts alike.
    """
    affinity: AffinityWeights = AffinityWeights()

    @model_validator(mode="after")
    def _in_order(self) -> "GroupRules":
        if self.lower > self.upper:
            raise ValueError(f"lower {self.lower} is above upper {self.upper}")
        return self
