"""Each format (csv, xlsx, latex, html) gives the table back, and nothing in it is obeyed."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from evalkit.models.table_format import known_formats, write_tables

TABLE = pd.DataFrame(
    {
        "analysis": ["gap_1 & <b>", "=cmd()", "“été” 100 %"],
        "estimate": [1.25, None, -0.5],
        "n_sites": [6, 6, 5],
    }
)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    files = write_tables({"fits": TABLE}, tmp_path, known_formats())
    return {file.suffix[1:]: file for file in files}


def test_every_format_has_its_file(written: dict[str, Path]) -> None:
    assert set(written) == {"csv", "xlsx", "tex", "html"}


def test_csv_and_workbook_give_the_table_back(written: dict[str, Path]) -> None:
    pd.testing.assert_frame_equal(pd.read_csv(written["csv"]), TABLE)
    pd.testing.assert_frame_equal(pd.read_excel(io.BytesIO(written["xlsx"].read_bytes())), TABLE)


def test_a_workbook_holds_no_formula(written: dict[str, Path]) -> None:
    from openpyxl import load_workbook

    sheet = load_workbook(written["xlsx"]).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A3"].value == "=cmd()"


def test_latex_escapes_what_it_would_obey(written: dict[str, Path]) -> None:
    text = written["tex"].read_text(encoding="utf-8")
    assert r"gap\_1 \& <b>" in text and r"100 \%" in text and "$-0.500$" in text
    assert text.count(r"\\") == 4 and r"\begin{tabular}{lrr}" in text


def test_html_escapes_and_says_what_each_column_is(written: dict[str, Path]) -> None:
    page = written["html"].read_text(encoding="utf-8")
    assert "gap_1 &amp; &lt;b&gt;" in page and "<b>" not in page
    assert page.count('scope="col"') == 3 and "<caption>fits</caption>" in page
