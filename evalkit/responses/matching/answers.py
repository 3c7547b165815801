"""Turn the cells of a file into answers to a questionnaire: who, where, when, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error, errors_of, note
from evalkit.responses.answer_table import KEYS, AnswerTable
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap
from evalkit.responses.matching.cell_reading import CellReader
from evalkit.responses.matching.faults import Fault, bad_rows, not_yet_said, without_rows
from evalkit.responses.matching.item_columns import (
    ItemColumn,
    absent_column,
    read_choices,
    read_item,
    read_repeats,
)
from evalkit.responses.matching.labels import contradicting_labels
from evalkit.responses.matching.layout import Layout, lay_out
from evalkit.responses.matching.not_asked import with_not_asked
from evalkit.responses.matching.partners import partners_by_code
from evalkit.responses.matching.repeated_rows import repeated_rows
from evalkit.responses.matching.respondents import OF_SITES, Respondents, match_respondents
from evalkit.responses.matching.sites import StandingSites, match_sites
from evalkit.responses.matching.visit_keys import read_visit_keys
from evalkit.study.roster import Roster
from evalkit.study.study import Study

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class Matched:
    """Hold what a file says, as far as it could be read.

    Parameters
    ----------
    table : the file without its empty rows.
    answers : n rows; in rows with faults what could not be read is blank.
    enters : (n,) bool: rows whose respondent is an id that enters the roster.
    faults : rows that cannot be taken.
    notes : what rules have decided, and what was not read.
    empty_rows : rows without any answer, which are no submissions.
    """

    table: ForeignTable
    answers: AnswerTable
    enters: npt.NDArray[np.bool_]
    faults: tuple[Fault, ...]
    notes: tuple[Problem, ...]
    empty_rows: int

    @property
    def bad(self) -> npt.NDArray[np.bool_]:
        """Return a boolean array (n,): which rows have a fault."""
        return bad_rows(self.faults, len(self.table))


@dataclass(frozen=True)
class Destination:
    """Hold where answers go: the study with its roster, the wave and the questionnaire."""

    study: Study
    roster: Roster
    standing: StandingSites
    wave: str
    instrument: Instrument


def match_answers(table: ForeignTable, answer_map: AnswerMap, to: Destination) -> Matched:
    """Read a whole file as answers, and find everything that is wrong with it.

    Parameters
    ----------
    table : the cells of the file.
    answer_map : how to read them.
    to : where the answers go.

    Returns
    -------
    The answers with all faults of rows and all notes; nothing is written.

    Raises
    ------
    ProblemsFound : the file as a whole cannot be read as answers to this questionnaire.
    """
    layout, problems = lay_out(table, answer_map, to.instrument)
    return match_laid_out(table, answer_map, layout, to, problems)


def match_laid_out(
    table: ForeignTable,
    answer_map: AnswerMap,
    layout: Layout,
    to: Destination,
    problems: Sequence[Problem] = (),
    faults: Sequence[Fault] = (),
) -> Matched:
    """Read a file whose columns are known as answers. See `match_answers`.

    Parameters
    ----------
    layout : which column feeds what; partners as the file names them.
    problems, faults : what was found before.
    """
    parts, part_problems = partners_by_code(layout, to.instrument, to.roster)
    layout = replace(layout, parts=parts)
    found = [
        *table.notes,
        *problems,
        *part_problems,
        *contradicting_labels(table, layout, answer_map, to.instrument),
    ]
    if errors_of(found):
        raise ProblemsFound(found)
    filled = _filled_rows(table, layout)
    empty_rows = int((~filled).sum())
    if not filled.any():
        raise ProblemsFound([*found, error("import.no_rows", Place(file=table.file))])
    if empty_rows:
        found.append(note("import.empty_rows", Place(file=table.file), count=empty_rows))
    full = table if not empty_rows else _taken(table, filled)
    columns = _read_items(full, layout, answer_map, to.instrument)
    keys, respondents, key_faults, notes = _read_keys(full, layout, answer_map, to)
    before = tuple(without_rows(faults, filled))
    cell_faults = [fault for column in columns.values() for fault in column.faults]
    every = (*key_faults, *before, *not_yet_said(cell_faults, before))
    answers = with_not_asked(_answer_table(keys, columns), to.instrument)
    return Matched(full, answers, respondents.enters, every, (*found, *notes), empty_rows)


def _read_items(
    table: ForeignTable, layout: Layout, answer_map: AnswerMap, instrument: Instrument
) -> dict[str, ItemColumn]:
    columns = {}
    for item in instrument.items:
        reader = CellReader(item, instrument, answer_map, table, layout.items.get(item.id, ""))
        parts = {part: (name, table.column(name)) for part, name in layout.parts.get(item.id, {}).items()}
        if item.id in layout.items:
            columns[item.id] = read_item(reader, table.column(layout.items[item.id]))
        elif parts and item.repeat is not None:
            columns[item.id] = read_repeats(reader, parts, len(table))
        elif parts:
            choices = {int(code): cells for code, cells in parts.items()}
            columns[item.id] = read_choices(reader, choices, len(table))
        else:
            columns[item.id] = absent_column(item, len(table))
    return columns


def _read_keys(
    table: ForeignTable, layout: Layout, answer_map: AnswerMap, to: Destination
) -> tuple[pd.DataFrame, Respondents, list[Fault], tuple[Problem, ...]]:
    population = to.instrument.population
    one_site = population != OF_SITES and to.study.file.populations[population].sites == "one"
    respondents = match_respondents(to.study, to.roster, population, table, layout.respondent)
    sites = match_sites(
        to.study,
        table,
        layout,
        answer_map,
        respondents,
        roster=to.roster,
        standing=to.standing,
        one_site=one_site,
    )
    visits, visit_faults = read_visit_keys(table, layout, answer_map, to.study.languages)
    again = repeated_rows(table, respondents.codes, sites.ids, layout.respondent, one_site=one_site)
    known = {
        "respondent": respondents.codes,
        "site": sites.ids,
        "wave": np.full(len(table), to.wave, dtype=object),
        "instrument": np.full(len(table), to.instrument.id, dtype=object),
        "version": np.full(len(table), to.instrument.version, dtype=object),
        **visits,
    }
    keys = pd.DataFrame({name: pd.Series(known[name], dtype=object) for name in KEYS})
    keys["row"] = pd.array(table.rows, dtype="Int64")
    faults = [*respondents.faults, *again, *sites.faults, *visit_faults]
    return keys, respondents, faults, sites.notes


def _answer_table(keys: pd.DataFrame, columns: Mapping[str, ItemColumn]) -> AnswerTable:
    values = pd.DataFrame({item: column.values for item, column in columns.items()}, copy=False)
    reasons = pd.DataFrame({item: column.reasons for item, column in columns.items()}, copy=False)
    return AnswerTable(keys, values, reasons)


def _filled_rows(table: ForeignTable, layout: Layout) -> npt.NDArray[np.bool_]:
    filled = np.zeros(len(table), dtype=bool)
    parts = (name for found in layout.parts.values() for name in found.values())
    for name in (*layout.items.values(), *parts):
        filled |= ~table.column(name).blank
    return filled


def _taken(table: ForeignTable, rows: npt.NDArray[np.bool_]) -> ForeignTable:
    cells = table.cells.loc[rows].reset_index(drop=True)
    return replace(table, cells=cells, rows=table.rows[rows])
