"""SPSS: .sav, .zsav and .por, with value labels and user-missing codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.statistics_files import read_statistics_file
from evalkit.responses.foreign.table import ForeignTable

if TYPE_CHECKING:
    import pandas as pd


def read_spss(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read an SPSS file; codes declared as missing stay what they are. See `read_foreign`."""
    import pyreadstat

    if file.suffix.lower() == ".por":
        return read_statistics_file(file, _read_por, ReadingOptions())
    return read_statistics_file(file, pyreadstat.read_sav, options, user_missing=True)


def _read_por(file: str, **how: Any) -> tuple[pd.DataFrame, Any]:
    # What read_por itself calls: read_por blanks the codes that the file declares as missing.
    from pyreadstat.pyreadstat import parser_entry_point  # type: ignore[attr-defined]

    frame, meta = parser_entry_point(file, parser_format="por", user_missing=True, **how)
    return frame, meta


IMPORTER = Importer((".sav", ".zsav", ".por"), read_spss)
