"""SPSS: .sav, .zsav and .por, with value labels and user-missing codes."""

from __future__ import annotations

from pathlib import Path

from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.statistics_files import read_statistics_file
from evalkit.responses.foreign.table import ForeignTable


def read_spss(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read an SPSS file; codes declared as missing stay what they are. See `read_foreign`."""
    import pyreadstat

    if file.suffix.lower() == ".por":
        # Portable files carry no declaration of missing codes that pyreadstat could hand on.
        return read_statistics_file(file, pyreadstat.read_por, ReadingOptions())
    return read_statistics_file(file, pyreadstat.read_sav, options, user_missing=True)


IMPORTER = Importer((".sav", ".zsav", ".por"), read_spss)
