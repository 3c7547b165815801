"""An outcome in categories: their order, their labels, and those that nobody gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array, IntArray
from evalkit.problems import Place, Problem, error, note

# More different values than this are a score, and a threshold for each would be no model.
MOST_CATEGORIES = 20


@dataclass(frozen=True)
class Coded:
    """Hold an outcome as codes from 0 in the order of the categories, missing as not a number.

    Parameters
    ----------
    codes : (n,). labels : of the categories, in order.
    """

    codes: Array
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Present:
    """Hold the categories that have answers: codes (n,) from 0 without gaps, and their labels."""

    codes: IntArray
    labels: tuple[str, ...]
    problems: tuple[Problem, ...]


def code_outcome(column: pd.Series, name: str, *, ordered: bool) -> Coded:
    """Return a column as codes: numbers and truths in their order, categories in theirs.

    Parameters
    ----------
    ordered : whether more than two categories may occur; words must then say their order.

    Raises
    ------
    ProblemsFound
        Words without an order, more than two categories where two are modelled, or very many.

    Examples
    --------
    >>> code_outcome(pd.Series([3, 1, None]), "rating", ordered=True).labels
    ('1', '3')
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        known, in_order = list(column.cat.categories), bool(column.cat.ordered)
    else:
        known = sorted(column.dropna().unique(), key=None if _numbers(column) else str)
        in_order = _numbers(column)
    place, used = Place(column=name), column.dropna().nunique()
    if not ordered and used > 2:
        raise ProblemsFound([error("clmm.not_two", place, count=used)])
    if used > MOST_CATEGORIES:
        raise ProblemsFound([error("clmm.too_many_categories", place, count=used, most=MOST_CATEGORIES)])
    if used > 2 and not in_order:
        raise ProblemsFound([error("clmm.no_order", place)])
    codes = pd.Categorical(column, categories=known).codes.astype(float)
    return Coded(np.where(codes < 0, np.nan, codes), tuple(_label(value) for value in known))


def _numbers(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _label(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def categories_present(codes: Array, labels: tuple[str, ...], name: str) -> Present:
    """Number the categories that have answers without gaps, and say which have none."""
    there, dense = np.unique(codes.astype(np.intp), return_inverse=True)
    unused = [label for k, label in enumerate(labels) if k not in set(there.tolist())]
    said = (note("clmm.category_unused", Place(column=name), values=", ".join(unused)),) if unused else ()
    return Present(dense.astype(np.intp).ravel(), tuple(labels[k] for k in there), said)
