"""CSV, XLSX and JSON Lines are read alike, and each fault has its row and column."""

import json
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from schemas.pool_lines import ChallengeLine, UnitLine
from services.loading.limits import LIMITS
from services.loading.lines import BadFile, Found
from services.loading.reading import read_file

CHALLENGE = {
    "id": "c-1",
    "unit_id": "KU109",
    "title": "Työllistämisehto, siivous",
    "text": 'Miten "valvomme" ehtoa;\nkokemuksia?',
    "language": "fi",
    "themes": "social|proc",
    "cpv": "90910000",
    "stage": "contract",
    "maturity": 3,
    "until": date(2027, 5, 31),
}
UNIT = {
    "id": "KU109",
    "kind": "municipality",
    "name_fi": "Hämeenlinna",
    "name_sv": "Tavastehus",
    "y_tunnus": "7654321-2",
    "regions": "05",
    "municipality": "109",
    "languages": "fi",
    "lat": 60.996,
    "lon": 24.464,
}


def workbook(path, **sheets):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    write = sheet.write_datetime if isinstance(cell, date) else sheet.write
                    write(at, column, cell)
    return path


def table(*dicts):
    heading = list(dicts[0])
    return [heading, *([row.get(name, "") for name in heading] for row in dicts)]


def text(path, *lines, encoding="utf-8"):
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def csv_of(path, rows, delimiter=";", encoding="utf-8", newline="\n"):
    def quote(cell):
        value = "" if cell is None else str(cell)
        return '"' + value.replace('"', '""') + '"' if set(value) & set('";,\n') else value

    lines = [delimiter.join(map(quote, row)) for row in rows]
    path.write_bytes(newline.join(lines).encode(encoding))
    return path


def lines_of(path, **options):
    read = list(read_file(path, **options))
    assert all(isinstance(one, Found) for one in read), read
    return [one.line for one in read]


def faults_of(path, **options):
    return [
        fault for one in read_file(path, **options) if not isinstance(one, Found) for fault in one
    ]


def challenge():
    return ChallengeLine(**CHALLENGE | {"themes": ("social", "proc"), "cpv": ("90910000",)})


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_file_is_read_whatever_program_wrote_it(tmp_path, delimiter, encoding, newline):
    path = csv_of(tmp_path / "c.csv", table(CHALLENGE), delimiter, encoding, newline)
    assert lines_of(path) == [challenge()]


def test_a_workbook_is_read_with_its_numbers_and_dates(tmp_path):
    rows = table(CHALLENGE | {"cpv": 90910000, "until": date(2027, 5, 31)})
    assert lines_of(workbook(tmp_path / "c.xlsx", Haasteet=rows)) == [challenge()]


def test_codes_that_a_spreadsheet_took_for_numbers_get_their_zeros_back(tmp_path):
    rows = table(UNIT | {"regions": 5, "municipality": 5})
    (unit,) = lines_of(workbook(tmp_path / "u.xlsx", Yksiköt=rows))
    assert (unit.regions, unit.municipality) == (("05",), "005")
    rows = table(CHALLENGE | {"cpv": 3000000})
    (line,) = lines_of(workbook(tmp_path / "c.xlsx", Haasteet=rows))
    assert line.cpv == ("03000000",)


def test_every_sheet_is_a_table_of_its_own(tmp_path):
    path = workbook(tmp_path / "all.xlsx", Yksiköt=table(UNIT), Tyhjä=[], Haasteet=table(CHALLENGE))
    unit, line = lines_of(path)
    assert isinstance(unit, UnitLine)
    assert (unit.name.sv, unit.location.lat) == ("Tavastehus", 60.996)
    assert unit.business_ids[0].y_tunnus == "7654321-2"
    assert line == challenge()


def test_a_table_may_begin_anywhere_and_have_gaps(tmp_path):
    heading, row = table(CHALLENGE | {"stage": "begun"})
    rows = [[], [], ["", "", *heading], [], ["", "", *row]]
    (fault,) = faults_of(workbook(tmp_path / "c.xlsx", Haasteet=rows))
    assert (fault.sheet, fault.row, fault.column) == ("Haasteet", 5, "stage")


