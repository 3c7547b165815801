"""Answers of somebody who does not stand in the roster."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalkit.problems import Problem, error
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find respondents whose code the roster does not hold for the instrument's population."""
    population = answers.instrument.population
    if population == "site":
        return
    known = answers.table.keys["respondent"].isin(answers.roster.codes(population))
    for position in np.flatnonzero(~known.to_numpy()):
        yield error("check.unknown_respondent", answers.place(position), population=population)


CHECK = Check("unknown_respondent", find)
