"""Check the answers that a study holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from evalkit.problems import Problem
from evalkit.registry import discover
from evalkit.responses.answer_table import REASONS, AnswerTable
from evalkit.responses.check import Answers, Check
from evalkit.responses.nonresponse import nonresponse_table
from evalkit.responses.response_store import read_answers
from evalkit.study.roster import Roster, read_roster
from evalkit.study.study import Study
from evalkit.study.wave import Wave

COLUMNS = ("wave", "instrument", "item", "asked", "answered", *REASONS, "nonresponse")
VISIT = ["respondent", "site", "instrument"]


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
    roster = read_roster(study)
    problems: list[Problem] = []
    tables: list[pd.DataFrame] = []
    submissions = 0
    for wave in study.waves:
        for answers in _answers(study, wave, roster):
            problems += check_answers(answers)
            submissions += len(answers.table)
            counts = nonresponse_table(answers.table)
            tables.append(counts.assign(wave=wave.id, instrument=answers.instrument.id))
    nonresponse = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return CheckReport(tuple(problems), nonresponse.reindex(columns=list(COLUMNS)), submissions)


def check_answers(answers: Answers) -> tuple[Problem, ...]:
    """Run every check over the answers to one instrument in one wave."""
    checks: list[Check] = list(discover("evalkit.responses.checks", "CHECK").values())
    return tuple(problem for check in checks for problem in check.find(answers))


def visits_of(tables: Iterable[AnswerTable]) -> pd.DataFrame:
    """Return who answered what and where: `respondent, site, instrument`."""
    keys = [table.keys[VISIT] for table in tables]
    return pd.concat(keys, ignore_index=True) if keys else pd.DataFrame(columns=VISIT)


def _answers(study: Study, wave: Wave, roster: Roster) -> Iterator[Answers]:
    read = {name: read_answers(study, wave.id, name) for name in wave.instruments}
    given = {name: table for name, table in read.items() if len(table)}
    for name, table in given.items():
        form = study.instruments[name]
        of_population = (other for key, other in given.items() if study.population_of(key) == form.population)
        yield Answers(study, wave, form, table, roster, visits_of(of_population))
