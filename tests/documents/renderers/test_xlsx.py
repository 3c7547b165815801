"""The workbook holds every shared table, numbers as numbers, hidden cells as words, and no formula."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from evalkit.documents.blocks import Column, Figure, Table
from evalkit.documents.renderers.xlsx import HEAD, RENDERER, number_format, render
from evalkit.documents.shared_tables import shared_tables
from evalkit.texts.phrases import phrase
from evalkit.texts.text import Language, text_of
from tests.documents.sample import document

WORDS = text_of("w")


def opened(words: str = "Words", lang: Language = "en", **changes: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(replace(document(words, "Not real"), **changes), lang)))


def with_blocks(*blocks: Any) -> Any:
    made = document()
    return replace(made, parts=(replace(made.parts[0], blocks=blocks),))


def test_contents_come_first_and_lead_to_each_table() -> None:
    book = opened()
    links = [cell.hyperlink.location for row in book.worksheets[0] for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert len(links) == 1


def test_numbers_are_numbers_and_hidden_cells_are_words() -> None:
    sheet = opened().worksheets[1]
    hidden = phrase("documents.hidden_short").say("en")
    values = [sheet.cell(row, 2).value for row in range(HEAD + 1, HEAD + 5)]
    assert values == [hidden, 31, hidden, 61]
    assert sheet.freeze_panes == f"B{HEAD + 1}"


def test_a_number_is_told_no_finer_than_on_the_page() -> None:
    table = next(block for block in document().parts[0].blocks if isinstance(block, Table))
    share = replace(table, columns=(Column("n", WORDS, share=True), Column("n", WORDS, digits=1)))
    made = openpyxl.load_workbook(io.BytesIO(render(with_blocks(share), "en"))).worksheets[1]
    assert made.cell(HEAD + 2, 2).value == round(made.cell(HEAD + 2, 2).value, 2)
    assert made.cell(HEAD + 2, 2).number_format == "#,##0%"


@pytest.mark.parametrize(
    ("column", "written"),
    [
        (Column("c", WORDS), "#,##0"),
        (Column("c", WORDS, 1, signed=True), "+#,##0.0;-#,##0.0;#,##0.0"),
        (Column("c", WORDS, 1, share=True), "#,##0.0%"),
    ],
)
def test_each_column_has_its_format(column: Column, written: str) -> None:
    assert number_format(column) == written


def test_nothing_is_a_formula_and_names_are_taken_by_excel() -> None:
    book = opened('=HYPERLINK("x") [a]:b/c*d? \'' + 40 * "z" + "\x07")
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert "f" not in {cell.data_type for cell in cells}
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)


def test_the_banner_stands_on_every_sheet() -> None:
    for sheet in opened():
        assert "Not real" in [cell.value for row in sheet.iter_rows(max_row=HEAD) for cell in row]


def test_a_figure_brings_its_numbers_when_no_table_prints_them() -> None:
    blocks = document().parts[0].blocks
    table = next(block for block in blocks if isinstance(block, Table))
    figure = next(block for block in blocks if isinstance(block, Figure))
    assert shared_tables(with_blocks(table, figure)) == (table,)
    assert [shared.caption for shared in shared_tables(with_blocks(figure))] == [figure.title]
    told = replace(table, caption=text_of("behind"))
    assert shared_tables(with_blocks(replace(figure, table=told))) == (told,)
    fewer = replace(table, row_heads={"all": WORDS})
    assert [len(shared.row_heads) for shared in shared_tables(with_blocks(figure, fewer))] == [1, 4]


def test_the_file_says_its_language_and_title() -> None:
    book = opened("Un bilan", "fr")
    assert (book.properties.language, book.properties.title) == ("fr-CA", "Un bilan – Un bilan")
    assert book.sheetnames[0] == phrase("documents.contents").say("fr")


def test_the_same_document_gives_the_same_bytes_in_two_processes() -> None:
    script = (
        "import hashlib; from tests.documents.sample import document;"
        "from evalkit.documents.renderers.xlsx import render;"
        "print(hashlib.sha256(render(document(), 'fr')).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1] != ""
    assert RENDERER.render(document(), "fr") == RENDERER.render(document(), "fr")
