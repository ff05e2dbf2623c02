"""The templates of every context, one Jinja environment a language."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from schemas.codes import Language
from services.look import assets, codes, dates, geography, marks, reasons
from services.look.complaints import complaint_text
from services.look.labels import labels
from services.look.layout import address
from services.look.refusals import refusal_text
from services.look.words import catalogue

SERVICES = Path(__file__).parent.parent


def folders() -> list[Path]:
    """Every context's templates; deleting a context's folder deletes its pages."""
    return sorted(path for path in SERVICES.glob("*/templates") if path.is_dir())


@cache
def environment(lang: Language) -> Environment:
    """Return the templates in a language; addressed ``challenges/new.html``."""
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = catalogue(lang)
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        words.gettext, words.ngettext, newstyle=True
    )
    env.globals.update(
        lang=lang, href=partial(address, lang), static=assets.static, icon=assets.icon
    )
    env.globals.update(
        geography=geography,
        labels=labels,
        options=partial(codes.options, lang=lang),
        all_regions=partial(geography.all_regions, lang=lang),
    )
    env.filters.update(_filters(lang))
    env.filters.update(for_members=reasons.for_members, marked=marks.marked, passage=marks.passage)
    return env


def _filters(lang: Language) -> dict[str, partial[str]]:
    spoken: dict[str, Callable[..., str]] = {
        "day": dates.day,
        "moment": dates.moment,
        "clock": dates.clock,
        "number": dates.number,
        "percent": dates.percent,
        "region": geography.region_name,
        "label": codes.label,
        "sentence": reasons.reason_text,
        "complaint": complaint_text,
        "refusal": refusal_text,
    }
    return {name: partial(told, lang=lang) for name, told in spoken.items()}


def render(lang: Language, template: str, **values: object) -> str:
    """Fill a template in a language."""
    return environment(lang).get_template(template).render(**values)
