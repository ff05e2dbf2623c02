"""Themes, as shipped."""

import pytest

from services.challenges.themes import ThemeKind, theme_name, themes


def test_themes_come_in_the_order_of_the_file_with_three_names():
    assert list(themes())[:3] == ["proc", "contract", "cost"]
    assert len(themes()) == 27
    assert all(t.name.fi and t.name.sv and t.name.en for t in themes().values())


def test_a_theme_is_about_how_one_buys_or_what():
    assert themes()["social"].kind == ThemeKind.ISSUE
    assert themes()["food"].kind == ThemeKind.OBJECT


@pytest.mark.parametrize(
    ("lang", "name"),
    [("fi", "sosiaalinen vastuu"), ("sv", "socialt ansvar"), ("en", "social responsibility")],
)
def test_a_theme_has_its_name_in_each_language(lang, name):
    assert theme_name("social", lang) == name


def test_a_theme_that_is_no_more_names_itself():
    assert theme_name("blockchain", "fi") == "blockchain"
