"""Parts of a table that is never read whole: frames that follow one another, or blocks of files."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.problems import Place, Problem, error

CSV = (".csv", ".csv.gz", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Block:
    """Hold some rows of the table.

    Parameters
    ----------
    data : a frame. number : of the part, from 1, within its file if there is one. file : its path.
    """

    data: Any
    number: int
    file: str | None = None

    @property
    def place(self) -> Place:
        """Return where the rows stand."""
        return Place(file=self.file, part=str(self.number))


@dataclass(frozen=True)
class Unit:
    """Hold what one worker reads at a time.

    Parameters
    ----------
    block : rows given as a frame; else a file. path : of a file.
    groups : row groups of a Parquet file. first : number of its first block.
    """

    block: Block | None = None
    path: str = ""
    groups: tuple[int, ...] = ()
    first: int = 1


def files_of(given: Any) -> list[str] | None:
    """Return the paths that are meant by a path, a pattern, a folder, or several; None for frames.

    Raises
    ------
    ProblemsFound
        No such file, a folder or pattern without files, an ending that is neither CSV's nor Parquet's.
    """
    several = isinstance(given, Sequence) and not isinstance(given, str)
    if several and given and all(isinstance(one, str | Path) for one in given):
        wanted = [str(one) for one in given]
    elif isinstance(given, str | Path):
        wanted = [str(given)]
    else:
        return None
    found: list[str] = []
    problems: list[Problem] = []
    for one in wanted:
        own = _named_by(one)
        found += own
        if not own:
            problems.append(error("mixed.no_file", Place(file=one)))
        problems += [
            error("mixed.file_kind", Place(file=path)) for path in own if not path.endswith(CSV + PARQUET)
        ]
    if problems:
        raise ProblemsFound(problems)
    return found


def _named_by(path: str) -> list[str]:
    if Path(path).is_dir():
        return sorted(str(own) for own in Path(path).iterdir() if own.name.endswith(CSV + PARQUET))
    return [path] if Path(path).is_file() else _matching(path)


def _matching(pattern: str) -> list[str]:
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (Path takes no absolute pattern)


def columns_in(path: str) -> list[str]:
    """Return the names of a file's columns."""
    try:
        if path.endswith(PARQUET):
            return list(_parquet(path).schema_arrow.names)
        return [str(name) for name in pd.read_csv(path, nrows=0, sep=_separator(path)).columns]
    except (ValueError, OSError) as failure:
        raise _unread(Place(file=path), failure) from failure


def units_of(files: Sequence[str], rows: int) -> Iterator[Unit]:
    """Cut files into what one worker reads: a CSV file whole, a Parquet file by row groups."""
    for path in files:
        if not path.endswith(PARQUET):
            yield Unit(path=path)
            continue
        about = _parquet(path).metadata
        groups: list[int] = []
        count, first = 0, 1
        for group in range(about.num_row_groups):
            groups.append(group)
            count += about.row_group(group).num_rows
            if count >= rows:
                yield Unit(path=path, groups=tuple(groups), first=first)
                first += -(-count // rows)
                groups, count = [], 0
        if groups:
            yield Unit(path=path, groups=tuple(groups), first=first)


def frames_of(given: Iterable[Any]) -> Iterator[Unit]:
    """Number frames; a single frame is a table of one part."""
    frames = [given] if hasattr(given, "columns") or isinstance(given, dict) else given
    try:
        for number, data in enumerate(frames, 1):
            yield Unit(Block(data, number))
    except (ValueError, OSError, TypeError) as failure:
        raise _unread(Place(), failure) from failure


def blocks_of(unit: Unit, columns: Sequence[str], rows: int) -> Iterator[Block]:
    """Read a unit, needed columns only, some rows at a time."""
    if unit.block is not None:
        yield unit.block
        return
    number = unit.first
    try:
        for data in _read(unit, list(columns), rows):
            yield Block(data, number, unit.path)
            number += 1
    except (ValueError, OSError) as failure:
        raise _unread(Place(file=unit.path, part=str(number)), failure) from failure


def _read(unit: Unit, columns: list[str], rows: int) -> Iterator[pd.DataFrame]:
    if unit.path.endswith(PARQUET):
        batches = _parquet(unit.path).iter_batches(rows, row_groups=list(unit.groups), columns=columns)
        yield from (batch.to_pandas() for batch in batches)
        return
    separator = _separator(unit.path)
    with pd.read_csv(unit.path, usecols=columns, chunksize=rows, sep=separator) as reader:
        yield from reader


def _separator(path: str) -> str:
    return "\t" if path.endswith((".tsv", ".txt")) else ","


def _parquet(path: str) -> Any:
    try:
        from pyarrow import ArrowInvalid
        from pyarrow.parquet import ParquetFile
    except ImportError as failure:
        raise ProblemsFound([error("mixed.no_pyarrow", Place(file=path))]) from failure
    try:
        return ParquetFile(path)
    except (ArrowInvalid, OSError) as failure:
        raise _unread(Place(file=path), failure) from failure


def _unread(place: Place, failure: Exception) -> ProblemsFound:
    reason = (str(failure).strip().splitlines() or [type(failure).__name__])[0].rstrip(".")
    return ProblemsFound([error("mixed.part_unread", place, reason=reason)])
