"""What the screens say is said in the three languages, and the catalogues follow the code."""

import re

import pytest

from services.look.catalogues import TRANSLATED, drift, kept
from services.look.words import say, say_many

PLACE = re.compile(r"%\(\w+\)s|%%d")


def test_every_text_is_translated_and_the_catalogues_are_up_to_date():
    assert drift() == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translation_keeps_the_places_of_its_values(lang):
    for message in kept(lang):
        told = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        places = set(PLACE.findall(told[-1]))
        assert all(set(PLACE.findall(text)) == places for text in said if text), message.id


@pytest.mark.parametrize(
    ("lang", "num", "text"),
    [
        ("fi", 0, "0 haastetta"),
        ("fi", 1, "1 haaste"),
        ("fi", 2, "2 haastetta"),
        ("sv", 0, "0 utmaningar"),
        ("sv", 1, "1 utmaning"),
        ("en", 0, "0 challenges"),
        ("en", 1, "1 challenge"),
    ],
)
def test_numbers_take_the_right_form(lang, num, text):
    assert say_many(lang, "%(num)s haaste", "%(num)s haastetta", num) == text


def test_an_unknown_text_is_said_as_it_is():
    assert say("sv", "Tätä ei ole luettelossa") == "Tätä ei ole luettelossa"
