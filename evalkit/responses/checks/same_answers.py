"""Two people who gave the same answers all along: one questionnaire entered twice?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evalkit.problems import Problem, warning
from evalkit.responses.check import Answers, Check

FEWEST_ANSWERS = 20  # with fewer answers, people who agree look alike by chance


def find(answers: Answers) -> Iterator[Problem]:
    """Find rows whose answers equal those of an earlier row, when they hold enough answers."""
    if answers.instrument.kind == "events" or len(answers.table) == 0:
        return
    items = [item.id for item in answers.instrument.items if item.repeat is None]
    given = (answers.table.reasons[items] == 0).sum(axis=1).to_numpy()
    content = answers.table.values[items].astype(str)
    digest = pd.util.hash_pandas_object(content, index=False).to_numpy()
    first = pd.Series(np.arange(len(digest))).groupby(digest).transform("first").to_numpy()
    for position in np.flatnonzero((first != np.arange(len(digest))) & (given >= FEWEST_ANSWERS)):
        other = str(answers.table.keys["respondent"].iat[int(first[position])])
        yield warning("check.same_answers", answers.place(position), other=other)


CHECK = Check("same_answers", find)
