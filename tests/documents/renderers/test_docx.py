"""The Word file opens again, has real styles and heads, and tells no date."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from evalkit.documents.blocks import TypeSize
from evalkit.documents.renderers.docx import RENDERER, render
from evalkit.texts.text import LANGUAGES, Language, Text
from tests.documents.sample import ATTACK, document

TWIP = 635  # Word's least width, in EMU: each cell is rounded to it


def opened(words: str = "Words", lang: Language = "en", **changes: Any) -> Any:
    return docx.Document(io.BytesIO(render(replace(document(words, "Not real"), **changes), lang)))


def text_of_all(word: Any) -> list[str]:
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in word.element.body.iter(qn("w:p"))]


def test_styles_are_real() -> None:
    styles = [paragraph.style.name for paragraph in opened().paragraphs]
    assert styles.index("Title") < styles.index("Heading 1") < styles.index("Heading 2")
    assert styles.count("Caption") == 3
    inner = [p.style.name for table in opened().tables for cell in table._cells for p in cell.paragraphs]
    assert "List Bullet" in inner


@pytest.mark.parametrize(("lang", "code"), [("fr", "fr-CA"), ("en", "en-CA")])
def test_the_file_says_its_language_and_title(lang: Language, code: str) -> None:
    word = opened("Un bilan", lang)
    marks = {mark.get(qn("w:val")) for mark in word.styles.element.iter(qn("w:lang"))}
    assert marks == {code}
    assert word.core_properties.language == code
    assert word.core_properties.title == "Un bilan – Un bilan"


def test_every_picture_has_its_alternative_text() -> None:
    pictures = [shape._inline.docPr.get("descr") for shape in opened("What it shows").inline_shapes]
    assert pictures == ["What it shows"] * 2


def test_the_table_repeats_its_heads_and_marks_what_is_hidden() -> None:
    tables = [table for table in opened().tables if table._tbl.tblPr.find(qn("w:tblCaption")) is not None]
    assert len(tables) == 1
    rows = tables[0].rows
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert heads == [True, False, False, False, False]
    assert [row.cells[1].text for row in rows] == ["Words", "x", "31", "x", "61"]


def test_tables_keep_within_the_margins() -> None:
    word = opened("Probably between, in a longer head than usual")
    section = word.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for table in word.tables:
        widths = [cell.width for cell in table.rows[0].cells]
        assert sum(widths) <= room + TWIP * len(widths)


def test_every_width_is_a_number() -> None:
    widths = [e.get(qn("w:w")) for e in opened().element.body.iter() if e.get(qn("w:w")) is not None]
    assert widths and all(width.isdigit() for width in widths)


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    told = text_of_all(opened(ATTACK + " \x0b end"))
    assert sum(ATTACK + " \ufffd end" in words for words in told) > 5


def test_each_language_has_its_own_words() -> None:
    words = Text({"fr": "Bonjour\u00a0!", "en": "Hello!"})
    assert "Bonjour\u00a0!" in text_of_all(opened("x", "fr", headline=words))
    assert "Hello!" not in text_of_all(opened("x", "fr", headline=words))


def test_the_banner_stands_above_every_page() -> None:
    assert opened().sections[0].header.paragraphs[0].text == "Not real"


@pytest.mark.parametrize(("type_size", "points"), [("normal", 11), ("large", 14)])
def test_the_body_has_its_size(type_size: TypeSize, points: float) -> None:
    assert opened(type_size=type_size).styles["Normal"].font.size.pt == points


def test_the_file_tells_no_date() -> None:
    with zipfile.ZipFile(io.BytesIO(render(document(), "fr"))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"dcterms:" not in archive.read("docProps/core.xml").replace(b"xmlns:dcterms", b"")


def test_the_same_document_gives_the_same_bytes_in_two_processes() -> None:
    script = (
        "import hashlib; from tests.documents.sample import document;"
        "from evalkit.documents.renderers.docx import render;"
        "print(hashlib.sha256(render(document(), 'fr')).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1] != ""
    assert RENDERER.render(document(), "fr") == RENDERER.render(document(), "fr")


def test_libreoffice_opens_and_converts_it(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("soffice is not installed")
    for lang in LANGUAGES:
        (tmp_path / f"d.{lang}.docx").write_bytes(render(document(ATTACK, "Not real"), lang))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    files = [str(file) for file in tmp_path.glob("*.docx")]
    command = [program, "--headless", home, "--convert-to", "pdf", "--outdir", str(tmp_path), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all((tmp_path / f"d.{lang}.pdf").read_bytes().startswith(b"%PDF") for lang in LANGUAGES)
