"""What a file of `platforms/` declares: how the exports of a platform look."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Problem
from evalkit.responses.foreign.table import ForeignTable

# What a cell is made to say where a platform says that the question was not put.
NOT_SHOWN = "{question_not_shown}"


class Heading(NamedTuple):
    """Hold one way to read a column's name: a question, by name or by text, and a part of it."""

    question: str
    part: str | None = None


@dataclass(frozen=True)
class Export:
    """Hold what a platform gave: one table of submissions, and one a group of questions that repeats.

    Parameters
    ----------
    main : a row a submission.
    repeats : rows that belong to a row of `main`.
    texts : by column, the text of its question, where an export has both.
    """

    main: ForeignTable
    repeats: tuple[RepeatTable, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def with_main(self, main: ForeignTable) -> Export:
        """Return the export with another table of submissions."""
        return replace(self, main=main)


@dataclass(frozen=True)
class RepeatTable:
    """Hold the rows of a repeated group, and which columns tie them to their submission.

    Parameters
    ----------
    table : a row a repetition.
    parent : column whose cells name the submission.
    key : column of the main table whose cells are named.
    """

    table: ForeignTable
    parent: str
    key: str


Flags = npt.NDArray[np.bool_]
Rows = Callable[[ForeignTable], Flags]


@dataclass(frozen=True)
class LeftOut:
    """Hold a rule by which rows are no submissions of this wave: `code` of the note, and the rows."""

    code: str
    rows: Rows


def own_codes(_form: Instrument, _item: Item, value: int) -> tuple[str, ...]:
    """Return how a platform writes a code when it writes it as it is."""
    return (str(value),)


def as_it_is(export: Export) -> Export:
    """Return an export that needs no preparation."""
    return export


def nowhere(table: ForeignTable) -> Flags:
    """Return no row of the table."""
    return np.zeros(len(table), dtype=bool)


def wave_of_cell(cell: str, wave: str) -> bool:
    """Tell whether a cell of the column of waves names the wave."""
    return cell.casefold() == wave


def no_mode(_device: str) -> str | None:
    """Return nothing: the device does not tell how the questionnaire was answered."""
    return None


@dataclass(frozen=True)
class Platform:
    """Hold how the exports of a platform look.

    Parameters
    ----------
    title : the platform's name.
    recognises : tells from the shape of an export whether this platform wrote it.
    headings : the ways to read a column's name, the likeliest first.
    own : names of the columns that the platform adds, which hold no answers.
    keys : for `respondent`, `site`, `language`, `mode`, `interviewer`, `started`, `ended`, `wave`,
        `version`, `instance`, `device` and `partner` the names that the platform gives them, the best first.
    codes : how a code of an answer is written.
    prepare : puts an export into the shape of one row a submission.
    left_out : rows that are no submissions to this wave.
    unfinished : rows of submissions that were not sent.
    is_wave : tells whether a cell of the column of waves names a wave.
    not_asked : cells that say that a question was not put.
    moments : gives the moments of a column as ISO 8601, with notes, where they are written otherwise.
    mode_of : tells from a device how a row was answered.
    constant : what is true of every row, such as the mode.
    private : columns of personal information that never stand with answers.
    """

    title: str
    recognises: Callable[[Export], bool]
    headings: Callable[[str], tuple[Heading, ...]]
    own: re.Pattern[str]
    keys: Mapping[str, tuple[str, ...]]
    codes: Callable[[Instrument, Item, int], tuple[str, ...]] = own_codes
    prepare: Callable[[Export], Export] = as_it_is
    left_out: tuple[LeftOut, ...] = ()
    unfinished: Rows = nowhere
    is_wave: Callable[[str, str], bool] = wave_of_cell
    not_asked: frozenset[str] = frozenset()
    moments: Callable[[ForeignTable, str], tuple[ForeignTable, tuple[Problem, ...]]] | None = None
    mode_of: Callable[[str], str | None] = no_mode
    constant: Mapping[str, str] = field(default_factory=dict)
    private: re.Pattern[str] | None = None
