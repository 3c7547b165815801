"""SPSS syntax with its data file, as LimeSurvey exports the pair: names and labels in .sps, cells in .dat."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, error
from evalkit.responses.foreign.cells import build_table
from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.table import ForeignTable

_DATA = re.compile(r"/FILE\s*=\s*'([^']+)'", re.IGNORECASE)
_VARIABLES = re.compile(r"/VARIABLES\s*=\s*(.*?)\.\s*$", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_VARIABLE = re.compile(r"(\S+)\s+([A-Z]+)[\d.]*")
_RENAMED = re.compile(r"^RENAME VARIABLES?\s*\(\s*(\S+)\s*=\s*(\S+)\s*\)", re.IGNORECASE | re.MULTILINE)
_LABELS = re.compile(r"^VALUE LABELS\s+(\S+)\s*\n(.*?)\.\s*$", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_LABEL = re.compile(r'("[^"]*"|-?[\d.]+)\s+"((?:[^"]|"")*)"')
_MOMENT = "%d-%m-%Y %H:%M:%S"
_QUOTE = "'"


def read_spss_syntax(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read the data file that a syntax file names, which stands beside it. See `read_foreign`.

    Raises
    ------
    ProblemsFound : `import.no_data_file`, or `import.unreadable` when the two files do not fit.
    """
    encoding = options.encoding or "utf-8-sig"
    try:
        syntax = file.read_text(encoding=encoding)
        named, listed = _DATA.search(syntax), _VARIABLES.search(syntax)
        if named is None or listed is None:
            raise ValueError("GET DATA")
        data = file.parent / PurePosixPath(PureWindowsPath(named[1]).as_posix()).name
        if not data.is_file():
            raise ProblemsFound([error("import.no_data_file", Place(file=str(file)), name=data.name)])
        with data.open(encoding=encoding, newline="") as source:
            rows = [row for row in csv.reader(source, quotechar=_QUOTE, strict=True) if any(row)]
    except (ValueError, LookupError, csv.Error) as failure:
        raise ProblemsFound(
            [error("import.unreadable", Place(file=str(file)), reason=str(failure))]
        ) from None
    variables = _VARIABLE.findall(listed[1])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(variables):
            where = Place(file=str(data), row=number)
            facts = {"cells": len(row), "expected": len(variables)}
            raise ProblemsFound([error("import.ragged_row", where, **facts)])
    renamed = dict(_RENAMED.findall(syntax))
    names = [renamed.get(name, name) for name, _ in variables]
    columns = (_column(rows, place, kind) for place, (_, kind) in enumerate(variables))
    return build_table(file, names, columns, labels=_labels(syntax, renamed), encoding=encoding)


IMPORTER = Importer((".sps",), read_spss_syntax)


def _column(rows: list[list[str]], place: int, kind: str) -> Iterator[str]:
    for row in rows:
        yield _iso(row[place]) if kind.upper() == "DATETIME" else row[place]


def _iso(cell: str) -> str:
    try:
        return datetime.strptime(cell.strip(), _MOMENT).isoformat()
    except ValueError:
        return cell


def _labels(syntax: str, renamed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return by column the labels of its codes."""
    return {
        renamed.get(name, name): {
            code.strip('"'): label.replace('""', '"') for code, label in _LABEL.findall(block)
        }
        for name, block in _LABELS.findall(syntax)
    }
