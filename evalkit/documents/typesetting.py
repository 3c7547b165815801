"""Typeset pages and pictures through typst, with the fonts that evalkit's wheels bring and no others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

MAIN = "main.typ"
FALLBACK = "DejaVuSans.ttf"  # what figures are lettered in; it has nearly every script


def typeset_pdf(files: Mapping[str, bytes]) -> bytes:
    """Return the tagged PDF (PDF/UA-1, ISO 14289-1) of a typst project.

    Parameters
    ----------
    files : the project by file name; it begins at `main.typ`.
    """
    return _compiled(files, format="pdf", pdf_standards="ua-1", font_paths=[_font_folder()])


def typeset_png(svg: str, pixels: int) -> bytes:
    """Return an SVG picture as pixels on white.

    Parameters
    ----------
    svg : a picture whose letters are paths.
    pixels : an inch.
    """
    page = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")'
    return _compiled({MAIN: page.encode(), "picture.svg": svg.encode()}, format="png", ppi=float(pixels))


def showable(words: str) -> str:
    """Return words that the fonts can show; any other character is told by its code point.

    Examples
    --------
    >>> showable("Ève, 5 €")
    'Ève, 5 €'
    """
    known = _characters()
    return "".join(c if c in known or c == "\n" else f"[U+{ord(c):04X}]" for c in words)


def _compiled(files: Mapping[str, bytes], **options: Any) -> bytes:
    from importlib import import_module

    typst: Any = import_module("typst")  # its types do not know of projects that stand in memory
    made: bytes = typst.compile(dict(files), ignore_system_fonts=True, **options)
    return made


@lru_cache
def _characters() -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    charmap: dict[Any, Any] = FT2Font(str(Path(_font_folder()) / FALLBACK)).get_charmap()
    return frozenset(map(chr, charmap))


@lru_cache
def _font_folder() -> str:
    import matplotlib as mpl

    return str(Path(mpl.get_data_path()) / "fonts" / "ttf")
