"""Which rows of an export are submissions to this wave; all others are counted and said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.problems import Place, Problem, error, note, warning
from evalkit.responses.exports.columns import Columns
from evalkit.responses.exports.platform import Flags, Platform
from evalkit.responses.foreign.table import ForeignTable

_TEST = re.compile(r"(test|essai)[\W_\d]*", re.IGNORECASE)
_SHOWN = 5


@dataclass(frozen=True)
class Submissions:
    """Hold the positions (m,) of the rows that are imported, and what is said of the others."""

    kept: npt.NDArray[np.intp]
    problems: tuple[Problem, ...]


def find_submissions(table: ForeignTable, columns: Columns, platform: Platform, wave: str) -> Submissions:
    """Leave out what is of another wave, a test, rejected, sent twice, or begun and then sent again."""
    kept = np.ones(len(table), dtype=bool)
    problems: list[Problem] = []

    def leave_out(code: str, rows: Flags) -> None:
        out = rows & kept
        if out.any():
            said = {"count": int(out.sum()), "rows": rows_said(table.rows[out])}
            problems.append(note(f"platform.{code}", Place(file=table.file), **said))
            kept[out] = False

    if "wave" in columns.keys:
        other, found = _of_other_waves(table, columns.keys["wave"], platform, wave)
        problems += found
        kept &= ~other
    for rule in platform.left_out:
        leave_out(rule.code, rule.rows(table))
    if "respondent" in columns.keys:
        leave_out("test_submissions", _matching(table, columns.keys["respondent"], _TEST))
    if "instance" in columns.keys:
        again, unlike = _sent_again(table, columns, kept)
        leave_out("same_instance", again)
        problems += unlike
    unfinished = platform.unfinished(table)
    if "respondent" in columns.keys:
        leave_out("superseded", unfinished & _finished_elsewhere(table, columns, unfinished, kept))
    if (unfinished & kept).any():
        said = {"count": int((unfinished & kept).sum()), "rows": rows_said(table.rows[unfinished & kept])}
        problems.append(note("platform.unfinished", Place(file=table.file), **said))
    problems += _versions(table, columns, kept)
    return Submissions(np.flatnonzero(kept), tuple(problems))


def rows_said(rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """Return the first rows of some, as text."""
    return ", ".join(map(str, rows[:_SHOWN])) + (", …" if len(rows) > _SHOWN else "")


def _of_other_waves(
    table: ForeignTable, column: str, platform: Platform, wave: str
) -> tuple[Flags, list[Problem]]:
    cells, place = table.column(column), Place(file=table.file, column=column)
    if not len(cells.distinct):
        return np.zeros(len(table), dtype=bool), []
    ours = np.array([platform.is_wave(cell, wave) for cell in cells.distinct], dtype=bool)
    found = ", ".join(map(str, cells.distinct))
    if not ours.any():
        return np.zeros(len(table), dtype=bool), [
            error("platform.wave_not_in_file", place, wave=wave, found=found)
        ]
    other = np.append(~ours, False)[cells.codes]
    problems: list[Problem] = []
    if other.any():
        names = ", ".join(str(c) for c, own in zip(cells.distinct, ours, strict=True) if not own)
        problems.append(note("platform.other_waves", place, count=int(other.sum()), waves=names, wave=wave))
    if cells.blank.any():
        rows = rows_said(table.rows[cells.blank])
        problems.append(error("platform.wave_missing", place, count=int(cells.blank.sum()), rows=rows))
    return other, problems


def _matching(table: ForeignTable, column: str, form: re.Pattern[str]) -> Flags:
    cells = table.column(column)
    found = [form.fullmatch(cell) is not None for cell in cells.distinct]
    return np.asarray(np.array([*found, False], dtype=bool)[cells.codes])


def _sent_again(table: ForeignTable, columns: Columns, kept: Flags) -> tuple[Flags, list[Problem]]:
    """Return the rows whose instance stands above with the same answers, and the instances that differ."""
    instances = table.column(columns.keys["instance"]).codes
    of = np.flatnonzero(kept & (instances >= 0))
    twice = of[pd.Series(instances[of]).duplicated(keep=False).to_numpy()]
    again = np.zeros(len(table), dtype=bool)
    if not len(twice):
        return again, []
    answers = pd.DataFrame({name: table.column(name).codes[twice] for name in _answer_columns(columns)})
    answers["instance"] = instances[twice]
    again[twice[answers.duplicated(keep="first").to_numpy()]] = True
    unlike = answers[~answers.duplicated(keep="first")]
    problems = []
    for _, group in unlike.groupby("instance", sort=False):
        if len(group) > 1:
            rows = rows_said(table.rows[twice[group.index.to_numpy()]])
            where = Place(file=table.file, column=columns.keys["instance"])
            problems.append(error("platform.instance_differs", where, rows=rows))
    return again, problems


def _answer_columns(columns: Columns) -> Iterator[str]:
    for names in columns.whole.values():
        yield from names
    for groups in columns.choices.values():
        for group in groups:
            yield from group.values()
    for partners in columns.partners.values():
        yield from partners.values()


def _finished_elsewhere(table: ForeignTable, columns: Columns, unfinished: Flags, kept: Flags) -> Flags:
    people = table.column(columns.keys["respondent"]).codes
    finished = np.unique(people[~unfinished & kept & (people >= 0)])
    return np.isin(people, finished)


def _versions(table: ForeignTable, columns: Columns, kept: Flags) -> Iterable[Problem]:
    if "version" not in columns.keys:
        return
    cells = table.column(columns.keys["version"])
    used = [str(cells.distinct[code]) for code in np.unique(cells.codes[kept]) if code >= 0]
    if len(used) > 1:
        where = Place(file=table.file, column=columns.keys["version"])
        yield warning("platform.several_versions", where, versions=", ".join(used))
