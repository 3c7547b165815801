"""What a file of `importers/` declares: which files it reads, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evalkit.responses.foreign.table import ForeignTable


@dataclass(frozen=True)
class ReadingOptions:
    """Hold what the user says about a file; None where evalkit shall find out.

    Parameters
    ----------
    delimiter : what separates the cells of a text file, one character.
    encoding : encoding of a text file, or of the texts in a statistics file.
    sheet : name of the sheet of a workbook.
    """

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Importer:
    """Hold a way to read a format.

    Parameters
    ----------
    endings : endings of file names, with their point, in lower case.
    read : gives the cells of a file without interpreting them; raises ProblemsFound.
    """

    endings: tuple[str, ...]
    read: Callable[[Path, ReadingOptions], ForeignTable]
