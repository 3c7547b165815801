"""Answers outside the options or the range of their item."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalkit.instruments.instrument import Item
from evalkit.problems import Problem, error
from evalkit.responses.check import Answers, Check


def find(answers: Answers) -> Iterator[Problem]:
    """Find codes that are not offered and numbers beyond their bounds."""
    for item in answers.instrument.items:
        if item.repeat is None and item.type in ("single", "integer", "number", "multiple"):
            yield from _of_item(answers, item)


def _of_item(answers: Answers, item: Item) -> Iterator[Problem]:
    given = np.flatnonzero(answers.table.answered(item.id))
    values = answers.table.values[item.id].to_numpy()[given]
    codes = [option.value for option in answers.instrument.options_of(item)]
    if item.type == "multiple":
        offered = frozenset(codes)
        wrong = np.array([not offered.issuperset(chosen) for chosen in values], dtype=bool)
    elif codes:
        wrong = ~np.isin(values.astype(float), codes)
    elif item.range is not None:
        numbers = values.astype(float)
        wrong = (numbers < item.range[0]) | (numbers > item.range[1])
    else:
        return
    for position, value in zip(given[wrong], values[wrong], strict=True):
        shown = " ".join(map(str, value)) if item.type == "multiple" else f"{value:g}"
        yield error("check.out_of_range", answers.place(position, item.id), value=shown)


CHECK = Check("out_of_range", find)
