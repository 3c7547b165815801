"""Check the answers that a study holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from evalkit.problems import Problem
from evalkit.registry import discover
from evalkit.responses.check import Answers, Check
from evalkit.responses.nonresponse import nonresponse_table
from evalkit.responses.response_store import read_answers
from evalkit.study.roster import read_roster
from evalkit.study.study import Study


@dataclass(frozen=True)
class CheckReport:
    """Hold what the checks found.

    Parameters
    ----------
    problems : of every wave and instrument.
    nonresponse : DataFrame: `wave`, `instrument`, then the columns of `nonresponse_table`.
    submissions : how many submissions were looked at.
    """

    problems: tuple[Problem, ...]
    nonresponse: pd.DataFrame
    submissions: int


def check_responses(study: Study) -> CheckReport:
    """Run every check over every wave and instrument.

    Returns
    -------
    The problems and the item nonresponse by wave; nothing is changed.

    Raises
    ------
    ProblemsFound : the store cannot be read.
    """
    problems: list[Problem] = []
    tables: list[pd.DataFrame] = []
    submissions = 0
    for answers in _answers(study):
        problems += check_answers(answers)
        submissions += len(answers.table)
        counts = nonresponse_table(answers.table)
        tables.append(counts.assign(wave=answers.wave.id, instrument=answers.instrument.id))
    nonresponse = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    first = [name for name in ("wave", "instrument") if name in nonresponse]
    ordered = nonresponse[[*first, *nonresponse.columns.difference(first, sort=False)]]
    return CheckReport(tuple(problems), ordered, submissions)


def check_answers(answers: Answers) -> tuple[Problem, ...]:
    """Run every check over the answers to one instrument in one wave."""
    checks: list[Check] = list(discover("evalkit.responses.checks", "CHECK").values())
    return tuple(problem for check in checks for problem in check.find(answers))


def _answers(study: Study) -> Iterator[Answers]:
    roster = read_roster(study)
    for wave in study.waves:
        for name in wave.instruments:
            table = read_answers(study, wave.id, name)
            if len(table):
                yield Answers(study, wave, study.instruments[name], table, roster)
