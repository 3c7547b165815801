"""Stata: .dta, with value labels and the extended missing codes .a to .z."""

from __future__ import annotations

from pathlib import Path

from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.statistics_files import read_statistics_file
from evalkit.responses.foreign.table import ForeignTable


def read_stata(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read a Stata file; an extended missing code such as .a is the cell `a`. See `read_foreign`."""
    import pyreadstat

    return read_statistics_file(file, pyreadstat.read_dta, options, user_missing=True)


IMPORTER = Importer((".dta",), read_stata)
