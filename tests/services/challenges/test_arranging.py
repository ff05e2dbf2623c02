"""Themes that are named anew, merged and split keep every profile and event."""

import json
from pathlib import Path

import pytest
from builders import registered
from typer.testing import CliRunner

from matcher.text import analyse, explain, features
from matcher.text.vocabulary import arrange as arrange_matching
from schemas.challenges import ChallengeRegistered
from services.challenges import queries
from services.challenges.arranging import ThemesRefused, read_themes, use_themes
from services.challenges.form import theme_choices
from services.challenges.themes import arrange, current, theme_name, theme_names, themes
from services.cli import app

KEPT = Path(__file__).parents[2] / "schemas" / "events"
FILE = """theme;kind;fi;sv;en;into
social;;vastuullinen työ;ansvarsfullt arbete;responsible work;
clean;;;;;facility
climate;;;;;env|carbon
carbon;issue;hiilijalanjälki;koldioxidavtryck;carbon footprint;
"""
run = CliRunner()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "themes.csv"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def arranged(file: Path):
    use_themes(file)
    yield
    arrange(None)
    arrange_matching(None)


def faults(path: Path, text: str) -> tuple[str, ...]:
    path.write_text(text, "utf-8")
    with pytest.raises(ThemesRefused) as refused:
        read_themes(path)
    return refused.value.facts


@pytest.mark.usefixtures("arranged")
def test_a_theme_named_anew_keeps_its_key():
    assert theme_name("social", "sv") == "ansvarsfullt arbete"
    assert current(["social"]) == ("social",)
    suggested = analyse("Työllistämisehto siivouksessa", "fi").themes
    assert "vastuullinen työ" in {theme.label.fi for theme in suggested}


@pytest.mark.usefixtures("arranged")
def test_a_merged_theme_stands_for_the_one_it_went_into():
    assert theme_name("clean", "fi") == "kiinteistöt ja turvallisuus"
    assert theme_names(["clean", "facility"], "fi") == ["kiinteistöt ja turvallisuus"]
    assert "clean" not in themes()
    assert "clean" not in {key for key, _ in theme_choices("fi")}
    suggested = {theme.key for theme in analyse("Siivouspalvelut ja ikkunanpesu", "fi").themes}
    assert "facility" in suggested
    assert "clean" not in suggested


@pytest.mark.usefixtures("arranged")
def test_a_split_theme_stands_for_all_that_came_of_it_until_the_unit_chooses():
    assert current(["climate", "env"]) == ("env", "carbon")
    assert theme_name("climate", "en") == "environment, carbon footprint"


@pytest.mark.usefixtures("arranged")
def test_a_challenge_with_an_old_theme_is_registered_kept_and_matched(session):
    card = registered(session, "KU837", themes=("clean", "climate"))
    kept = queries.cards_by_id(session, [card.id])[card.id]
    assert kept.themes == ("clean", "climate")
    old = features("Hankinta", "fi", themes=("clean",))
    new = features("Upphandling", "sv", themes=("facility",))
    shared = {one.concept.id for one in explain(old, new).shared}
    assert "theme:facility" in shared


@pytest.mark.usefixtures("arranged")
def test_a_kept_event_with_an_old_theme_still_loads():
    kept = json.loads((KEPT / "piiri.challenges.registered.v1.json").read_text("utf-8"))
    kept["challenge"]["themes"] = ["social", "clean", "climate", "gone"]
    event = ChallengeRegistered.model_validate(kept)
    names = theme_names(event.challenge.themes, "en")
    assert names == [
        "responsible work",
        "facilities and security",
        "environment",
        "carbon footprint",
        "gone",
    ]


def test_without_a_file_themes_are_those_that_ship():
    assert theme_name("clean", "fi") == "siivous"
    assert current(["clean", "gone"]) == ("clean", "gone")


def test_every_fault_is_told_with_its_line(file):
    found = faults(
        file,
        "theme,kind,fi,sv,en,into\n"
        "Bad One,,,,,\n"
        "fresh,thing,uusi,,,\n"
        "social,object,,,,\n"
        "clean,,,,,nowhere\n"
        "clean,,a,,,\n",
    )
    assert [fault.partition(":")[0] for fault in found] == [
        "line 2, theme",
        "line 3, kind",
        "line 3, sv, en",
        "line 4, kind",
        "line 4, fi, sv, en, into",
        "line 5, into",
        "line 6, theme",
    ]
    assert all("accepted: " in fault for fault in found)


def test_themes_may_not_lead_back_to_themselves(file):
    (one, other) = faults(file, "theme,into\nclean,facility\nfacility,clean\n")
    assert "'clean' comes back to itself" in one
    assert "'facility'" in other


def test_a_chain_of_merges_leads_to_its_end(file):
    file.write_text("theme,into\nclean,facility\nfacility,build\n", "utf-8")
    assert read_themes(file).into == {"clean": ("build",), "facility": ("build",)}


def test_the_command_checks_a_file_and_lists_the_themes(file, monkeypatch, arranged):
    checked = run.invoke(app, ["themes", "check", str(file)])
    assert checked.exit_code == 0
    assert "climate is now env, carbon" in checked.stdout
    monkeypatch.setenv("PIIRI_THEMES", str(file))
    listed = run.invoke(app, ["themes", "list"])
    assert "carbon footprint" in listed.stdout
    file.write_text("thema\nx\n", "utf-8")
    refused = run.invoke(app, ["themes", "check", str(file)])
    assert refused.exit_code == 1
    assert "line 1" in refused.stderr
