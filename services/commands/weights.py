"""``piiri weights``: what facilitators and units decided, against the weights of the affinity."""

import json
from typing import Annotated, Any

import typer

from matcher.params import AffinityWeights, GroupRules
from matcher.weighing import ENOUGH, ENOUGH_EACH, FITTED, Weighed
from services.commands.place import (
    DataOption,
    JsonOption,
    opened,
    refusing,
    settings_of,
    with_vocabulary,
)
from services.kit.settings import Settings
from services.kit.store import Store
from services.matching.encoding import Encoding, encoder_of
from services.matching.rules import rules_of
from services.matching.weighing import weighed


def weights(
    data: DataOption = None,
    samples: Annotated[
        bool, typer.Option("--samples", help="Take in decisions about invented samples.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Fit the weights of the affinity to what was accepted, declined and corrected.

    Nothing is changed: where the fitted weights foretell decisions held out better than the
    present ones, the last line is the setting that would use them.
    """
    with_vocabulary()
    with refusing():
        settings = settings_of(data)
        rules = rules_of(settings)
        with opened(settings) as store:
            found = _weighed(store, settings, rules, samples)
    if as_json:
        typer.echo(json.dumps(_told(found, rules.affinity), ensure_ascii=False))
        return
    for line in _lines(found, rules.affinity):
        typer.echo(line)


def _weighed(store: Store, settings: Settings, rules: GroupRules, samples: bool) -> Weighed:
    with store.read() as session:
        encoder, _ = Encoding(store, encoder_of(settings)).for_pool(session)
        return weighed(session, rules, encoder, samples=samples)


def _told(found: Weighed, present: AffinityWeights) -> dict[str, Any]:
    return found._asdict() | {
        "weights": found.weights.model_dump(),
        "present": present.model_dump(),
        "better": found.better,
    }


def _lines(found: Weighed, present: AffinityWeights) -> list[str]:
    fit, unfit = found.judgements - found.unfit, found.unfit
    lines = [
        f"{found.judgements} judgements about members in {found.decisions} groups and proposals:"
        f" {fit} fit, {unfit} do not"
    ]
    if found.missing:
        lines.append(f"{found.missing} more are about challenges that are not known any more")
    if not found.enough:
        return [
            *lines,
            f"Too few to weigh: at least {ENOUGH} groups and proposals are needed, {ENOUGH_EACH}"
            " with members that fit and as many with members that do not.",
        ]
    before, after = found.loss
    lines += [
        f"On decisions held out: log loss {before:.3f} with the present weights, {after:.3f} with"
        f" fitted ones (difference {before - after:.3f} ± {found.gain_error:.3f}); of two, the one"
        f" that fits stands first in {found.order[0]:.0%} and {found.order[1]:.0%}",
        f"{'weight':<16}{'present':>8}{'fitted':>8}",
    ]
    for name in FITTED:
        lines.append(
            f"{name:<16}{getattr(present, name):>8.3f}{getattr(found.weights, name):>8.3f}"
        )
    return [*lines, _advice(found)]


def _advice(found: Weighed) -> str:
    if not found.better:
        return "The fitted weights are no better beyond chance: leave the present ones."
    fitted = {name: getattr(found.weights, name) for name in FITTED}
    told = found.weights.model_dump(exclude_defaults=True) | fitted
    said = ",".join(f"{name}={value:g}" for name, value in told.items())
    return f"To use the fitted ones: PIIRI_AFFINITY={said}"
