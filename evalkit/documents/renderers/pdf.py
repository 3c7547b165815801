"""Write a document as PDF for print and for screen readers: tagged, with its fonts, by PDF/UA-1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from evalkit.documents.blocks import (
    Block,
    BulletList,
    Callout,
    Document,
    Figure,
    Heading,
    KeyFact,
    KeyFacts,
    Paragraph,
    Table,
    TypeSize,
    Words,
)
from evalkit.documents.drawing import Placed, placed, svg_of
from evalkit.documents.renderer import Renderer
from evalkit.documents.speaking import (
    column_weights,
    file_title,
    grid_of,
    hides,
    joined,
    language_tag,
    spoken,
    ui,
)
from evalkit.documents.typesetting import MAIN, showable, typeset_pdf
from evalkit.texts.text import Language

ROOM = (
    482.0,
    {"normal": 480.0, "large": 265.0},
)  # points across a page; and down, beside words and a heading
LETTERS: dict[TypeSize, float] = {"normal": 105, "large": 82}  # of a table's columns, at their usual size
TURNED = 1.35  # times that many on a page that lies on its side
SMALLEST = 0.75  # of the usual type size
LONG_CALLOUT = 900  # letters: a longer one may go on overleaf

Spoken = dict[str, Any]


def render(document: Document, lang: Language) -> bytes:
    """Return the PDF of a document in one language.

    Parameters
    ----------
    document : any document.
    lang : one of its languages.

    Returns
    -------
    PDF/UA-1 (ISO 14289-1): tagged, titled, in its language, each figure with its alternative text. It
    tells no date, so that the same document gives the same bytes.
    """
    template = resources.files("evalkit.documents") / "templates" / "document.typ"
    figures = [b for part in document.parts for b in part.blocks if isinstance(b, Figure)]
    width, heights = ROOM
    room = (width, heights[document.type_size])
    pictures = {figure.id: placed(figure, lang, document.type_size, room) for figure in figures}
    files = {
        MAIN: template.read_bytes(),
        "document.json": json.dumps(_spoken_document(document, pictures, lang)).encode(),
        **{_file_of(figure): svg_of(figure, lang, pictures[figure.id].shape).encode() for figure in figures},
    }
    return typeset_pdf(files)


def _file_of(figure: Figure) -> str:
    return f"{figure.id}.svg"


def _spoken_document(document: Document, pictures: Mapping[str, Placed], lang: Language) -> Spoken:
    """Return all words of a document, as the template takes them."""
    language, region = language_tag(lang).split("-")
    return {
        "lang": language,
        "region": region,
        "type_size": document.type_size,
        "file_title": showable(file_title(document, lang)),
        "title": _words(document.title, lang),
        "subtitle": _words(document.subtitle, lang),
        "headline": _words(document.headline, lang),
        "banner": None if document.banner is None else _words(document.banner, lang),
        "parts": [
            {
                "title": _words(part.title, lang),
                "blocks": [_spoken_block(block, pictures, document.type_size, lang) for block in part.blocks],
            }
            for part in document.parts
        ],
    }


def _spoken_block(
    block: Block, pictures: Mapping[str, Placed], type_size: TypeSize, lang: Language
) -> Spoken:
    match block:
        case Heading():
            told: Spoken = {"words": _words(block.words, lang)}
        case Paragraph() | BulletList():
            told = _spoken_text(block, lang)
        case Callout():
            content = [{"kind": type(inner).__name__, **_spoken_text(inner, lang)} for inner in block.content]
            told = {
                "title": _words(block.title, lang),
                "tone": block.tone,
                "content": content,
                "breakable": len(str(content)) > LONG_CALLOUT,
            }
        case KeyFacts():
            told = {"facts": [_spoken_fact(fact, lang) for fact in block.facts]}
        case Table():
            told = _spoken_table(block, type_size, lang)
        case Figure():
            told = _spoken_figure(block, pictures, lang)
    return {"kind": type(block).__name__, **told}


def _spoken_text(block: Paragraph | BulletList, lang: Language) -> Spoken:
    if isinstance(block, Paragraph):
        return {"role": block.role, "words": _joined(block.sentences, lang)}
    return {"points": [_joined(point, lang) for point in block.points]}


def _spoken_fact(fact: KeyFact, lang: Language) -> Spoken:
    return {
        "label": _words(fact.label, lang),
        "verdict": _words(fact.verdict, lang),
        "detail": [_words(detail, lang) for detail in fact.detail],
        "tone": fact.tone,
    }


def _spoken_table(table: Table, type_size: TypeSize, lang: Language) -> Spoken:
    grid = grid_of(table, lang)
    letters = LETTERS[type_size]
    weights = column_weights(grid)
    if sum(weights) > letters:
        weights = column_weights(grid, tight=True)
    turned = sum(weights) > letters / SMALLEST
    heads, *rows = [[showable(words) for words in row] for row in grid]
    return {
        "caption": _words(table.caption, lang),
        "heads": heads,
        "rows": rows,
        "weights": weights,
        "turned": turned,
        "scale": max(SMALLEST, min(1.0, letters * (TURNED if turned else 1) / sum(weights))),
        "note": ui("hidden_note", lang) if hides(table) else None,
    }


def _spoken_figure(figure: Figure, pictures: Mapping[str, Placed], lang: Language) -> Spoken:
    return {
        "file": _file_of(figure),
        "width": pictures[figure.id].width,
        "title": _words(figure.title, lang),
        "alt": _joined(figure.alt, lang),
        "caption": _joined(figure.caption, lang),
    }


def _words(value: Words, lang: Language) -> str:
    return showable(spoken(value, lang))


def _joined(values: tuple[Words, ...], lang: Language) -> str:
    return showable(joined(values, lang))


RENDERER = Renderer("pdf", render)
