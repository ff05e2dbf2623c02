import json

import pytest
from typer.testing import CliRunner

from services.cli import app

FI = "Siivouspalveluhankinnoissa työllistämisehto ei toimi"
SV = "Vi vill ha sysselsättningsvillkor för städtjänster"
run = CliRunner()


def test_it_explains_a_text_in_the_readers_language():
    shown = run.invoke(app, ["text", "explain", FI, "--lang", "sv"])
    assert shown.exit_code == 0
    assert "siivous+palvelu+hankinta" in shown.stdout
    assert "sysselsättningsvillkor" in shown.stdout


def test_as_json_it_gives_texts_and_match():
    shown = json.loads(run.invoke(app, ["text", "explain", FI, SV, "--json"]).stdout)
    first, second = shown["texts"]
    assert (first["language"], second["language"]) == ("fi", "sv")
    token = first["tokens"][0]
    assert token["parts"] == ["siivous", "palvelu", "hankinta"]
    assert FI[token["start"] : token["end"]] == token["text"]
    weights = [concept["weight"] for concept in first["concepts"] if concept["id"] != "kp001"]
    assert weights[0] == max(weights)
    start, end = first["concepts"][0]["spans"][0]
    assert FI[start:end] == "työllistämisehto"
    assert shown["match"]["percentile"] > 99
    assert "kp051" in {one["id"] for one in shown["match"]["shared"]}


def test_it_takes_one_text_or_two():
    assert run.invoke(app, ["text", "explain"]).exit_code == 2
    assert run.invoke(app, ["text", "explain", "a", "b", "c"]).exit_code == 2


def test_it_refuses_an_unknown_language_of_the_reader():
    refused = run.invoke(app, ["text", "explain", FI, "--lang", "de"])
    assert refused.exit_code == 2
    assert "'de'" in refused.output


def test_lines_are_explained_one_by_one_and_faults_named():
    given = json.dumps({"id": "x", "lang": "", "text": SV}) + '\n{"id": 2}\n'
    shown = run.invoke(app, ["text", "explain", "--lines"], input=given)
    assert shown.exit_code == 1
    assert json.loads(shown.stdout.splitlines()[0])["language"] == "sv"
    assert "line 2, text: Field required" in shown.stderr


def test_encoded_lines_multiply_to_likeness():
    lines = [("a", "fi", FI), ("b", "", SV), ("c", "en", "New bus timetables")]
    given = "".join(json.dumps({"id": i, "lang": g, "text": t}) + "\n" for i, g, t in lines)
    shown = run.invoke(app, ["text", "encode", "--encoder", "builtin"], input=given)
    rows = {row["id"]: row["sparse"] for row in map(json.loads, shown.stdout.splitlines())}

    def score(one: str, other: str) -> float:
        return sum(weight * rows[other].get(key, 0) for key, weight in rows[one].items())

    assert score("a", "a") == pytest.approx(1, abs=1e-3)
    assert score("a", "b") > 5 * score("a", "c")


def test_an_unknown_encoder_is_refused():
    refused = run.invoke(app, ["text", "encode", "--encoder", "best"], input='{"id":1,"text":"a"}')
    assert refused.exit_code == 2
    assert "'best'" in refused.output
