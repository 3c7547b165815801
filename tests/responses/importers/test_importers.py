"""Each format gives the same cells, and refuses what is broken with a code and not a guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from evalkit.errors import ProblemsFound
from evalkit.responses.foreign.importer import ReadingOptions
from evalkit.responses.foreign.reading import importer_of, read_foreign
from evalkit.responses.foreign.table import ForeignTable

FRAME = pd.DataFrame(
    {"respondent": ["a1", "a2", "a3"], "coh1": [1.0, 8.0, None], "remark": ["ete", None, "x"]}
)
CELLS = {"respondent": ["a1", "a2", "a3"], "coh1": ["1", "8", None], "remark": ["ete", None, "x"]}
LABELS = {"coh1": {1: "Pas du tout", 8: "NSP"}}


def cells(table: ForeignTable) -> dict[str, list[Any]]:
    return {name: table.column(name).texts().tolist() for name in table.cells}


def refusal(file: Path, **options: str) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read_foreign(file, ReadingOptions(**options))
    assert all(p.what("fr") and p.do("fr") and p.what("en") and p.do("en") for p in found.value.problems)
    return [problem.code for problem in found.value.problems]


def write_xlsx(file: Path, *sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


def _text(frame: pd.DataFrame, file: Path) -> None:
    frame.assign(coh1=frame["coh1"].astype("Int64")).to_csv(file, index=False)


def _workbook(frame: pd.DataFrame, file: Path) -> None:
    write_xlsx(
        file, [list(frame.columns), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]
    )


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "csv": _text,
    "xlsx": _workbook,
    "sav": lambda frame, file: pyreadstat.write_sav(frame, file, variable_value_labels=LABELS),
    "zsav": lambda frame, file: pyreadstat.write_sav(frame, file, compress=True),
    "dta": lambda frame, file: pyreadstat.write_dta(frame, file, variable_value_labels=LABELS),
    "xpt": pyreadstat.write_xport,
}


@pytest.mark.parametrize("ending", WRITERS)
def test_every_format_gives_the_same_cells(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"answers.{ending}"
    WRITERS[ending](FRAME, file)
    table = read_foreign(file)
    assert cells(table) == CELLS
    assert table.rows.tolist() == [1, 2, 3]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "spss", "stata", "sas"])
def test_endings_find_their_importer(ending: str) -> None:
    endings = {"spss": ".SAV", "stata": ".dta", "sas": ".sas7bdat"}
    assert importer_of(Path(f"a{endings.get(ending, '.' + ending)}")) is not None


@pytest.mark.parametrize("ending", WRITERS)
def test_empty_files_are_refused(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"answers.{ending}"
    file.touch()
    assert refusal(file) == ["import.empty_file"]


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "xpt", "xlsx"])
@pytest.mark.parametrize("share", [0.123, 0.5, 0.9])
def test_truncated_files_are_refused(tmp_path: Path, ending: str, share: float) -> None:
    long = pd.concat([FRAME] * 401, ignore_index=True)
    file = tmp_path / f"answers.{ending}"
    WRITERS[ending](long, file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    assert refusal(file)[0] in ("import.unreadable", "import.cut_off", "import.cut_short")


def test_missing_and_unknown_files_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == ["import.no_file"]
    assert refusal(tmp_path / "answers.docx") == ["import.unknown_format"]


TEXT = "respondent;money;remark\na1;3,5;Où ça ? À l’été\na2;4;déjà\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "answers.csv"
    text = TEXT.replace("3,5", '"3,5"').replace(";", delimiter)
    file.write_bytes(text.encode(encoding))
    table = read_foreign(file)
    assert cells(table)["remark"] == ["Où ça ? À l’été", "déjà"]
    assert cells(table)["money"] == ["3,5", "4"]
    assert table.delimiter == delimiter
    said = [n.code for n in table.notes]
    assert said == (["import.encoding_found"] if encoding in ("cp1252", "mac_roman") else [])


def test_csv_takes_what_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes("respondent;remark\na1;été, déjà\n".encode("cp850"))
    table = read_foreign(file, ReadingOptions(encoding="cp850", delimiter=";"))
    assert cells(table)["remark"] == ["été, déjà"]
    assert refusal(file, encoding="utf-8") == ["import.wrong_encoding"]
    assert refusal(file, encoding="klingon") == ["import.unknown_encoding"]


def test_csv_keeps_line_breaks_and_delimiters_in_quotes(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text('respondent,remark\na1,"one\ntwo, ""three"""\n\na2,x\n', encoding="utf-8")
    table = read_foreign(file)
    assert cells(table)["remark"] == ['one\ntwo, "three"', "x"]
    assert table.rows.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"\n \n", ["import.empty_file"]),
        (b"respondent,coh1\n", ["import.no_rows"]),
        (b"respondent,coh1\n,\n", ["import.no_rows"]),
        (b"respondent,coh1,coh1\na,1,2\n", ["import.column_twice"]),
        (b"respondent,\na,1\n", ["import.column_without_name"]),
        (b"respondent,coh1\na,1\nb\nc,1,2\n", ["import.ragged_row"] * 2),
        (b'respondent,coh1\na,"1\n', ["import.broken_quotes"]),
        (b"PK\x03\x04\0\0\0", ["import.not_text"]),
    ],
)
def test_csv_refuses(tmp_path: Path, content: bytes, codes: list[str]) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    assert refusal(file) == codes