def test_json_lines_hold_units_challenges_and_agents(tmp_path):
    path = text(
        tmp_path / "all.jsonl",
        "# a comment, and an empty line",
        "",
        json.dumps({"type": "unit", "id": "KU1", "kind": "parish", "name": {"fi": "A"},
                    "languages": ["sv"]}),
        json.dumps({"type": "challenge", "unit_id": "KU1", "title": CHALLENGE["title"],
                    "text": CHALLENGE["text"]}),
        json.dumps({"type": "agent", "host": {"fi": "B"},
                    "territories": [{"region": "05", "starts": "2026-01-01"}]}),
    )  # fmt: skip
    assert [line.type for line in lines_of(path)] == ["unit", "challenge", "agent"]


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (
            "Yksikkö;Otsikko;Kuvaus;Teemat;Viimeinen päivä",
            "KU1;Siivouksen ehdot;{};social;31.5.2027",
        ),
        ("enhet;rubrik;beskrivning;teman;sista dag", "KU1;Siivouksen ehdot;{};social;2027-05-31"),
        ("UNIT-ID;Title;Text;Theme;until", "KU1;Siivouksen ehdot;{};social;31.05.2027"),
    ],
)
def test_headings_are_known_in_three_languages(tmp_path, headings, cells):
    body = "Miten valvomme ehtojen toteutumista?"
    (line,) = lines_of(text(tmp_path / "c.csv", headings, cells.format(body)))
    assert (line.unit_id, line.themes, line.until) == ("KU1", ("social",), date(2027, 5, 31))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_fault_of_a_table_has_its_row_and_the_heading_of_its_column(tmp_path, kind):
    bad = CHALLENGE | {"title": "a", "themes": "social|Bad One", "maturity": 9, "cpv": "9091"}
    rows = table(CHALLENGE, bad, CHALLENGE | {"unit_id": ""})
    rows[0][rows[0].index("title")] = "Otsikko"
    path = tmp_path / f"c.{kind}"
    faults = faults_of(csv_of(path, rows) if kind == "csv" else workbook(path, Haasteet=rows))
    assert [(fault.row, fault.column) for fault in faults] == [
        (3, "Otsikko"),
        (3, "themes"),
        (3, "cpv"),
        (3, "maturity"),
        (4, "unit_id"),
    ]
    assert "5 to 160 characters" in faults[0].accepted
    assert faults[1].wrong == "got 'Bad One'"
    assert faults[4].wrong == "missing"


def test_a_wrong_check_digit_is_told_by_the_column_of_the_table(tmp_path):
    rows = table(UNIT | {"y_tunnus": "7654321-3"})
    (fault,) = faults_of(csv_of(tmp_path / "u.csv", rows))
    assert (fault.row, fault.column) == (2, "y_tunnus")
    assert "check digit" in fault.wrong


def test_unknown_and_missing_headings_are_told_once_and_rows_are_not_read(tmp_path):
    path = text(tmp_path / "c.csv", "unit_id;title;txt;title", "KU1;a;b;c", "KU1;a;b;c")
    told = [(fault.row, fault.column, fault.wrong) for fault in faults_of(path)]
    assert told == [
        (1, "title", "more than one heading means title"),
        (1, "txt", "unknown heading"),
        (1, "title", "more than one heading means title"),
        (1, "text", "missing heading"),
    ]


def test_unknown_headings_are_left_out_when_asked(tmp_path):
    rows = table(CHALLENGE | {"Omat muistiinpanot": "x"})
    path = csv_of(tmp_path / "c.csv", rows)
    assert [fault.column for fault in faults_of(path)] == ["Omat muistiinpanot"]
    assert lines_of(path, skip_unknown=True) == [challenge()]


def test_a_row_with_more_cells_than_the_heading_is_told(tmp_path):
    path = text(tmp_path / "c.csv", "unit_id;title;text", "KU1;aaaaa;b;c;d;e")
    (fault,) = faults_of(path)
    assert (fault.row, fault.wrong) == (2, "6 cells")


def bad_file(path, **options):
    with pytest.raises(BadFile) as refusal:
        list(read_file(path, **options))
    return refusal.value.fault


