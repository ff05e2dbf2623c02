"""A workbook made to fill the memory is refused before it does."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from services.loading.limits import LIMITS
from services.loading.lines import BadFile
from services.loading.reading import read_file

ROOT = Path(__file__).parents[3]
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def spoilt(tmp_path):
    """Make a sound workbook with some of its parts replaced."""

    def make(**parts):
        sound, path = tmp_path / "sound.xlsx", tmp_path / "spoilt.xlsx"
        with xlsxwriter.Workbook(sound) as book:
            book.add_worksheet("A").write_row(0, 0, ["unit_id", "title", "text"])
        names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
        replaced = {names[key]: value for key, value in parts.items()}
        with ZipFile(sound) as old, ZipFile(path, "w", ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, replaced.get(name, old.read(name)))
        return path

    return make


def sheet(data):
    return f'<worksheet xmlns="{NS}"><sheetData>{data}</sheetData></worksheet>'


def inline(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def refusal(path):
    with pytest.raises(BadFile) as refused:
        list(read_file(path))
    return refused.value.fault


def test_a_bomb_is_refused_by_what_it_promises(spoilt):
    path = spoilt(sheet=sheet(" " * (LIMITS.unpacked_bytes + 1)))
    assert path.stat().st_size < 200_000
    assert refusal(path).wrong == "too large when unpacked"


def test_a_part_that_is_longer_than_it_promises_is_refused(spoilt):
    path = spoilt(sheet=sheet("<row/>" * 1_000_000))
    raw = path.read_bytes()
    promised = len(sheet("<row/>" * 1_000_000)).to_bytes(4, "little")
    assert raw.count(promised) == 2
    path.write_bytes(raw.replace(promised, (100).to_bytes(4, "little")))
    assert "no workbook" in refusal(path).wrong


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="A900000"><v>1</v></c></row>',
         "a value in row 900000"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "a value in column 16384"),
        ("<row>" + "<c><v>1</v></c>" * 101 + "</row>", "a value in column 101"),
        ("<row><c><v>1</v></c></row>" * 50_002, "a value in row 50002"),
    ],
)  # fmt: skip
def test_a_value_far_away_is_refused_before_the_area_is_laid_out(spoilt, data, wrong):
    assert refusal(spoilt(sheet=sheet(data))).wrong == wrong


def test_styled_cells_far_away_that_hold_nothing_are_no_harm(spoilt):
    heading = "".join(
        f'<c r="{column}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABC", ("unit_id", "title", "text"), strict=True)
    )
    path = spoilt(sheet=sheet(f'<row r="1">{heading}<c r="XFD1" s="1"/></row>'))
    assert list(read_file(path)) == []


def test_a_long_text_shown_in_every_cell_is_refused(spoilt):
    strings = f'<sst xmlns="{NS}"><si><t>{"x" * 30_000}</t></si></sst>'
    cells = '<row><c t="s"><v>0</v></c></row>' * 5_000
    assert refusal(spoilt(strings=strings, sheet=sheet(cells))).wrong == "too much text"


def test_entities_are_refused(spoilt):
    lol = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    fault = refusal(spoilt(sheet=lol + sheet("<row><c><v>&b;</v></c></row>")))
    assert fault.wrong == "a document type is declared inside"


def test_an_outside_entity_is_not_read(spoilt, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    xxe = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'
    fault = refusal(spoilt(sheet=xxe + sheet("<row><c><v>&a;</v></c></row>")))
    assert "secret" not in str(fault).replace(secret.name, "")


def test_broken_xml_is_refused(spoilt):
    assert "no plain XML inside" in refusal(spoilt(sheet="<worksheet><sheetData>")).wrong


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its peak")
def test_a_workbook_of_ten_thousand_rows_is_read_within_256_megabytes(spoilt):
    heading = "".join(inline(text) for text in ("unit_id", "title", "text"))
    row = inline("KU1") + inline("x" * 100) + inline("y" * 500)
    rows = f"<row>{heading}</row>" + f"<row>{row}</row>" * (LIMITS.rows // 5)
    path = spoilt(sheet=sheet(rows))
    # Not ru_maxrss: it begins at what the parent had when it made the child.
    code = (
        "import sys; from pathlib import Path\n"
        "from services.loading.reading import read_file\n"
        "print(sum(1 for _ in read_file(Path(sys.argv[1]))))\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, peak_kib = map(int, done.stdout.split())
    assert count == LIMITS.rows // 5
    assert peak_kib * 1024 < 256_000_000
