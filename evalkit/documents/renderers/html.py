"""Write a document as one HTML file that needs nothing else: no network, no script, ready for print."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from evalkit.disclosure import Suppressed
from evalkit.documents.blocks import Column, Document, Figure, Shape, Table, Words
from evalkit.documents.renderer import Renderer
from evalkit.texts.numbers import LOCALES
from evalkit.texts.phrases import phrase, say
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
        "say": lambda value: say(value, lang),
        "sentences": lambda values: _join(values, lang),
        "ui": lambda key: phrase(f"documents.{key}").say(lang),
        "cells": lambda table, row: [_cell(table, row, column, lang) for column in table.columns],
        "hides": lambda table: any(
            table.data.hidden(r, c.id) for r in table.row_heads for c in table.columns
        ),
        "svg": lambda figure, shape: _inline_svg(figure, lang, shape),
        "css_string": _css_string,
        "kind": lambda block: type(block).__name__,
    }
    page = _template().render(
        document=document, locale=LOCALES[lang].replace("_", "-"), style=Markup(_resource(STYLE)), **helpers
    )
    return re.sub(r"\n\s*\n+", "\n", page)


def _join(values: Iterable[Words], lang: Language) -> str:
    return " ".join(say(value, lang) for value in values)


def _cell(table: Table, row: str, column: Column, lang: Language) -> Markup:
    value = table.data.at(row, column.id)
    if isinstance(value, Suppressed):
        return _mark("hidden", lang)
    return _mark("absent", lang) if value is None else escape(column.words(value).say(lang))


def _mark(state: str, lang: Language) -> Markup:
    """Return the sign of a cell without a number, with words for those who listen to the page."""
    sign, words = (phrase(f"documents.{state}_{part}").say(lang) for part in ("mark", "short"))
    return Markup('<abbr title="{}">{}</abbr>').format(words, sign)


def _inline_svg(figure: Figure, lang: Language, shape: Shape) -> Markup:
    """Return the picture for the body of a page, its ids made unique, named and described."""
    name = f"{figure.id}-{shape}"
    svg = figure.draw(figure.data, lang, shape)
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    width, height = (float(size) for size in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    opening = Markup(
        '<svg class="{shape}" role="img" aria-labelledby="{name}-title {name}-desc" '
        'viewBox="0 0 {width:g} {height:g}"><title id="{name}-title">{title}</title>'
        '<desc id="{name}-desc">{desc}</desc>'
    ).format(
        shape=shape, name=name, width=width, height=height, title=say(figure.title, lang),
        desc=_join(figure.alt, lang),
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