def test_windows_1252_is_told_with_the_row_and_how_to_save_it(tmp_path):
    path = text(
        tmp_path / "c.csv", "unit_id;title;text", "KU1;aaaa;b", "KU1;Työ;b", encoding="cp1252"
    )
    fault = bad_file(path)
    assert "byte 0xF6 is not UTF-8 ('ö' in Windows-1252)" in fault.wrong
    assert fault.accepted == 'UTF-8; in Excel, save as "CSV UTF-8"'


def test_utf_16_is_told(tmp_path):
    path = text(tmp_path / "c.csv", "unit_id;title;text", "KU1;Työ;b", encoding="utf-16")
    assert bad_file(path).wrong == "the text is UTF-16"


def test_a_quote_that_is_never_closed_is_told(tmp_path):
    path = text(tmp_path / "c.csv", "unit_id;title;text", 'KU1;"Työ;b', "KU1;a;b")
    assert "no CSV" in bad_file(path).wrong


@pytest.mark.parametrize("name", ["c.csv", "c.jsonl"])
def test_a_nul_character_is_told(tmp_path, name):
    path = text(tmp_path / name, "unit_id;title;text", "KU1;Ty\x00ö;b")
    if name == "c.csv":
        assert "NUL" in bad_file(path).wrong
    else:
        assert len(faults_of(path)) == 2


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "not JSON"),
        ("[1]", "a list, not an object"),
        ('{"type": "unit", "type": "unit"}', "the field 'type' stands twice"),
        ('{"type": "unit", "lat": NaN}', "NaN is no number of JSON"),
        ("[" * 50_000, "too deeply nested"),
        ('{"a": ' * 15_000, "too deeply nested"),
        ("9" * 5_000, "not JSON"),
        ('{"type": "vendor"}', "got 'vendor'"),
        ("{}", "missing"),
        ('{"type": ["unit"]}', "got ['unit']"),
        ('{"type": "unit", "name": {"fi": "\\ud800"}}', "got"),
        ("x" * 100_001, "longer than 100000 bytes"),
    ],
)
def test_a_bad_line_of_json_is_told_by_its_number(tmp_path, line, wrong):
    faults = faults_of(text(tmp_path / "c.jsonl", "# heading", line))
    assert {fault.row for fault in faults} == {2}
    assert wrong in faults[0].wrong or any(wrong in fault.wrong for fault in faults)


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("c.pdf", b"%PDF-1.7", "the name ends in '.pdf'"),
        ("c", b"", "the name has no ending"),
        ("c.xlsx", b"not a zip", "no workbook"),
        ("c.xlsx", b"PK\x03\x04" + b"\x00" * 100, "no workbook"),
        ("c.xlsx", b"", "no workbook"),
    ],
)
def test_a_file_of_another_kind_is_told_with_what_is_accepted(tmp_path, name, content, wrong):
    (tmp_path / name).write_bytes(content)
    assert wrong in bad_file(tmp_path / name).wrong


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert bad_file(tmp_path / "none.csv").wrong == "No such file or directory"
    assert bad_file(Path(tmp_path)).wrong


def test_limits_of_size_and_rows_are_told(tmp_path):
    path = text(tmp_path / "c.jsonl", *['{"type": "x"}'] * 5)
    assert "at most 10 bytes" in bad_file(path, limits=LIMITS._replace(file_bytes=10)).accepted
    assert "at most 4;" in bad_file(path, limits=LIMITS._replace(rows=4)).accepted


def test_an_empty_file_holds_nothing(tmp_path):
    for name in ("c.csv", "c.jsonl"):
        assert lines_of(text(tmp_path / name)) == []
    assert lines_of(workbook(tmp_path / "c.xlsx", Tyhjä=[])) == []


def test_formulas_and_hostile_text_are_kept_as_they_are(tmp_path):
    hostile = "=cmd|' /C calc'!A0 <script>alert(1)</script> {{7*7}} \u202e '; DROP TABLE--"
    (line,) = lines_of(csv_of(tmp_path / "c.csv", table(CHALLENGE | {"text": hostile})))
    assert line.text == hostile
