"""SAS: .sas7bdat and .xpt, with special missing codes where the format keeps them."""

from __future__ import annotations

from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.statistics_files import read_statistics_file
from evalkit.responses.foreign.table import ForeignTable

TRANSPORT_RECORD = 80


def read_sas(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read a SAS file; a special missing code such as .A is the cell `A`. See `read_foreign`."""
    import pyreadstat

    if file.suffix.lower() != ".xpt":
        return read_statistics_file(file, pyreadstat.read_sas7bdat, options, user_missing=True)
    # A transport file does not say how many rows it has, but it is made of whole records.
    if file.stat().st_size % TRANSPORT_RECORD:
        raise ProblemsFound([error("import.cut_short", Place(file=str(file)))])
    return read_statistics_file(file, pyreadstat.read_xport, options)


IMPORTER = Importer((".sas7bdat", ".xpt"), read_sas)