def test_csv_drops_columns_and_rows_without_anything(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("respondent,coh1,\na,1,\n,,\nb,2,\n", encoding="utf-8")
    table = read_foreign(file)
    assert cells(table) == {"respondent": ["a", "b"], "coh1": ["1", "2"]}
    assert table.rows.tolist() == [1, 3]


def test_xlsx_reads_dates_numbers_and_texts_without_changing_them(tmp_path: Path) -> None:
    row = ["01", date(2026, 9, 30), datetime(2026, 9, 30, 14, 5), 45567, 0.1, True]
    file = write_xlsx(tmp_path / "a.xlsx", [["respondent", "day", "started", "serial", "x", "flag"], row])
    said = {name: column[0] for name, column in cells(read_foreign(file)).items()}
    assert said == {
        "respondent": "01",
        "day": "2026-09-30",
        "started": "2026-09-30T14:05:00",
        "serial": "45567",
        "x": "0.1",
        "flag": "TRUE",
    }


def test_xlsx_asks_which_of_two_sheets(tmp_path: Path) -> None:
    rows = [["respondent", "coh1"], ["a", 1]]
    file = write_xlsx(tmp_path / "a.xlsx", rows, [["respondent", "coh1"], ["b", 2]])
    assert refusal(file) == ["import.several_sheets"]
    assert cells(read_foreign(file, ReadingOptions(sheet="Sheet1")))["respondent"] == ["b"]
    assert refusal(file, sheet="Sheet9") == ["import.unknown_sheet"]
    alone = write_xlsx(tmp_path / "b.xlsx", rows, [])
    assert cells(read_foreign(alone))["respondent"] == ["a"]


def test_xlsx_refuses_merged_cells_of_the_header_alone(tmp_path: Path) -> None:
    for merged, wrong in (("B1:C1", True), ("A2:A3", False)):
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (["respondent", "coh1", "coh2"], ["a", 1, 2], [None, 3, 4]):
            sheet.append(row)
        sheet.merge_cells(merged)
        file = tmp_path / "a.xlsx"
        book.save(file)
        if wrong:
            assert refusal(file) == ["import.merged_header"]
        else:
            assert cells(read_foreign(file))["coh1"] == ["1", "3"]


def test_spss_keeps_labels_and_user_missing_codes(tmp_path: Path) -> None:
    file = tmp_path / "a.sav"
    missing = {"coh1": [{"lo": 7, "hi": 9}]}
    pyreadstat.write_sav(FRAME, file, variable_value_labels=LABELS, missing_ranges=missing)
    table = read_foreign(file)
    assert cells(table)["coh1"] == ["1", "8", None]
    assert table.labels["coh1"] == {"1": "Pas du tout", "8": "NSP"}
    assert table.user_missing["coh1"] == {"8"}


def test_portable_files_keep_user_missing_codes() -> None:
    # Made with PSPP 1.6.2: EXPORT after MISSING VALUES coh1 (8, 9).
    table = read_foreign(Path(__file__).parent / "user_missing.por")
    assert cells(table)["COH1"] == ["2", "8", "9"]
    assert table.user_missing["COH1"] == {"8", "9"}
    assert table.labels["COH1"] == {"1": "Pas", "8": "NSP"}


def test_stata_keeps_extended_missing_codes(tmp_path: Path) -> None:
    file = tmp_path / "a.dta"
    frame = pd.DataFrame({"respondent": ["a", "b"], "coh1": [1, "a"]})
    pyreadstat.write_dta(frame, file, missing_user_values={"coh1": ["a"]})
    table = read_foreign(file)
    assert cells(table)["coh1"] == ["1", "a"]
    assert table.user_missing["coh1"] == {"a"}


SYNTAX = (
    'GET DATA\n /TYPE=TXT\n /FILE=\'C:\\export\\answers.dat\'\n /DELIMITERS=","\n /QUALIFIER="\'"\n'
    " /VARIABLES=\n V1 F4\n V2 DATETIME23.2\n V3 A30.\nCACHE.\n"
    'VALUE LABELS  V3\n "A1" "One ""and"" only"\n 2 "Two".\n'
    "RENAME VARIABLE ( V1 = id ).\nRENAME VARIABLE ( V2 = submitdate ).\nRENAME VARIABLE ( V3 = coh1 ).\n"
)


def test_spss_syntax_names_and_labels_the_cells_of_its_data_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.sps"
    file.write_text(SYNTAX, encoding="utf-8")
    (tmp_path / "answers.dat").write_text("1,'31-12-2024 10:00:00','it''s, two'\n2,,'A1'\n", encoding="utf-8")
    table = read_foreign(file)
    assert table.cells["submitdate"].tolist()[0] == "2024-12-31T10:00:00"
    assert table.cells["coh1"].tolist() == ["it's, two", "A1"]
    assert table.labels == {"coh1": {"A1": 'One "and" only', "2": "Two"}}


@pytest.mark.parametrize(
    ("syntax", "data", "code"),
    [
        (SYNTAX, None, "import.no_data_file"),
        (SYNTAX, "1,'x'\n", "import.ragged_row"),
        (SYNTAX, "1,'x',2,3\n", "import.ragged_row"),
        ("DISPLAY DICTIONARY.\n", "1\n", "import.unreadable"),
    ],
)
def test_spss_syntax_that_does_not_fit_its_data(
    tmp_path: Path, syntax: str, data: str | None, code: str
) -> None:
    file = tmp_path / "answers.sps"
    file.write_text(syntax, encoding="utf-8")
    if data is not None:
        (tmp_path / "answers.dat").write_text(data, encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_foreign(file)
    assert [problem.code for problem in found.value.problems] == [code]
