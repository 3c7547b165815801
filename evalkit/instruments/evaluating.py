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
    condition : parsed condition.
    values : one column an item: numbers, text, or tuples of codes for `multiple`.
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
        return np.all([_holds(part, values, answered) for part in node.parts], axis=0)
    if isinstance(node, Or):
        return np.any([_holds(part, values, answered) for part in node.parts], axis=0)
    if isinstance(node, Not):
        return ~_holds(node.part, values, answered)
    given = answered[node.item].to_numpy(dtype=bool)
    if isinstance(node, Answered):
        return given
    known = values[node.item].to_numpy()[given]
    result = np.zeros(len(given), dtype=bool)
    result[given] = _holds_for(node, known)
    return result


def _holds_for(node: Compare | In, known: npt.NDArray[Any]) -> Any:
    """Answer a question about one item where it was answered."""
    several = len(known) > 0 and isinstance(known[0], tuple)
    if isinstance(node, In):
        if several:
            return [not set(node.values).isdisjoint(chosen) for chosen in known]
        return np.logical_or.reduce([_equal(known, value) for value in node.values])
    if node.counted:
        return _COMPARE[node.operator](np.array([len(chosen) for chosen in known]), node.value)
    if several:
        selected = np.array([node.value in chosen for chosen in known], dtype=bool)
        return ~selected if node.operator == "!=" else selected
    if node.operator in ("==", "!="):
        same = _equal(known, node.value)
        return same if node.operator == "==" else ~same
    return _COMPARE[node.operator](known.astype(type(node.value)), node.value)


def _equal(known: npt.NDArray[Any], value: Literal_) -> Flags:
    if isinstance(value, str):
        return np.asarray(known.astype(str) == value)
    return np.asarray(known == value, dtype=bool)
