"""Evaluate a skip condition over a whole table of answers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.instruments.conditions import And, Answered, Compare, Condition, In, Literal_, Node, Not, Or

Flags = npt.NDArray[np.bool_]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(condition: Condition, values: pd.DataFrame, answered: pd.DataFrame) -> Flags:
    """Tell for each row whether the condition holds.

    Parameters
    ----------
    condition : parsed condition; that it fits the types of its items is what checking a questionnaire
        makes sure of.
    values : one column an item: numbers, text, ISO dates, or tuples of codes for `multiple`.
    answered : same rows, boolean columns: whether the item was answered.

    Returns
    -------
    Boolean array, one value a row. A comparison with an absent answer is false, `!=` too; `not` is
    then true.

    Examples
    --------
    >>> from evalkit.instruments.conditions import parse_condition
    >>> values = pd.DataFrame({"age": [17.0, 40.0, np.nan]})
    >>> evaluate(parse_condition("not age < 18"), values, values.notna()).tolist()
    [False, True, True]
    """
    return _holds(condition.root, values, answered)


def _holds(node: Node, values: pd.DataFrame, answered: pd.DataFrame) -> Flags:
    if isinstance(node, And):
        return _joined(np.logical_and, [_holds(part, values, answered) for part in node.parts])
    if isinstance(node, Or):
        return _joined(np.logical_or, [_holds(part, values, answered) for part in node.parts])
    if isinstance(node, Not):
        return ~_holds(node.part, values, answered)
    given = answered[node.item].to_numpy(dtype=bool)
    if isinstance(node, Answered):
        return given
    known = values[node.item].to_numpy()[given]
    result = np.zeros(len(given), dtype=bool)
    result[given] = _holds_for(node, known)
    return result


def _holds_for(node: Compare | In, known: npt.NDArray[Any]) -> Flags:
    """Answer a question about one item where it was answered."""
    several = len(known) > 0 and isinstance(known[0], tuple)
    if isinstance(node, In):
        return _joined(np.logical_or, [_has(known, value, several) for value in node.values])
    if node.counted:
        return _compared(np.array([len(chosen) for chosen in known]), node.operator, node.value)
    if several:
        selected = _has(known, node.value, several)
        return ~selected if node.operator == "!=" else selected
    return _compared(known, node.operator, node.value)


def _joined(join: np.ufunc, parts: list[Flags]) -> Flags:
    return np.asarray(join.reduce(parts), dtype=bool)


def _has(known: npt.NDArray[Any], value: Literal_, several: bool) -> Flags:
    if several:
        return np.array([value in chosen for chosen in known], dtype=bool)
    return _compared(known, "==", value)


def _compared(known: npt.NDArray[Any], operator_: str, value: Literal_) -> Flags:
    # 2.5 hours are more than 2: numbers compare as numbers, whether or not the condition writes decimals.
    answers = known.astype(str if isinstance(value, str) else float)
    return np.asarray(_COMPARE[operator_](answers, value), dtype=bool)
