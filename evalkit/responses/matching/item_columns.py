"""Read the columns of an item: answers, reasons and faults, for all rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.instruments.instrument import Item
from evalkit.responses.answer_table import ANSWERED, REASON_CODE
from evalkit.responses.foreign.table import Cells
from evalkit.responses.matching.cell_reading import CellReader, Reading, read_number
from evalkit.responses.matching.faults import Fault, cell_fault, row_fault

if TYPE_CHECKING:
    import numpy.typing as npt

BLANK = REASON_CODE["blank"]
NUMERIC = ("single", "integer", "number")


@dataclass(frozen=True)
class ItemColumn:
    """Hold one item of all rows.

    Parameters
    ----------
    values : (n,) float, or objects as `AnswerTable` describes them; missing where absent.
    reasons : (n,) int8: 0 answered, then `REASON_CODE`.
    faults : the cells that say nothing; they stand as blank in the two arrays.
    """

    values: npt.NDArray[Any]
    reasons: npt.NDArray[np.int8]
    faults: tuple[Fault, ...] = ()


def absent_column(item: Item, count: int) -> ItemColumn:
    """Return an item that a file has no column for: blank in every row."""
    return ItemColumn(_nothing(item, count), np.full(count, BLANK, dtype=np.int8))


def read_item(reader: CellReader, cells: Cells) -> ItemColumn:
    """Read an item that stands in one column. Each different cell is read once."""
    readings = [reader.read(cell) for cell in cells.distinct]
    values = _nothing(reader.item, len(readings) + 1)
    reasons = np.full(len(readings) + 1, BLANK, dtype=np.int8)
    for position, reading in enumerate(readings):
        if reading.reason is not None:
            reasons[position] = REASON_CODE[reading.reason]
        elif reading.fault is None:
            values[position], reasons[position] = reading.value, ANSWERED
    faults = tuple(_faults(readings, cells.codes, reader))
    return ItemColumn(values[cells.codes], reasons[cells.codes], faults)


def read_choices(reader: CellReader, parts: Mapping[int, tuple[str, Cells]], count: int) -> ItemColumn:
    """Read a `multiple` item from one column of 0 and 1 an option.

    A blank cell beside filled ones is an option that was not chosen; a row of blanks is blank; a row
    whose filled cells all give one reason is absent for that reason.

    Parameters
    ----------
    parts : column name and cells by code of the option.
    """
    chosen = np.zeros((count, len(parts)), dtype=bool)
    reasons = np.zeros((count, len(parts)), dtype=np.int8)
    filled = np.zeros(count, dtype=np.int64)
    faults: list[Fault] = []
    for number, (column, cells) in enumerate(parts.values()):
        one = replace(reader, column=column)
        readings = [_read_choice(one, cell) for cell in cells.distinct]
        found = [REASON_CODE[reading.reason] if reading.reason else ANSWERED for reading in readings]
        chosen[:, number] = np.array([*(reading.value == 1 for reading in readings), False])[cells.codes]
        reasons[:, number] = np.array([*found, ANSWERED], dtype=np.int8)[cells.codes]
        filled += ~cells.blank
        faults += _faults(readings, cells.codes, one)
    states, mixed = _states_of_choices(reasons, filled)
    names = ", ".join(column for column, _ in parts.values())
    faults += [replace(f, item=reader.item.id) for f in row_fault("import.mixed_choices", mixed, names)]
    values = _objects(_chosen_codes(chosen, list(parts)))
    values[states != ANSWERED] = None
    return ItemColumn(values, states, tuple(faults))


def read_repeats(reader: CellReader, parts: Mapping[str, tuple[str, Cells]], count: int) -> ItemColumn:
    """Read an item that is asked of each partner, from one column a partner.

    Parameters
    ----------
    parts : column name and cells by code of the partner.

    Returns
    -------
    Dicts from partner to answer, or to the name of the reason for which it is absent.
    """
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    faults: list[Fault] = []
    for partner, (column, cells) in parts.items():
        one = replace(reader, column=column)
        readings = [one.read(cell) for cell in cells.distinct]
        faults += _faults(readings, cells.codes, one)
        for position in np.flatnonzero(~cells.blank).tolist():
            reading = readings[cells.codes[position]]
            if reading.fault is None:
                found[position][partner] = reading.reason or reading.value
    values = _objects([answers or None for answers in found])
    reasons = np.array([ANSWERED if answers else BLANK for answers in found], dtype=np.int8)
    return ItemColumn(values, reasons, tuple(faults))


def _read_choice(reader: CellReader, cell: str) -> Reading:
    if read_number(cell, ".") in (0.0, 1.0):
        return Reading(value=int(float(cell)))
    reading = reader.read(cell)
    if reading.reason is not None or reading.fault == "import.user_missing":
        return reading
    return Reading(fault="import.not_zero_or_one", details={"value": cell[:60]})


def _states_of_choices(
    reasons: npt.NDArray[np.int8], filled: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Return the state of each row, and which rows mix choices with reasons, or reasons with each other."""
    given = reasons > 0
    highest = reasons.max(axis=1, initial=0)
    lowest = np.where(given, reasons, np.iinfo(np.int8).max).min(axis=1)
    absent = (filled > 0) & (given.sum(axis=1) == filled) & (lowest == highest)
    states = np.where(absent, highest, np.where(filled > 0, ANSWERED, BLANK)).astype(np.int8)
    return states, given.any(axis=1) & ~absent


def _chosen_codes(chosen: npt.NDArray[np.bool_], codes: Sequence[int]) -> list[tuple[int, ...]]:
    # Few different sets of choices in many rows.
    sets, which = np.unique(chosen, axis=0, return_inverse=True)
    tuples = [tuple(sorted(code for code, on in zip(codes, row, strict=True) if on)) for row in sets]
    return [tuples[number] for number in which.ravel()]


def _faults(readings: Sequence[Reading], codes: npt.NDArray[Any], reader: CellReader) -> Iterator[Fault]:
    details = [reading.details for reading in readings]
    for fault in dict.fromkeys(reading.fault for reading in readings if reading.fault):
        bad = np.array([reading.fault == fault for reading in readings])
        for each in cell_fault(fault, codes, bad, details, reader.column):
            yield replace(each, item=reader.item.id)


def _nothing(item: Item, count: int) -> npt.NDArray[Any]:
    if item.type in NUMERIC and item.repeat is None:
        return np.full(count, np.nan)
    return np.full(count, None, dtype=object)


def _objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    # Filled one by one: numpy would make tuples of one length into rows of a matrix.
    column = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        column[position] = value
    return column
