"""CSV: the encoding and the delimiter are found, or given."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error, note
from evalkit.responses.foreign.cells import build_table
from evalkit.responses.foreign.importer import Importer, ReadingOptions
from evalkit.responses.foreign.table import Decimal, ForeignTable

DELIMITERS = (",", ";", "\t", "|")
# What French and English programs write where they do not write Unicode.
OLD_ENCODINGS = ("cp1252", "mac_roman", "cp850")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SMALL_LETTERS = frozenset("àâäæçéèêëîïôöœùûüÿ")
_OTHER_SIGNS = frozenset("ÀÂÆÇÉÈÊËÎÏÔŒÙÛ’‘“”«»…–—€°\u00a0")
_SAMPLE_ROWS = 50
_CHUNK = 4_000
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"?\r?\n')


def read_csv(file: Path, options: ReadingOptions) -> ForeignTable:
    """Read a text file of cells. See `read_foreign`.

    A row with more or fewer cells than the header is a problem: such a file was cut off, or a
    delimiter stands in a text without quotes.
    """
    encoding, notes = _find_encoding(file, options)
    with file.open(encoding=encoding, newline="") as source:
        delimiter = _find_delimiter(source, options)
        names, columns = _read_columns(file, source, delimiter)
    # Where commas part the cells, a comma inside a cell would as well group thousands.
    decimal: Decimal = "." if delimiter == "," else "either"
    return build_table(
        file,
        names,
        _taken(columns),
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        notes=notes,
    )


IMPORTER = Importer((".csv", ".tsv", ".txt"), read_csv)


def _find_encoding(file: Path, options: ReadingOptions) -> tuple[str, tuple[Problem, ...]]:
    place, content = Place(file=str(file)), file.read_bytes()
    if not content.strip():
        raise ProblemsFound([error("import.empty_file", place)])
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if marked is None and b"\0" in content:
        raise ProblemsFound([error("import.not_text", place)])
    for name in (options.encoding, marked, "utf-8"):
        if name is not None:
            try:
                _decode_in_parts(content, name)
                return name, ()
            except LookupError:
                raise ProblemsFound([error("import.unknown_encoding", place, encoding=name)]) from None
            except UnicodeDecodeError as failure:
                if name in (options.encoding, marked):
                    line = content[: failure.start].count(b"\n") + 1
                    where = Place(file=str(file), line=line)
                    raise ProblemsFound([error("import.wrong_encoding", where, encoding=name)]) from None
    guess = _guess(content)
    return guess, (note("import.encoding_found", place, encoding=guess),)


def _decode_in_parts(content: bytes, name: str) -> None:
    # In parts, so that a large file is not held a second time as text.
    decoder = codecs.getincrementaldecoder(name)()
    read = 0
    for start in range(0, len(content), 1 << 20):
        part = content[start : start + (1 << 20)]
        try:
            decoder.decode(part, final=start + len(part) == len(content))
        except UnicodeDecodeError as failure:
            raise UnicodeDecodeError(
                name, content[:0], read + failure.start, read + failure.end, ""
            ) from None
        read += len(part)


def _guess(content: bytes) -> str:
    """Return the old encoding in which the bytes beyond ASCII read most like French."""
    beyond = bytes(byte for byte in content if byte > 127)
    return max(OLD_ENCODINGS, key=lambda name: _likeness(beyond.decode(name, errors="replace")))


def _likeness(text: str) -> float:
    # Detectors for all the world's encodings need long texts; a file of answers may have three accents.
    # Small letters weigh more: in another encoding they often become capitals, which are rare.
    found = sum(2 * (c in _SMALL_LETTERS) + (c in _OTHER_SIGNS) - 2 * (c == "\ufffd") for c in text)
    return found / max(len(text), 1)


def _find_delimiter(source: io.TextIOBase, options: ReadingOptions) -> str:
    start = source.tell()
    said = _SEPARATOR_LINE.match(source.readline())
    if said is not None:
        return options.delimiter or said[1]
    source.seek(start)
    if options.delimiter:
        return options.delimiter
    # More than the sample needs, so that a long quoted text ends within it.
    sample = source.read(1 << 18)
    source.seek(start)
    widths = {mark: _width(sample, mark) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: widths[mark])


def _width(sample: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows that are as wide as the header, and that width; (0, 1) for one column."""
    rows = [row for row in islice(_rows(io.StringIO(sample, newline=""), delimiter), _SAMPLE_ROWS) if row]
    if not rows or len(rows[0]) < 2:
        return 0, 1
    whole = rows[:-1] if len(rows) > 2 else rows
    return sum(len(row) == len(rows[0]) for row in whole) / len(whole), len(rows[0])


def _rows(source: io.TextIOBase, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(source, delimiter=delimiter)


def _read_columns(
    file: Path, source: io.TextIOBase, delimiter: str
) -> tuple[list[str], list[list[str | None]]]:
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    problems: list[Problem] = []
    try:
        names = next(row for row in rows if any(row))
        columns: list[list[str | None]] = [[] for _ in names]
        seen = 0
        while chunk := list(islice(rows, _CHUNK)):
            for number, row in enumerate(chunk, start=seen + 1):
                if len(row) != len(names):
                    if any(cell.strip() for cell in row):
                        problems.append(_ragged(file, number, len(row), len(names)))
                    chunk[number - seen - 1] = [""] * len(names)
            seen += len(chunk)
            for column, cells in zip(columns, zip(*chunk, strict=True), strict=True):
                column.extend(cells)
    except csv.Error as failure:
        where = Place(file=str(file), line=rows.line_num)
        raise ProblemsFound([error("import.broken_quotes", where, reason=str(failure))]) from None
    if problems:
        raise ProblemsFound(problems)
    return names, columns


def _ragged(file: Path, row: int, cells: int, expected: int) -> Problem:
    return error("import.ragged_row", Place(file=str(file), row=row), cells=cells, expected=expected)


def _taken(columns: list[list[str | None]]) -> Iterator[list[str | None]]:
    # Each column is let go when it has been taken.
    for position in range(len(columns)):
        yield columns[position]
        columns[position] = []
