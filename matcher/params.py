"""The knobs of matching, checked when made."""

from typing import Annotated

from pydantic import Field, model_validator

from schemas.base import Schema


class GroupRules(Schema):
    """What every proposed group keeps to."""

    lower: Annotated[int, Field(ge=3, le=50)] = 5
    upper: Annotated[int, Field(ge=3, le=50)] = 12
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.16
    """Affinity from which a pair gains more than it costs."""
    most_groups: Annotated[int, Field(ge=1)] = 2
    """Groups that one unit may be in."""

    @model_validator(mode="after")
    def _in_order(self) -> "GroupRules":
        if self.lower > self.upper:
            raise ValueError(f"lower {self.lower} is above upper {self.upper}")
        return self
