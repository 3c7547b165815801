"""Whatever people write, every format can be written and opened again."""

from __future__ import annotations

import io

import docx
import openpyxl
import pikepdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.documents.renderers.docx import render as to_docx
from evalkit.documents.renderers.html import render as to_html
from evalkit.documents.renderers.pdf import render as to_pdf
from evalkit.documents.renderers.xlsx import render as to_xlsx
from evalkit.documents.speaking import column_weights, spoken
from evalkit.documents.typesetting import showable
from evalkit.texts.text import text_of
from tests.documents.sample import document

ANY = st.text(st.characters(), max_size=40)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY)
def test_any_text_can_be_written_in_every_format(words: str) -> None:
    made = document(words or " ", words)
    assert to_html(made, "fr").startswith("<!DOCTYPE html>")
    assert len(pikepdf.open(io.BytesIO(to_pdf(made, "fr"))).pages) > 0
    assert docx.Document(io.BytesIO(to_docx(made, "fr"))).paragraphs
    assert len(openpyxl.load_workbook(io.BytesIO(to_xlsx(made, "fr"))).sheetnames) == 2


@given(ANY)
def test_spoken_words_lose_no_letter(words: str) -> None:
    told = spoken(text_of(words), "en")
    assert len(told) == len(words)
    told.encode("utf-8")
    assert [c for c in words if c.isalnum()] == [c for c in told if c.isalnum()]


@given(ANY)
def test_a_printed_character_stands_for_itself_or_is_told(words: str) -> None:
    assert all(c in showable(words) or f"U+{ord(c):04X}" in showable(words) for c in words)


@given(st.lists(st.lists(st.text("abc 1", max_size=60), min_size=3, max_size=3), min_size=2, max_size=6))
def test_a_tight_table_is_no_wider(rows: list[list[str]]) -> None:
    grid = tuple(tuple(row) for row in rows)
    loose, tight = column_weights(grid), column_weights(grid, tight=True)
    assert all(small <= large for small, large in zip(tight, loose, strict=True))
