"""The PDF is tagged by PDF/UA-1, shows what people wrote letter by letter, and is the same bytes again."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from evalkit.documents.blocks import Column, Document, KeyFacts, Part, Table, TypeSize
from evalkit.documents.renderers.pdf import RENDERER, render
from evalkit.texts.text import Language, Text, text_of
from tests.documents.sample import document

HOSTILE = '#set page(fill: red) $x^2$ *b* _i_ @ref <tag> `raw` [a] \\u{1F} "q" // c -- \' ~ = h'
PRINTED_MARK = "x"


def opened(made: Document, lang: Language = "fr") -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(render(made, lang)))


def tags(pdf: pikepdf.Pdf) -> list[Any]:
    """Return every element of the structure, in the order of reading."""

    def below(element: Any) -> Iterator[Any]:
        if not isinstance(element, pikepdf.Dictionary):
            return
        if "/S" in element:
            yield element
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            yield from below(kid)

    return list(below(pdf.Root.StructTreeRoot))


def text_in(pdf: pikepdf.Pdf, page: int) -> str:
    """Return the letters of a page, by the map of each font back to Unicode."""
    found, fonts, font = [], pdf.pages[page].Resources.get("/Font", {}), ""
    maps = {name: to_unicode(fonts[name]) for name in fonts}
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[page]):
        if str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) in ("Tj", "TJ"):
            pieces = operands[0] if str(operator) == "TJ" else operands
            codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
            found += [maps[font].get(codes[i : i + 2], "\ufffd") for i in range(0, len(codes), 2)]
    return "".join(found)


def to_unicode(font: Any) -> dict[bytes, str]:
    lines = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", lines)
    return {bytes.fromhex(code): bytes.fromhex(words).decode("utf-16-be") for code, words in pairs}


@pytest.mark.parametrize(("lang", "code"), [("fr", "fr-CA"), ("en", "en-CA")])
def test_the_file_says_what_it_is(lang: Language, code: str) -> None:
    pdf = opened(document("Un bilan"), lang)
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == code
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as told:
        assert told["pdfuaid:part"] == "1"
        assert told["dc:title"] == "Un bilan – Un bilan"


def test_every_picture_has_its_alternative_text() -> None:
    pdf = opened(document("What it shows"))
    pictures = [tag for tag in tags(pdf) if tag.S == "/Figure"]
    assert [str(picture.Alt) for picture in pictures] == ["What it shows"] * 2


def test_headings_lists_and_tables_are_tagged() -> None:
    pdf = opened(document())
    names = [str(tag.S) for tag in tags(pdf)]
    assert [name for name in names if re.fullmatch("/H[1-6]", name)] == ["/H1", "/H2", "/H3"]
    assert (names.count("/L"), names.count("/LI"), names.count("/Table")) == (1, 1, 1)
    assert (names.count("/TH"), names.count("/TD")) == (3, 12)


def test_every_font_stands_in_the_file() -> None:
    pdf = opened(document("Ève ≤ 5 ♥"))
    fonts = [
        o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)


def test_what_people_wrote_is_letters_and_nothing_else() -> None:
    shown = text_in(opened(document(HOSTILE)), 0)
    assert HOSTILE.replace(" ", "") in shown.replace(" ", "")


def test_a_character_without_a_letter_form_is_told_by_its_code_point() -> None:
    assert "[U+1FAE0]" in text_in(opened(document("melting \U0001fae0 face")), 0)


def test_no_break_spaces_of_french_are_kept() -> None:
    assert "Combien\u00a0: 1\u00a0050" in text_in(opened(document("Combien\u00a0: 1\u00a0050")), 0)


def test_each_language_has_its_own_words() -> None:
    words = Text({"fr": "Bonjour", "en": "Hello"})
    told = replace(document(), title=words, subtitle=words, headline=words)
    assert "Hello" not in text_in(opened(told, "fr"), 0)
    assert "Hello" in text_in(opened(told, "en"), 0)


def test_hidden_cells_are_marked_and_no_number_is_told() -> None:
    table = next(b for b in document().parts[0].blocks if isinstance(b, Table))
    pdf = opened(replace(document(), parts=(Part("p", text_of("T"), (table,)),)), "en")
    shown = text_in(pdf, 0)
    assert "rowa" + PRINTED_MARK in shown.replace(" ", "")
    assert "23" not in shown


def test_the_banner_stands_on_every_page() -> None:
    facts = next(b for b in document().parts[0].blocks if isinstance(b, KeyFacts))
    pdf = opened(replace(document(banner="Not real"), parts=(Part("p", text_of("T"), (facts,) * 20),)))
    assert len(pdf.pages) > 2
    assert all(text_in(pdf, page).count("Not real") == 1 for page in range(len(pdf.pages)))


@pytest.mark.parametrize(("type_size", "points"), [("normal", 11), ("large", 14)])
def test_the_body_has_its_size(type_size: TypeSize, points: float) -> None:
    pdf = opened(replace(document(), type_size=type_size))
    sizes = [float(ops[1]) for ops, op in pikepdf.parse_content_stream(pdf.pages[0]) if str(op) == "Tf"]
    assert points in sizes


@pytest.mark.parametrize(("columns", "turned"), [(4, False), (12, True)])
def test_a_table_too_wide_for_the_page_lies_on_its_side(columns: int, turned: bool) -> None:
    table = next(block for block in document().parts[0].blocks if isinstance(block, Table))
    heads = tuple(Column("n", text_of("Probablement de"), 1) for _ in range(columns))
    wide = replace(table, columns=heads)
    pdf = opened(replace(document(), parts=(Part("p", text_of("T"), (wide,)),)))
    sizes = [[float(end) for end in page.MediaBox] for page in pdf.pages]
    assert any(right > top for _, _, right, top in sizes) == turned


def test_the_same_document_gives_the_same_bytes_in_two_processes() -> None:
    script = (
        "import hashlib; from tests.documents.sample import document;"
        "from evalkit.documents.renderers.pdf import render;"
        "print(hashlib.sha256(render(document(), 'fr')).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1] != ""
    assert RENDERER.render(document(), "fr") == RENDERER.render(document(), "fr")
