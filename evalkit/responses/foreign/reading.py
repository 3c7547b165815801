"""Read a file of answers in whatever format its name ends with."""

from __future__ import annotations

from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.registry import discover
from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.table import ForeignTable

IMPORTERS = "evalkit.responses.importers"


def read_foreign(file: Path, options: ReadingOptions = ReadingOptions()) -> ForeignTable:
    """Read the cells of a file, with value labels and user-missing codes where the format has them.

    Parameters
    ----------
    file : the file; the ending of its name says its format.
    options : delimiter, encoding and sheet, when they shall not be found out.

    Raises
    ------
    ProblemsFound : no such file, an unknown format, an empty or broken file, a header that cannot be used.
    """
    place = Place(file=str(file))
    importer = importer_of(file)
    if importer is None:
        known = ", ".join(sorted(ending for each in _importers() for ending in each.endings))
        raise ProblemsFound([error("import.unknown_format", place, ending=file.suffix or "?", known=known)])
    try:
        if not file.is_file():
            raise ProblemsFound([error("import.no_file", place)])
        if file.stat().st_size == 0:
            raise ProblemsFound([error("import.empty_file", place)])
        return importer.read(file, options)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise ProblemsFound([error("import.unreadable", place, reason=reason)]) from None


def importer_of(file: Path) -> Importer | None:
    """Return the importer of a file by its ending, or None when there is none."""
    ending = file.suffix.lower()
    return next((importer for importer in _importers() if ending in importer.endings), None)


def _importers() -> tuple[Importer, ...]:
    return tuple(discover(IMPORTERS, "IMPORTER").values())
