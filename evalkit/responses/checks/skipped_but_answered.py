"""Answers to items that should have been skipped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.evaluating import evaluate
from evalkit.problems import Problem, warning
from evalkit.responses.answer_table import ANSWERED
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find answers whose condition does not hold; the answer is kept."""
    table = answers.table
    answered = table.reasons == ANSWERED
    for item in answers.instrument.items:
        if item.ask_if is None:
            continue
        asked = evaluate(parse_condition(item.ask_if), table.values, answered)
        for position in np.flatnonzero(table.answered(item.id) & ~asked):
            yield warning(
                "check.skipped_but_answered", answers.place(position, item.id), condition=item.ask_if
            )


CHECK = Check("skipped_but_answered", find)
