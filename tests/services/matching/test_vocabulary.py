from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import a_draft
from typer.testing import CliRunner

from matcher.text import analyse
from matcher.text.vocabulary import extend
from schemas.challenges import ChallengeCard
from services.cli import app
from services.matching.knowledge import keep_challenge
from services.matching.unknown import unknown_words
from services.matching.vocabulary import VocabularyRefused, read_additions, use

GOOD = """id;fi;sv;en;alt_fi;broader;theme;cpv
local:bin-sensor;jäteastia-anturi;;bin fill sensor;täyttöastesensori;kp075;circular;90500000
kp051;;;;työllistämispykälä;;;
"""
run = CliRunner()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "vocabulary.csv"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture(autouse=True)
def _nothing_stays():
    yield
    extend([])


def faults(path: Path, text: str) -> tuple[str, ...]:
    path.write_text(text, "utf-8")
    with pytest.raises(VocabularyRefused) as refused:
        read_additions(path)
    return refused.value.facts


def test_texts_are_read_with_the_file(file):
    assert use(file) == 2
    seen = {concept.id for concept in analyse("Täyttöastesensorien hankinta", "fi").concepts}
    assert "local:bin-sensor" in seen
    seen = {concept.id for concept in analyse("Työllistämispykälä puuttuu", "fi").concepts}
    assert "kp051" in seen


def test_a_spreadsheets_file_is_read_as_well(file):
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace(";", "\t").replace("\n", "\r\n").encode())
    assert len(read_additions(file)) == 2


def test_every_fault_is_told_with_line_column_and_what_is_accepted(file):
    text = (
        "id,fi,broader,theme,cpv\n"
        "has space,anturi,,,\n"
        "local:1,,,,\n"
        "local:2,(ei),kp999,moon,12\n"
        "local:2,mittari,local:1,,\n"
    )
    found = faults(file, text)
    assert [fault.partition(":")[0] for fault in found] == [
        "line 2, id",
        "line 3, fi, sv, en",
        "line 4, fi",
        "line 4, broader",
        "line 4, theme",
        "line 4, cpv",
        "line 5, id",
    ]
    assert all("accepted: " in fault for fault in found)
    assert "'kp999'" in found[3]


def test_an_unknown_column_is_named(file):
    (fault,) = faults(file, "id,fi,colour\nlocal:1,anturi,red\n")
    assert fault.startswith("line 1: 'colour'; accepted: id, one of fi, sv and en")


def test_an_empty_file_and_one_that_is_not_there_are_refused(file, tmp_path):
    assert "line 1: a column is missing" in faults(file, "")[0]
    with pytest.raises(VocabularyRefused, match="accepted: a file"):
        use(tmp_path / "none.csv")


def test_a_file_in_another_encoding_is_refused_with_its_line(file):
    file.write_bytes("id,fi\nlocal:1,jäte\n".encode("cp1252"))
    with pytest.raises(VocabularyRefused, match="line 2: byte 0xE4; accepted: UTF-8"):
        read_additions(file)


def test_the_command_checks_a_file(file):
    checked = run.invoke(app, ["vocabulary", "check", str(file)])
    assert checked.exit_code == 0
    assert "2 concepts" in checked.stdout
    file.write_text("id,fi\n,\n,x\n", "utf-8")
    refused = run.invoke(app, ["vocabulary", "check", str(file)])
    assert refused.exit_code == 1
    assert "line 3, id" in refused.stderr


def test_the_text_command_reads_with_the_file(file, monkeypatch):
    monkeypatch.setenv("PIIRI_VOCABULARY", str(file))
    shown = run.invoke(app, ["text", "explain", "Täyttöastesensorien hankinta"])
    assert "jäteastia-anturi" in shown.stdout


def kept(session, number: int, text: str) -> None:
    draft = a_draft(title=f"Haaste {number}", text=text)
    fields = draft.model_dump() | {
        "id": f"ch-{number}",
        "unit_id": f"KU{number % 4}",
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    keep_challenge(session, ChallengeCard.model_validate(fields), is_open=True)


def test_unknown_words_of_three_units_are_listed_and_of_fewer_never(session):
    for number in range(5):
        kept(session, number, "Zwyntopi ei toimi meillä lainkaan.")
    for number in range(2):
        kept(session, 10 + number, "Qwertzki ei toimi meillä lainkaan.")
    found = {one.word: one for one in unknown_words(session, at_least=1)}
    assert (found["zwyntopi"].units, found["zwyntopi"].challenges) == (4, 5)
    assert "qwertzki" not in found


def test_a_word_that_was_added_is_unknown_no_more(session, file):
    file.write_text("id,fi\nlocal:z,zwyntopi\n", "utf-8")
    use(file)
    for number in range(4):
        kept(session, number, "Zwyntopi ei toimi meillä lainkaan.")
    assert "zwyntopi" not in {one.word for one in unknown_words(session)}
