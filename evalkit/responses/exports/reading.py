"""Read what a platform gave: a file, the sheets of a workbook, or a zipped folder of tables."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.exports.platform import Export, RepeatTable
from evalkit.responses.foreign.importer import ReadingOptions
from evalkit.responses.foreign.reading import read_foreign
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.importers.xlsx import read_sheets

ZIPPED = ".zip"
# How the rows of a repeated group name their submission, and the column of the submission that is named.
TIES = (("PARENT_KEY", "KEY"), ("_submission__uuid", "_uuid"), ("_parent_index", "_index"))


def read_export(file: Path, options: ReadingOptions = ReadingOptions()) -> Export:
    """Read a file of answers with the tables of its repeated groups.

    Parameters
    ----------
    file : as `read_foreign` takes it, or a zipped folder of CSV files.
    options : delimiter, encoding and sheet, when they shall not be found out.

    Raises
    ------
    ProblemsFound : as `read_foreign`; a workbook or folder of several tables that do not belong together.
    """
    if file.suffix.lower() == ZIPPED and file.is_file():
        return _joined(file, _unzipped(file, options), "platform.several_tables")
    try:
        return Export(read_foreign(file, options))
    except ProblemsFound as found:
        if [problem.code for problem in found.problems] != ["import.several_sheets"]:
            raise
        return _joined(file, read_sheets(file), "import.several_sheets")


def _joined(file: Path, tables: dict[str, ForeignTable], code: str) -> Export:
    """Return the only table that belongs to no other, with those that belong to it."""
    ties = {name: _tie(table) for name, table in tables.items()}
    mains = [name for name, tie in ties.items() if tie is None]
    if len(mains) != 1:
        sheets = ", ".join(f"“{name}”" for name in tables)
        raise ProblemsFound([error(code, Place(file=str(file)), sheets=sheets)])
    main = tables[mains[0]]
    repeats = [RepeatTable(tables[name], *tie) for name, tie in ties.items() if tie is not None]
    lost = [each for each in repeats if each.key not in main.cells.columns]
    if lost:
        sheets = ", ".join(f"“{name}”" for name in tables)
        raise ProblemsFound([error(code, Place(file=str(file)), sheets=sheets)])
    return Export(main, tuple(repeats))


def _tie(table: ForeignTable) -> tuple[str, str] | None:
    return next((tie for tie in TIES if tie[0] in table.cells.columns), None)


def _unzipped(file: Path, options: ReadingOptions) -> dict[str, ForeignTable]:
    """Return the CSV files of a zipped folder by name; those without a row are left out."""
    tables: dict[str, ForeignTable] = {}
    place = Place(file=str(file))
    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory() as folder:
            names = [n for n in archive.namelist() if PurePosixPath(n).suffix.lower() == ".csv"]
            for name in names:
                # The member's own name may lead anywhere: only its content is taken.
                member = Path(folder) / f"{len(tables)}.csv"
                member.write_bytes(archive.read(name))
                table = _read_member(member, place, options)
                if table is not None:
                    tables[PurePosixPath(name).stem] = table
    except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError) as failure:
        raise ProblemsFound([error("import.unreadable", place, reason=str(failure))]) from None
    if not tables:
        raise ProblemsFound([error("import.no_rows" if names else "platform.no_tables", place)])
    return tables


def _read_member(member: Path, place: Place, options: ReadingOptions) -> ForeignTable | None:
    try:
        return replace(read_foreign(member, options), file=str(place.file))
    except ProblemsFound as found:
        if [problem.code for problem in found.problems] == ["import.no_rows"]:
            return None
        said = [replace(p, where=replace(p.where, file=place.file)) for p in found.problems]
        raise ProblemsFound(said) from None
