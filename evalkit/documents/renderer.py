"""What a file format is: an ending and a way to write a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.documents.blocks import Document
from evalkit.texts.text import Language


@dataclass(frozen=True, slots=True)
class Renderer:
    """Hold one format; each file of `documents/renderers/` declares one as `RENDERER`.

    Parameters
    ----------
    extension : ending of its files, without the dot.
    render : gives the bytes of a document in a language; the same bytes for the same document.
    """

    extension: str
    render: Callable[[Document, Language], bytes]
