"""How, when and in which language each row was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap
from evalkit.responses.matching.cell_reading import Reading, read_moment
from evalkit.responses.matching.faults import Fault, cell_fault
from evalkit.responses.matching.layout import Layout

if TYPE_CHECKING:
    import numpy.typing as npt

VISIT_KEYS = ("language", "mode", "interviewer", "started", "ended")


def read_visit_keys(
    table: ForeignTable, layout: Layout, answer_map: AnswerMap, languages: Sequence[str]
) -> tuple[dict[str, npt.NDArray[np.object_]], list[Fault]]:
    """Return language, mode, interviewer, start and end of each row, None where not said, and the faults.

    Parameters
    ----------
    languages : those of the study; `fr-CA` and `FR` are read as `fr`.
    """

    def moment(cell: str) -> Reading:
        return read_moment(cell, answer_map, table)

    def language(cell: str) -> Reading:
        return _language(cell, languages)

    readers: dict[str, Callable[[str], Reading]] = {"language": language, "started": moment, "ended": moment}
    keys: dict[str, npt.NDArray[np.object_]] = {}
    faults: list[Fault] = []
    for name in VISIT_KEYS:
        column = layout.keys.get(name)
        reader = readers.get(name, _as_said)
        if column is None:
            constant = answer_map.constant.get(name)  # type: ignore[call-overload]
            keys[name] = np.full(len(table), constant, dtype=object)
            continue
        cells = table.column(column)
        readings = [reader(cell) for cell in cells.distinct]
        keys[name] = np.array([*(reading.value for reading in readings), None], dtype=object)[cells.codes]
        details = [reading.details for reading in readings]
        for fault in dict.fromkeys(reading.fault for reading in readings if reading.fault):
            bad = np.array([reading.fault == fault for reading in readings])
            faults += cell_fault(fault, cells.codes, bad, details, column)
    return keys, faults


def _as_said(cell: str) -> Reading:
    return Reading(value=cell)


def _language(cell: str, languages: Sequence[str]) -> Reading:
    name = cell.replace("_", "-").split("-")[0].lower()
    if name in languages:
        return Reading(value=name)
    details = {"value": cell[:60], "allowed": ", ".join(languages)}
    return Reading(fault="import.unknown_language", details=details)
