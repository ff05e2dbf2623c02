"""A file is stored whole or not at all, once, and never over what was edited since."""

import json
from pathlib import Path

import pytest
from emitted import emitted
from sqlmodel import select
from typer import Typer
from typer.testing import CliRunner

from schemas.challenges import ChallengePatch, ChallengeRegistered, ChallengeRevised
from schemas.people import Member
from schemas.units import ProfileRevised, UnitJoined
from services.challenges.actions import revise_challenge, withdraw_challenge
from services.challenges.queries import cards
from services.commands.load import load
from services.directory.queries import agents, count_units, find_unit, units
from services.kit.tables import OutboxRow
from services.loading.load import BATCH, load_file
from services.loading.tables import LoadedLine

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
TEXT = "Miten valvomme työllistämisehdon toteutumista sopimuskaudella?"


def unit_line(key="KU1", **said):
    fields = {"kind": "parish", "name": {"fi": f"Yksikkö {key}"}, "languages": ["fi"]}
    return {"type": "unit", "id": key, **fields, **said}


def challenge_line(key="c-1", unit="KU1", **said):
    fields = {"id": key, "unit_id": unit, "title": f"Työllistämisehto {key}", "text": TEXT}
    return {"type": "challenge", **fields, **said}


@pytest.fixture
def file(tmp_path):
    def write(*lines, name="pool.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(line) for line in lines))
        return path

    return write


def told(report):
    return [(fault.row, fault.column, fault.wrong) for fault in report.faults]


def events(store):
    with store.read() as session:
        return len(session.exec(select(OutboxRow.seq)).all())


def test_units_agents_and_challenges_are_stored_in_any_order(store, file):
    territory = {"region": "05", "starts": "2026-01-01"}
    agent = {"type": "agent", "id": "ag-1", "host": {"fi": "Isäntä"}, "territories": [territory]}
    report = load_file(store, file(challenge_line(sample=True), agent, unit_line()))
    assert report.faults == []
    assert report.as_json()["counts"] == {
        kind: {"new": 1, "changed": 0, "same": 0} for kind in ("agent", "challenge", "unit")
    }
    with store.read() as session:
        (card,) = cards(session)
        assert (card.id, card.unit_id, card.sample) == ("c-1", "KU1", True)
        assert [one.id for one in agents(session)] == ["ag-1"]
        assert len(emitted(session, UnitJoined)) == 1
        assert emitted(session, ChallengeRegistered)[0].sample


def test_a_dry_run_finds_the_same_and_stores_nothing(store, file):
    report = load_file(store, file(unit_line(), challenge_line()), dry_run=True)
    assert report.as_json()["counts"]["challenge"]["new"] == 1
    with store.read() as session:
        assert count_units(session) == 0
        assert session.exec(select(LoadedLine)).all() == []
    assert events(store) == 0


def test_the_same_file_again_changes_nothing(store, file):
    path = file(unit_line(), challenge_line())
    load_file(store, path)
    before = events(store)
    report = load_file(store, path)
    assert report.as_json()["counts"]["challenge"] == {"new": 0, "changed": 0, "same": 1}
    assert events(store) == before


@pytest.mark.parametrize("line", [{"title": "Toinen otsikko"}, {"maturity": 5}])
def test_a_changed_line_revises_what_it_says(store, file, line):
    load_file(store, file(unit_line(), challenge_line()))
    path = file(unit_line(languages=["sv"]), challenge_line(**line))
    report = load_file(store, path)
    assert report.as_json()["counts"]["unit"]["changed"] == 1
    with store.read() as session:
        assert len(emitted(session, ProfileRevised)) == 1
        (revised,) = emitted(session, ChallengeRevised)
        assert {name: getattr(revised.challenge, name) for name in line} == line


def test_what_was_edited_since_stays_when_the_same_file_comes_again(store, file):
    path = file(unit_line(), challenge_line())
    load_file(store, path)
    with store.begin() as session:
        member = Member(person_id="pe-1", unit_id="KU1")
        revise_challenge(session, member, "c-1", ChallengePatch(title="Muokattu otsikko"))
    report = load_file(store, path)
    assert report.as_json()["counts"]["challenge"]["same"] == 1
    with store.read() as session:
        assert cards(session)[0].title == "Muokattu otsikko"


def test_a_withdrawn_challenge_does_not_come_back_with_the_same_file(store, file):
    path = file(unit_line(), challenge_line())
    load_file(store, path)
    with store.begin() as session:
        withdraw_challenge(session, Member(person_id="pe-1", unit_id="KU1"), "c-1")
    assert load_file(store, path).faults == []
    with store.read() as session:
        assert cards(session) == []


def test_lines_without_an_id_are_known_again_by_what_they_are(store, file):
    unit = {name: value for name, value in unit_line().items() if name != "id"}
    load_file(store, file(unit))
    with store.read() as session:
        (joined,) = units(session)
    challenge = challenge_line(unit=joined.id)
    del challenge["id"]
    path = file(unit, challenge)
    load_file(store, path)
    before = events(store)
    load_file(store, file(unit, challenge | {"text": TEXT + " Ja mitä se maksaa?"}))
    with store.read() as session:
        (card,) = cards(session)
        assert card.text.endswith("maksaa?")
        assert count_units(session) == 1
    assert events(store) == before + 1


def test_nothing_of_a_file_with_a_fault_is_stored(store, file):
    path = file(unit_line(), challenge_line(), challenge_line("c-2", stage="begun"))
    report = load_file(store, path)
    assert told(report) == [(3, "stage", "got 'begun'")]
    assert events(store) == 0


def test_the_sound_rows_are_stored_when_asked(store, file):
    path = file(unit_line(), challenge_line(), challenge_line("c-2", themes=["nonsense"]))
    report = load_file(store, path, partial=True)
    assert [fault.row for fault in report.faults] == [3]
    with store.read() as session:
        assert [card.id for card in cards(session)] == ["c-1"]


def test_the_rules_of_the_actions_are_told_by_row_and_column(store, file):
    load_file(store, file(unit_line("KU9", business_ids=[{"y_tunnus": "7654321-2"}])))
    report = load_file(
        store,
        file(
            unit_line("KU1"),
            unit_line("KU2", regions=["99"]),
            unit_line("KU3", business_ids=[{"y_tunnus": "7654321-2"}]),
            challenge_line("c-1", themes=["social", "nonsense"]),
            challenge_line("c-2", unit="KU0"),
            challenge_line("c-3", until="2020-01-01"),
        ),
    )
    assert [(row, column) for row, column, _ in told(report)] == [
        (2, "regions"),
        (3, "business_ids"),
        (4, "themes"),
        (5, "unit_id"),
        (6, "until"),
    ]
    assert "nonsense" in report.faults[2].wrong
    assert "social" in report.faults[2].accepted
    assert "KU0" in report.faults[3].wrong


def test_what_stands_twice_in_a_file_is_told_with_where_it_stood_first(store, file):
    path = file(
        unit_line("KU1", business_ids=[{"y_tunnus": "7654321-2"}]),
        unit_line("KU1"),
        unit_line("KU2", business_ids=[{"y_tunnus": "7654321-2"}]),
        challenge_line("c-1"),
        challenge_line("c-2", title="TYÖLLISTÄMISEHTO C-1"),
    )
    assert told(load_file(store, path)) == [
        (2, "id", "'KU1' stands in row 1 already"),
        (3, "business_ids", "'7654321-2' stands in row 1 already"),
        (5, "title", "'TYÖLLISTÄMISEHTO C-1' stands in row 4 already"),
    ]


def test_a_challenge_finds_its_unit_in_another_batch_of_the_file(store, file):
    many = [unit_line(f"KU{number}") for number in range(BATCH + 5)]
    lines = [challenge_line(f"c-{n}", unit=f"KU{n}") for n in range(BATCH + 5)]
    report = load_file(store, file(*lines, *many))
    assert report.faults == []
    assert report.as_json()["counts"]["challenge"]["new"] == BATCH + 5


class Break(Exception):
    pass


def test_a_load_that_breaks_off_goes_on_where_it_stopped(store, file):
    path = file(*[unit_line(f"KU{number}") for number in range(BATCH * 2 + 1)])

    def break_after_a_batch(stage, done, _total):
        if stage == "store" and done == BATCH:
            raise Break

    with pytest.raises(Break):
        load_file(store, path, progress=break_after_a_batch)
    assert events(store) == BATCH
    report = load_file(store, path)
    assert report.as_json()["counts"]["unit"] == {"new": BATCH + 1, "changed": 0, "same": BATCH}
    assert events(store) == BATCH * 2 + 1


def test_a_refusal_while_storing_undoes_its_batch_and_says_how_to_go_on(store, file):
    path = file(unit_line("KU1"), unit_line("KU2", business_ids=[{"y_tunnus": "7654321-2"}]))

    def be_faster(stage, done, total):
        if stage == "check" and done == total:
            other = unit_line("KU9", business_ids=[{"y_tunnus": "7654321-2"}])
            load_file(store, file(other, name="other.jsonl"))

    report = load_file(store, path, progress=be_faster)
    assert report.stopped
    assert told(report)[0][:2] == (2, "business_ids")
    with store.read() as session:
        assert find_unit(session, "KU1") is None


def test_progress_is_told_by_stage_up_to_all_rows(store, file):
    seen = []
    path = file(unit_line(), challenge_line())
    load_file(store, path, progress=lambda *step: seen.append(step))
    assert seen[0] == ("check", 0, 2)
    assert ("check", 2, 2) in seen
    assert seen[-1] == ("store", 2, 2)


def test_the_examples_of_the_manual_load_and_the_two_forms_say_the_same(store):
    for name in ("units.csv", "challenges.csv"):
        assert load_file(store, EXAMPLES / name).faults == []
    report = load_file(store, EXAMPLES / "pool.jsonl")
    assert report.faults == []
    assert all(counts["new"] == 0 for counts in report.as_json()["counts"].values())
    assert all(counts["changed"] == 0 for counts in report.as_json()["counts"].values())


@pytest.fixture
def run(store, monkeypatch):
    monkeypatch.setenv("PIIRI_DATABASE_URL", store.url)
    monkeypatch.setenv("PIIRI_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("PIIRI_SECRET_KEY", "k" * 32)
    app = Typer()
    app.command()(load)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_command_counts_and_says_what_happened(run, file):
    path = file(unit_line(), challenge_line())
    assert run(path, "--dry-run").output.splitlines() == [
        "challenges: 1 new, 0 changed, 0 same",
        "units: 1 new, 0 changed, 0 same",
        "Tried out; nothing was stored.",
    ]
    assert run(path).output.splitlines()[-1] == "Stored."
    assert "units: 0 new, 0 changed, 1 same" in run(path).output


def test_the_command_tells_faults_on_standard_error_and_fails(run, file):
    done = run(file(challenge_line(stage="begun")))
    assert done.exit_code == 1
    assert done.stderr.startswith("row 1, column stage: got 'begun'; accepted: one of idea,")
    assert done.stdout.startswith("Nothing was stored: correct the faults")


def test_the_command_reports_in_json_for_programs(run, file):
    done = run(file(unit_line(), challenge_line(maturity=9)), "--json")
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert report["fault_count"] == 1
    assert report["faults"][0] == {
        "row": 2,
        "column": "maturity",
        "sheet": "",
        "wrong": "got 9",
        "accepted": "a whole number from 1 to 5",
    }


def test_the_command_tells_of_a_file_that_cannot_be_read(run, tmp_path):
    done = run(tmp_path / "missing.csv")
    assert done.exit_code == 1
    assert "the file: No such file or directory" in done.stderr


def test_the_command_loads_into_a_demo_by_its_folder(store, file, monkeypatch, tmp_path):
    for name in ("PIIRI_DATABASE_URL", "PIIRI_NATS_URL", "PIIRI_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    app = Typer()
    app.command()(load)
    path = str(file(unit_line()))
    assert CliRunner().invoke(app, [path, "--data", str(tmp_path)]).stdout.endswith("Stored.\n")
    with store.read() as session:
        assert count_units(session) == 1
