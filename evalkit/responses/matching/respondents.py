"""Whose answers each row holds: a code of the roster, or an id that enters it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.matching.faults import Fault, cell_fault, row_fault
from evalkit.study.codes import read_code
from evalkit.study.roster import Roster
from evalkit.study.study import Study

if TYPE_CHECKING:
    import numpy.typing as npt

OF_SITES = "site"
_LIKE_A_CODE = re.compile(r"[A-Za-z](?:[\s\-\u2010-\u2015_]*[0-9A-Za-z]){6}")
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


class _Match(NamedTuple):
    """Hold the code or id of a cell, whether it enters the roster, and what is wrong."""

    code: str | None
    enters: bool = False
    fault: str = ""


@dataclass(frozen=True)
class _Known:
    """Hold who is known: ids and codes of the population, codes of anyone, and whether new ones enter."""

    aliases: Mapping[str, str]
    codes: Collection[str]
    anyone: Collection[str]
    open: bool


def match_respondents(
    study: Study, roster: Roster, population: str, table: ForeignTable, column: str
) -> Respondents:
    """Find the respondent of each row by code or by the id of another platform.

    In a population that enrols on import or by codes of the respondents' own making, an id that nobody
    has yet enters the roster, unless it is written as one of our codes: that is a slip.
    In a log of events each row has the event's own id.
    """
    cells = table.column(column)
    if population == OF_SITES:
        found = [_Match(cell) for cell in cells.distinct]
    else:
        is_open = study.file.populations[population].enrol != "roster"
        aliases = roster.aliases.get(population, {})
        known = _Known(aliases, roster.codes(population), roster.organisations, is_open)
        found = [_match(known, cell) for cell in cells.distinct]
    codes = np.array([*(match.code for match in found), None], dtype=object)
    enters = np.array([*(match.enters for match in found), False])
    faults = [*row_fault("import.respondent_missing", cells.blank, column)]
    details = [{"value": str(cell)[:60], "population": population} for cell in cells.distinct]
    for fault in dict.fromkeys(match.fault for match in found if match.fault):
        bad = np.array([match.fault == fault for match in found])
        faults += cell_fault(fault, cells.codes, bad, details, column)
    return Respondents(codes[cells.codes], enters[cells.codes], tuple(faults))


def _match(known: _Known, cell: str) -> _Match:
    alias = known.aliases.get(cell)
    if alias is not None:
        return _Match(alias)
    like_a_code = _LIKE_A_CODE.fullmatch(cell) is not None
    code = read_code(cell) if like_a_code else None
    if code is not None and code in known.anyone:
        return _Match(code) if code in known.codes else _Match(None, fault="import.other_population")
    if known.open and not _WRITTEN_AS_CODE.fullmatch(cell):
        return _Match(cell, enters=True)
    slip = like_a_code and code is None
    return _Match(None, fault="import.wrong_code" if slip else "import.unknown_respondent")
