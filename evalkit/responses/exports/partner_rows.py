"""Answers about partners that stand in rows of their own, made columns: one a question and partner."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error
from evalkit.responses.exports.columns import Columns
from evalkit.responses.exports.decoding import Decoder
from evalkit.responses.exports.merging import merge_columns
from evalkit.responses.exports.platform import RepeatTable
from evalkit.responses.foreign.table import Cells, ForeignTable
from evalkit.responses.matching.faults import Fault, row_fault


@dataclass(frozen=True)
class PartnerColumns:
    """Hold columns of `count` rows by item and partner, with what is wrong."""

    cells: dict[str, dict[str, pd.Categorical]]
    faults: tuple[Fault, ...] = ()
    problems: tuple[Problem, ...] = ()


def columns_of_partners(
    repeat: RepeatTable,
    columns: Columns,
    everyone: ForeignTable,
    kept: npt.NDArray[np.intp],
    form: Instrument,
    decode: Decoder,
) -> PartnerColumns:
    """Return the answers of a repeated group as one column a question and partner.

    Parameters
    ----------
    columns : where the group's table holds what.
    everyone : all submissions of the export.
    kept : rows of `everyone` that are imported; the others' partners are left out with them.
    decode : gives a column in our codes.
    """
    place = Place(file=repeat.table.file)
    items = [form.item(name) for name in columns.whole if form.item(name).repeat is not None]
    if not items:
        return PartnerColumns({})
    if "partner" not in columns.keys:
        return PartnerColumns({}, problems=(error("platform.no_partner_column", place),))
    partner = repeat.table.column(columns.keys["partner"])
    row, lost = _owners(repeat, everyone, kept)
    problems = [error("platform.orphan_rows", place, count=lost)] if lost else []
    faults = list(_twice(row, partner, len(kept), columns.keys["partner"]))
    found: dict[str, dict[str, pd.Categorical]] = {}
    nameless = np.zeros(len(row), dtype=bool)
    for item in items:
        named = [(name, decode(repeat.table, name, item)) for name in columns.whole[item.id]]
        decoded = merge_columns(named, item.id)
        faults += [_of_owner(fault, row) for fault in decoded.faults]
        nameless |= (decoded.cells.codes >= 0) & partner.blank & (row >= 0)
        found[item.id] = _by_partner(decoded.cells, partner, row, len(kept))
    missing = np.bincount(row[nameless], minlength=len(kept)) > 0
    faults += row_fault("platform.partner_missing", missing, columns.keys["partner"])
    return PartnerColumns(found, tuple(f for f in faults if len(f.positions)), tuple(problems))


def _owners(
    repeat: RepeatTable, everyone: ForeignTable, kept: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], int]:
    """Return for each row of the group the place of its submission among the kept ones, -1 when it is not.

    The second value counts the rows whose submission the export does not hold at all.
    """
    target = np.full(len(everyone) + 1, -1, dtype=np.intp)
    target[kept] = np.arange(len(kept))
    keys = everyone.column(repeat.key).texts()
    places = {key: number for number, key in enumerate(keys.tolist()) if key is not None}
    cells = repeat.table.column(repeat.parent)
    known = [places.get(cell, len(everyone)) for cell in cells.distinct]
    owner = np.array([*known, len(everyone)], dtype=np.intp)[cells.codes]
    return target[owner], int((owner == len(everyone)).sum())


def _by_partner(
    cells: pd.Categorical, partner: Cells, row: npt.NDArray[np.intp], count: int
) -> dict[str, pd.Categorical]:
    columns = {}
    for number, name in enumerate(partner.distinct.tolist()):
        of = np.flatnonzero((partner.codes == number) & (row >= 0))
        codes = np.full(count, -1, dtype=np.int64)
        codes[row[of]] = cells.codes[of]
        columns[name] = pd.Categorical.from_codes(codes, categories=cells.categories)
    return columns


def _twice(row: npt.NDArray[np.intp], partner: Cells, count: int, column: str) -> list[Fault]:
    """Give the submissions that name a partner twice."""
    pairs = pd.DataFrame({"row": row, "partner": partner.codes})
    again = pairs[(pairs["row"] >= 0) & (pairs["partner"] >= 0) & pairs.duplicated(keep="first")]
    bad = np.zeros(count, dtype=bool)
    bad[again["row"].to_numpy()] = True
    return list(row_fault("platform.partner_twice", bad, column))


def _of_owner(fault: Fault, row: npt.NDArray[np.intp]) -> Fault:
    owner = row[fault.positions]
    return replace(fault, positions=owner[owner >= 0], which=fault.which[owner >= 0])
