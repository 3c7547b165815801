"""Roster files are read as people save them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from evalkit.errors import ProblemsFound
from evalkit.study.roster_file import read_roster_file
from evalkit.study.roster_rows import RosterRow

HEADER = "population,site,organisation,alias,name"


def _codes(path: Path) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read_roster_file(path)
    for problem in found.value.problems:
        assert problem.what("fr") and problem.do("en")
    return [problem.code for problem in found.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_what_spreadsheet_programs_write(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "r.csv"
    lines = ["Population;Site ;organisation;alias;name", 'partner;"S1;S2";Comité;7;"Nom; prénom"', ";;;;", ""]
    file.write_bytes(end.join(lines).encode(encoding))
    row = RosterRow("partner", ("S1", "S2"), "Comité", "7", "Nom; prénom", 1)
    assert read_roster_file(file) == (row,)


def test_reads_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for line in (
        ["population", "site", "alias"],
        ["resident", "S1", 101],
        [None, None, None],
        ["resident", "S2", 102.0],
    ):
        book.active.append(line)
    book.save(tmp_path / "r.xlsx")
    assert read_roster_file(tmp_path / "r.xlsx") == (
        RosterRow("resident", ("S1",), None, "101", None, 1),
        RosterRow("resident", ("S2",), None, "102", None, 3),
    )


def test_a_workbook_of_two_sheets_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("other")
    book.save(tmp_path / "r.xlsx")
    assert _codes(tmp_path / "r.xlsx") == ["roster.several_sheets"]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("", ["roster.empty_file"]),
        (HEADER, ["roster.empty_file"]),
        ("population,alias\nresident,1", ["roster.missing_column"]),
        ("population,site,phone\nresident,S1,5", ["roster.unknown_column"]),
        ("population,site,site\nresident,S1,S2", ["roster.column_twice"]),
        ("population,site\nresident,S1,S2", ["roster.too_many_cells"]),
        ('population,site\nresident,"S1', ["roster.not_a_table"]),
    ],
)
def test_refuses(tmp_path: Path, content: str, codes: list[str]) -> None:
    file = tmp_path / "r.csv"
    file.write_text(content, encoding="utf-8")
    assert _codes(file) == codes


def test_refuses_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"PK\x03\x04 cut short")
    assert _codes(tmp_path / "r.xlsx") == ["roster.not_a_table"]
    assert _codes(tmp_path / "none.csv") == ["store.unreadable_file"]
