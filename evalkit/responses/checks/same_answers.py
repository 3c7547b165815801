"""Two people who gave the same answers all along: one questionnaire entered twice?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evalkit.problems import Problem, warning
from evalkit.responses.answer_table import ANSWERED
from evalkit.responses.check import Answers, Check

FEWEST_ANSWERS = 20  # with fewer answers, people who agree look alike by chance


def find(answers: Answers) -> Iterator[Problem]:
    """Find rows whose answers equal those of an earlier row, when they hold enough answers."""
    table, form = answers.table, answers.instrument
    items = [item.id for item in form.items if item.repeat is None]
    if form.kind == "events" or len(items) < FEWEST_ANSWERS:
        return
    given = (table.reasons[items].to_numpy() == ANSWERED).sum(axis=1)
    chosen = [item.id for item in form.items if item.id in items and item.type == "multiple"]
    # A tuple has no hash that pandas would take; its text says the same.
    content = table.values[items].astype(dict.fromkeys(chosen, str))
    digest = pd.util.hash_pandas_object(content, index=False).to_numpy()
    position, distinct = pd.factorize(digest)
    rows = np.arange(len(digest))
    first = np.full(len(distinct), len(digest))
    np.minimum.at(first, position, rows)
    for row in np.flatnonzero((first[position] != rows) & (given >= FEWEST_ANSWERS)):
        other = str(table.keys["respondent"].iat[int(first[position[row]])])
        yield warning("check.same_answers", answers.place(row), other=other)


CHECK = Check("same_answers", find)
