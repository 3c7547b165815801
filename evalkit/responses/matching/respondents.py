"""Whose answers each row holds: a code of the roster, or an id that enters it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.matching.faults import Fault, cell_fault, row_fault
from evalkit.study.codes import read_code
from evalkit.study.roster import Roster
from evalkit.study.study import Study

if TYPE_CHECKING:
    import numpy.typing as npt

OF_SITES = "site"
_LIKE_A_CODE = re.compile(r"[A-Za-z]-?[0-9A-Za-z]{5}-?[0-9A-Za-z]")
_WRITTEN_AS_CODE = re.compile(r"[A-Z]-[0-9A-Z]{5}-[0-9A-Z]")


@dataclass(frozen=True)
class Respondents:
    """Hold who each row is from.

    Parameters
    ----------
    codes : (n,) code of the roster, or the id of one who is not in it yet; None where a fault says why.
    enters : (n,) bool: an id that gets its code when the answers are written.
    faults : rows whose respondent is not known.
    """

    codes: npt.NDArray[np.object_]
    enters: npt.NDArray[np.bool_]
    faults: tuple[Fault, ...]


def match_respondents(
    study: Study, roster: Roster, population: str, table: ForeignTable, column: str
) -> Respondents:
    """Find the respondent of each row by code or by the id of another platform.

    In a population that enrols on import or by codes of the respondents' own making, an id that nobody
    has yet enters the roster, unless it is written as one of our codes: that is a slip.
    In a log of events each row has the event's own id.
    """
    cells = table.column(column)
    found = [_match(study, roster, population, cell) for cell in cells.distinct]
    codes = np.array([code for code, _, _ in found] + [None], dtype=object)
    enters = np.array([new for _, new, _ in found] + [False])
    faults = [*row_fault("import.respondent_missing", cells.blank, column)]
    details = [{"value": str(cell)[:60], "population": population} for cell in cells.distinct]
    said = np.array([fault or "" for _, _, fault in found], dtype=object)
    for fault in dict.fromkeys(name for name in said if name):
        faults += cell_fault(fault, cells.codes, said == fault, details, column)
    return Respondents(codes[cells.codes], enters[cells.codes], tuple(faults))


def _match(study: Study, roster: Roster, population: str, cell: str) -> tuple[Any, bool, str | None]:
    if population == OF_SITES:
        return cell, False, None
    code = roster.find(population, cell)
    if code is not None:
        return code, False, None
    checked = read_code(cell)
    if checked in roster.organisations:
        return None, False, "import.other_population"
    if study.file.populations[population].enrol != "roster":
        if not _WRITTEN_AS_CODE.fullmatch(cell):
            return cell, True, None
        return None, False, "import.wrong_code" if checked is None else "import.unknown_respondent"
    wrong = checked is None and _LIKE_A_CODE.fullmatch(cell)
    return None, False, "import.wrong_code" if wrong else "import.unknown_respondent"
