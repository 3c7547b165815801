"""Answers outside the options or the range of their item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evalkit.instruments.instrument import Instrument, Item
from evalkit.problems import Problem, error
from evalkit.responses.check import Answers, Check

Flags = npt.NDArray[np.bool_]


def find(answers: Answers) -> Iterator[Problem]:
    """Find codes that are not offered and numbers beyond their bounds."""
    for item in answers.instrument.items:
        given = np.flatnonzero(answers.table.answered(item.id))
        values = answers.table.values[item.id].to_numpy()[given]
        if item.repeat is not None:
            # One row may hold several partners; the first wrong answer tells it.
            values = np.array([_first_wrong(ties, item, answers.instrument) for ties in values], dtype=object)
            wrong = values != None  # noqa: E711  (an elementwise comparison)
        else:
            wrong = wrong_values(values, item, answers.instrument)
        for row, value in zip(given[wrong], values[wrong], strict=True):
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"
            yield error("check.out_of_range", answers.place(row, item.id), value=shown)


def wrong_values(values: npt.NDArray[Any] | Sequence[Any], item: Item, form: Instrument) -> Flags:
    """Tell which of the answers to an item are not possible.

    Parameters
    ----------
    values : (n,) numbers, or tuples of codes for `multiple`; no absent ones.
    """
    codes = [option.value for option in form.options_of(item)]
    if item.type == "multiple":
        offered = frozenset(codes)
        return np.array([not offered.issuperset(chosen) for chosen in values], dtype=bool)
    if item.type in ("text", "date") or not (codes or item.range):
        return np.zeros(len(values), dtype=bool)
    numbers = np.asarray(values, dtype=float)
    if codes:
        return ~np.isin(numbers, codes)
    low, high = item.range or (-np.inf, np.inf)
    return np.asarray((numbers < low) | (numbers > high))


def _first_wrong(ties: dict[str, Any], item: Item, form: Instrument) -> Any:
    # A text stands for the reason of an absent answer.
    values = [value for value in ties.values() if not isinstance(value, str)]
    return next((v for v, bad in zip(values, wrong_values(values, item, form), strict=True) if bad), None)


CHECK = Check("out_of_range", find)
