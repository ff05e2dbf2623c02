"""Every coded value, refusal and reason has words in the three languages."""

import ast
import importlib
import importlib.util
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import pytest

import services
from schemas import challenges, codes, groups, notices
from schemas.base import Names
from schemas.errors import PiiriError, Refused
from schemas.reasons import Concept, Reason
from services.look.codes import label, options
from services.look.languages import LANGUAGES
from services.look.reasons import SENTENCES, for_members, reason_text
from services.look.refusals import REFUSALS, refusal_text

ROOT = Path(services.__path__[0]).parent
KINDS = [codes.Stage, codes.Urgency, codes.Visibility, codes.MeetingMode, codes.UnitKind]
KINDS += [codes.SizeClass, challenges.ChallengeStatus, groups.RejectReason]
KINDS += [groups.DeclineReason, notices.Nearness]


def leaves(kind: type[PiiriError]) -> set[type[PiiriError]]:
    found = {kind}
    for child in kind.__subclasses__():
        found |= leaves(child)
    return found


def refusals_of_contexts() -> set[type[PiiriError]]:
    for module in pkgutil.iter_modules(services.__path__, "services."):
        if module.ispkg:
            name = f"{module.name}.errors"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    return {one for one in leaves(Refused) if one.__module__.endswith(".errors")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_name(kind: type[StrEnum], lang):
    assert all(text for _, text in options(kind, lang))


def test_codes_spelt_alike_keep_their_own_names():
    wrong_time = groups.DeclineReason.WRONG_TIME, groups.RejectReason.WRONG_TIME
    assert label(wrong_time[0], "fi") != label(wrong_time[1], "fi")


def test_every_refusal_of_a_context_speaks_for_itself():
    assert {one.code for one in refusals_of_contexts()} - REFUSALS.keys() == set()


def test_an_unknown_leaf_speaks_with_its_family():
    class Odd(Refused):
        code = "odd-one"

    assert refusal_text(Odd(), "en") == refusal_text(Refused(), "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_is_a_sentence_without_holes(code, lang):
    concept = Concept(id="c", label=Names(fi="lähiruoka", sv="närmat", en="local food"))
    names = {"u-1": "Kokkolan kaupunki", "ch-1": "Lähiruoka"}
    reason = Reason(
        code=code, concepts=(concept,), codes=("19",), units=("u-1",), challenges=("ch-1",)
    )
    text = reason_text(reason, names, lang=lang)
    assert text
    assert "%(" not in text


def test_a_reason_names_its_concepts_in_the_reader_s_language():
    concept = Concept(id="c", label=Names(fi="lähiruoka", sv="närproducerad mat"))
    reason = Reason(code="shared-concepts", concepts=(concept,))
    assert reason_text(reason, lang="sv").endswith("närproducerad mat")
    assert reason_text(reason, lang="en").endswith("lähiruoka")


def codes_in_code() -> set[str]:
    """Every ``Reason(code="…")`` that the product makes."""
    found = set()
    for folder in ("matcher", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                    found |= {
                        one.value.value
                        for one in node.keywords
                        if one.arg == "code" and isinstance(one.value, ast.Constant)
                    }
    return found


def test_every_reason_that_the_product_makes_has_a_sentence():
    made = codes_in_code()
    assert made
    assert made - SENTENCES.keys() == set()


def test_the_documented_reasons_have_a_sentence_each_and_no_others():
    text = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^\|\s*`([a-z][a-z-]+)`", text, re.MULTILINE))
    assert codes == SENTENCES.keys()


def test_a_reason_without_names_ends_without_a_colon():
    assert reason_text(Reason(code="giver"), lang="fi") == "Kokemusta on jo"


def test_a_member_is_not_told_who_fits_least():
    told = for_members([Reason(code="unites"), Reason(code="weakest")])
    assert [reason.code for reason in told] == ["unites"]


def test_a_reason_names_kinds_regions_and_languages():
    codes = ("municipality", "19", "sv")
    assert reason_text(Reason(code="kinds", codes=codes), lang="en").endswith(
        "Municipality, Lapland, Swedish"
    )


def test_a_reason_that_nobody_knows_yet_still_says_something():
    assert reason_text(Reason(code="from-the-future"), lang="fi")
