"""Draw the figures of documents, each once a process: formats and documents share their pictures."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from evalkit.disclosure import DisclosedTable
from evalkit.documents.blocks import Draw, Figure, Shape, TypeSize
from evalkit.documents.typesetting import typeset_png
from evalkit.texts.text import Language

KEPT = 256  # pictures, of about 50 KB each: those of a site's documents in both languages
PIXELS = 200  # an inch
MOST: dict[TypeSize, float] = {"normal": 1.0, "large": 1.35}  # times its own size, on paper
SHAPES: dict[TypeSize, tuple[Shape, ...]] = {"normal": ("wide",), "large": ("narrow", "wide")}


@dataclass(frozen=True, slots=True)
class Placed:
    """Hold how a picture stands on paper.

    Parameters
    ----------
    width : points.
    scale : times the size that it was drawn in, and so of its letters.
    """

    shape: Shape
    width: float
    scale: float


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Hold a picture and all that it was drawn from."""

    lang: Language
    shape: Shape
    draw: Draw
    data: DisclosedTable
    svg: str

    def shows(self, figure: Figure, lang: Language, shape: Shape) -> bool:
        asked = (lang, shape, figure.draw, figure.data)
        return (self.lang, self.shape, self.draw, self.data) == asked


_drawings: deque[_Drawing] = deque(maxlen=KEPT)


def svg_of(figure: Figure, lang: Language, shape: Shape) -> str:
    """Return the picture of a figure as SVG; drawn anew only when its table, drawing or words differ."""
    kept = next((one for one in tuple(_drawings) if one.shows(figure, lang, shape)), None)
    if kept is None:
        kept = _Drawing(lang, shape, figure.draw, figure.data, figure.draw(figure.data, lang, shape))
        _drawings.append(kept)
    return kept.svg


def png_of(figure: Figure, lang: Language, shape: Shape) -> bytes:
    """Return the picture of a figure as pixels on white, 200 an inch."""
    return _png(svg_of(figure, lang, shape))


def placed(figure: Figure, lang: Language, type_size: TypeSize, room: tuple[float, float]) -> Placed:
    """Return how a figure stands on paper: in the shape that shows its letters largest.

    Parameters
    ----------
    room : width and height that it may take, in points.
    """
    found = []
    for shape in SHAPES[type_size]:
        width, height = size_of(svg_of(figure, lang, shape))
        scale = min(room[0] / width, room[1] / height, MOST[type_size])
        found.append(Placed(shape, scale * width, scale))
    return max(found, key=lambda one: one.scale)


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height of a picture, in points.

    Examples
    --------
    >>> size_of('<svg width="10pt" viewBox="0 0 10 5"/>')
    (10.0, 5.0)
    """
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0]
    return float(width), float(height)


@lru_cache(maxsize=KEPT)
def _png(svg: str) -> bytes:
    return typeset_png(svg, PIXELS)
