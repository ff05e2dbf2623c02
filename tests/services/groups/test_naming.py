"""Names of groups after the concepts that unite them."""

import pytest

from schemas.base import Names
from schemas.reasons import Concept
from services.groups.naming import concepts_name


def named(lang, *labels):
    concepts = [
        Concept(id=f"c{n}", label=Names(**{"fi": label, lang: label}))
        for n, label in enumerate(labels)
    ]
    return concepts_name(concepts, lang)


@pytest.mark.parametrize(
    ("lang", "labels", "name"),
    [
        ("fi", ("työvaate", "vaatteet", "työpuvut", "kuidut"), "Työvaate, työpuvut"),
        ("sv", ("avtalsuppföljning", "mätare", "avtal"), "Avtalsuppföljning, mätare"),
        ("en", ("construction", "concrete", "construction work"), "Construction, concrete"),
        (
            "en",
            ("devices", "data-processing machines (hardware)"),
            "Devices, data-processing machines",
        ),
        ("en", ("meeting service", "travel service"), "Meeting service, travel service"),
        (
            "fi",
            ("sosiaalinen vastuu", "sosiaali- ja terveyspalvelut"),
            "Sosiaalinen vastuu, sosiaali- ja terveyspalvelut",
        ),
        ("fi", ("ICT", "PC:t", "EU"), "ICT, PC:t, EU"),
    ],
)
def test_what_says_the_same_is_named_once(lang, labels, name):
    assert named(lang, *labels) == name


def test_nothing_in_common_has_a_name_too():
    assert named("en") == "A shared challenge"
