"""The rules that a deployment's settings make."""

from typing import Any

from pydantic import ValidationError

from matcher.params import AffinityWeights, GroupRules
from services.kit.settings import Settings, SettingsRefused


def rules_of(settings: Settings) -> GroupRules:
    """
    Make the rules of groups from the settings.

    Raises
    ------
    SettingsRefused
        When ``PIIRI_AFFINITY`` names no weight, or gives one a value that it may not have.
    """
    try:
        affinity = AffinityWeights.model_validate(dict(settings.affinity))
    except ValidationError as error:
        raise SettingsRefused(*map(_fault, error.errors(include_url=False))) from None
    return GroupRules(lower=settings.group_lower, upper=settings.group_upper, affinity=affinity)


def manner_of(rules: GroupRules) -> str:
    """Name the weights that are not the defaults, after the encoder that ranks with them."""
    changed = rules.affinity.model_dump(exclude_defaults=True)
    return "".join(f" {name}={value:g}" for name, value in sorted(changed.items()))


def _fault(fault: Any) -> str:
    where = "".join(f" {name}" for name in fault["loc"])
    known = ", ".join(AffinityWeights.model_fields)
    return f"PIIRI_AFFINITY:{where}: {fault['msg']}, got {fault['input']!r}; weights are {known}"
