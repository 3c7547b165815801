"""Write a document as one HTML file that needs nothing else: no network, no script, ready for print."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from evalkit.documents.blocks import Column, Document, Figure, Shape, Table
from evalkit.documents.drawing import size_of, svg_of
from evalkit.documents.renderer import Renderer
from evalkit.documents.speaking import (
    cell_words,
    file_title,
    hides,
    joined,
    language_tag,
    printed_rows,
    spoken,
    ui,
)
from evalkit.texts.text import Language

TEMPLATE, STYLE = "document.html.j2", "document.css"


def render(document: Document, lang: Language) -> str:
    """Return the page of a document in one language.

    Parameters
    ----------
    document : any document.
    lang : one of its languages.

    Returns
    -------
    HTML: headings in order, tables with captions and scopes, figures with titles and descriptions
    (WCAG 2.2, level AA). The same document gives the same bytes.
    """
    helpers = {
        "say": lambda value: spoken(value, lang),
        "sentences": lambda values: joined(values, lang),
        "ui": lambda key: ui(key, lang),
        "cells": lambda table, row: [_cell(table, row, column, lang) for column in table.columns],
        "rows": printed_rows,
        "hides": hides,
        "svg": lambda figure, shape: _inline_svg(figure, lang, shape),
        "css_string": _css_string,
        "kind": lambda block: type(block).__name__,
    }
    page = _template().render(
        document=document, locale=language_tag(lang), window=file_title(document, lang),
        style=Markup(_resource(STYLE)), **helpers,
    )  # fmt: skip
    return re.sub(r"\n\s*\n+", "\n", page)


def _cell(table: Table, row: str, column: Column, lang: Language) -> Markup:
    """Return a cell; the sign of one without a number has words for those who listen to the page."""
    words = cell_words(table, row, column, lang)
    if table.data.number(row, column.id) is not None:
        return escape(words)
    state = "hidden" if table.data.hidden(row, column.id) else "absent"
    return Markup('<abbr title="{}">{}</abbr>').format(ui(f"{state}_short", lang), words)


def _inline_svg(figure: Figure, lang: Language, shape: Shape) -> Markup:
    """Return the picture for the body of a page, its ids made unique, named and described."""
    name = f"{figure.id}-{shape}"
    svg = svg_of(figure, lang, shape)
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    width, height = size_of(svg)
    opening = Markup(
        '<svg class="{shape}" role="img" aria-labelledby="{name}-title {name}-desc" '
        'viewBox="0 0 {width:g} {height:g}"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-desc">{desc}</desc>'
    ).format(
        shape=shape, name=name, width=width, height=height, title=spoken(figure.title, lang),
        desc=joined(figure.alt, lang),
    )  # fmt: skip
    return opening + Markup(svg[svg.index(">") + 1 :].strip())


def _css_string(words: str) -> Markup:
    """Return words as a CSS string: everything but letters and digits as its code point."""
    safe = "".join(c if c.isalnum() else f"\\{ord(c):06x}" for c in words)
    return Markup(f'"{safe}"')


def _resource(name: str) -> str:
    return (resources.files("evalkit.documents") / "templates" / name).read_text(encoding="utf-8")


@lru_cache
def _template() -> Any:
    environment = Environment(
        loader=FunctionLoader(_resource), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(TEMPLATE)


RENDERER = Renderer("html", lambda document, lang: render(document, lang).encode("utf-8"))
