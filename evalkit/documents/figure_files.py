"""The figures of a document as files of their own, for slides and posters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from evalkit.documents.blocks import Document, Figure
from evalkit.documents.drawing import png_of, svg_of
from evalkit.texts.text import Language

FORMATS: Mapping[str, Callable[[Figure, Language], bytes]] = MappingProxyType(
    {
        "png": lambda figure, lang: png_of(figure, lang, "wide"),
        "svg": lambda figure, lang: svg_of(figure, lang, "wide").encode("utf-8"),
    }
)


def figure_files(
    document: Document, lang: Language, formats: Collection[str] = tuple(FORMATS)
) -> Mapping[str, bytes]:
    """Return each figure of a document in a language, by the name of its file.

    Parameters
    ----------
    document : any document.
    lang : one of its languages.
    formats : `png` (200 pixels an inch, on white) and `svg` (letters as paths, without ground).

    Returns
    -------
    Bytes by name, such as `figure-changes.png`; the same bytes for the same document.
    """
    figures = [block for part in document.parts for block in part.blocks if isinstance(block, Figure)]
    return {f"{figure.id}.{name}": FORMATS[name](figure, lang) for figure in figures for name in formats}
