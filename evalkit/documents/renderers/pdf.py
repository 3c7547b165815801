"""Write a document as PDF for print and for screen readers: tagged, with its fonts, by PDF/UA-1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
    Shape,
    Table,
    TypeSize,
    Words,
)
from evalkit.documents.drawing import size_of, svg_of
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

WIDEST = 482.0  # points that a picture may take across a page
TALLEST: dict[TypeSize, float] = {"normal": 480.0, "large": 400.0}  # leaves room for its words and a heading
MOST: dict[TypeSize, float] = {"normal": 1.0, "large": 1.35}  # times its own size
SHAPES: dict[TypeSize, tuple[Shape, ...]] = {"normal": ("wide",), "large": ("narrow", "wide")}
LETTERS = 100  # of a table's columns that fit side by side at its usual type size
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
    pictures = {figure.id: _placed(figure, document.type_size, lang) for figure in figures}
    files = {
        MAIN: template.read_bytes(),
        "document.json": json.dumps(_spoken_document(document, pictures, lang)).encode(),
        **{_file_of(figure): pictures[figure.id].svg.encode() for figure in figures},
    }
    return typeset_pdf(files)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Hold a picture and the width that it takes on the page, in points."""

    svg: str
    width: float
    scale: float


def _placed(figure: Figure, type_size: TypeSize, lang: Language) -> _Placed:
    """Return a figure in the shape that shows its letters largest."""
    found = []
    for shape in SHAPES[type_size]:
        svg = svg_of(figure, lang, shape)
        width, height = size_of(svg)
        scale = min(WIDEST / width, TALLEST[type_size] / height, MOST[type_size])
        found.append(_Placed(svg, scale * width, scale))
    return max(found, key=lambda placed: placed.scale)


def _file_of(figure: Figure) -> str:
    return f"{figure.id}.svg"


def _spoken_document(document: Document, pictures: Mapping[str, _Placed], lang: Language) -> Spoken:
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
                "blocks": [_spoken_block(block, pictures, lang) for block in part.blocks],
            }
            for part in document.parts
        ],
    }


def _spoken_block(block: Block, pictures: Mapping[str, _Placed], lang: Language) -> Spoken:
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
            told = _spoken_table(block, lang)
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


def _spoken_table(table: Table, lang: Language) -> Spoken:
    grid = grid_of(table, lang)
    weights = column_weights(grid)
    heads, *rows = [[showable(words) for words in row] for row in grid]
    return {
        "caption": _words(table.caption, lang),
        "heads": heads,
        "rows": rows,
        "weights": weights,
        "scale": max(SMALLEST, min(1.0, LETTERS / sum(weights))),
        "note": ui("hidden_note", lang) if hides(table) else None,
    }


def _spoken_figure(figure: Figure, pictures: Mapping[str, _Placed], lang: Language) -> Spoken:
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
