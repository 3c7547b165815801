"""What a document of a year is: who reads it, and which rules hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalkit.reports.section import Reader


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """Hold one document of a year; each file of `reports/documents/` declares one as `DOCUMENT`.

    Parameters
    ----------
    reader : who reads it; its files are named so, and sections say in whose documents they stand.
    order : its place in lists of documents.
    type_size : of its letters.
    tables : whether tables may stand in it.
    compares : whether its headline sets the sites against the comparison sites; else it says what changed.
    longest_sentence : most words that a sentence of it may have.
    most_pages : most pages in print for a whole study of four outcomes; None where it may be long.
    """

    reader: Reader
    order: int
    type_size: Literal["normal", "large"] = "normal"
    tables: bool = True
    compares: bool = True
    longest_sentence: int = 20
    most_pages: int | None = None
