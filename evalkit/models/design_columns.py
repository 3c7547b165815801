"""Columns of a design, made by formulaic from a table and a formula without random terms."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.models.fit import INTERCEPT
from evalkit.models.number_columns import NumberColumns, number_columns
from evalkit.problems import error

if TYPE_CHECKING:
    from formulaic import Formula, ModelSpec

ALONE = re.compile(r"(?<![\w.)\]])\.(?![\w.])")
COLOURS = re.compile(r"\x1b\[[0-9;]*m|[⧛⧚]")
QUOTED = re.compile(r"`([^`]+)`")
ColumnSpec: TypeAlias = "ModelSpec | NumberColumns"
R_WORDS = ((re.compile(r"\^"), "**"), (re.compile(r"(?<![\w.])(as\.)?factor\("), "C("))


@dataclass(frozen=True)
class DesignColumns:
    """Hold columns of a design.

    Parameters
    ----------
    values : (n, p). names : p names.
    spec : how to make the same from other data: formulaic's record, or our own where all are numbers.
    """

    values: Array
    names: tuple[str, ...]
    spec: ColumnSpec


def design_columns(formula: str, frame: pd.DataFrame) -> DesignColumns:
    """Make the columns of a formula; text and categories get treatment contrasts, the first level the base.

    Parameters
    ----------
    formula : right-hand side.
    frame : without missing values in the columns used.

    Raises
    ------
    ProblemsFound
        When a part of the formula cannot be worked out.

    Examples
    --------
    >>> data = pd.DataFrame({"arm": ["b", "a", "b"], "time": [0.0, 1.0, 2.0]})
    >>> design_columns("time * arm", data).names
    ('(Intercept)', 'time', 'arm[T.b]', 'time:arm[T.b]')
    """
    from formulaic.errors import FormulaicError

    try:
        parsed = _parsed(in_python(formula))
        numbers = number_columns(parsed, frame)
        if numbers is not None:
            return DesignColumns(numbers.values(frame), numbers.names, numbers)
        matrix = parsed.get_model_matrix(frame, na_action="ignore")
    except FormulaicError as failure:
        raise _unread(failure) from failure
    names = tuple(INTERCEPT if name == "Intercept" else str(name) for name in matrix.columns)
    return DesignColumns(matrix.to_numpy(dtype=float), names, matrix.model_spec)


def _unread(failure: Exception) -> ProblemsFound:
    """Return the first line of a library's reason, without colours and full stop."""
    reason = COLOURS.sub("", str(failure)).strip().split("\n")[0].rstrip(".")
    return ProblemsFound([error("mixed.formula_unread", reason=reason)])


def columns_for(spec: ColumnSpec | None, frame: pd.DataFrame) -> Array:
    """Make the columns of a model from other data; without a specification, a constant."""
    if spec is None:
        return np.ones((len(frame), 1))
    if isinstance(spec, NumberColumns):
        return spec.values(frame)
    return np.asarray(spec.get_model_matrix(frame, na_action="ignore").to_numpy(dtype=float))


def in_python(formula: str) -> str:
    """Write what R writes otherwise: powers, and `factor()`; names in backticks stay as they are.

    Examples
    --------
    >>> in_python("I(time^2) + factor(wave) + `x^2`")
    'I(time**2) + C(wave) + `x^2`'
    """
    parts = re.split(r"(`[^`]*`)", formula)
    for place in range(0, len(parts), 2):
        for pattern, word in R_WORDS:
            parts[place] = pattern.sub(word, parts[place])
    return "".join(parts)


@lru_cache(maxsize=256)
def names_used(formula: str) -> frozenset[str]:
    """Return the names in a formula that are no function of formulaic: columns, known or not.

    Raises
    ------
    ProblemsFound
        When the formula has no meaning.

    Examples
    --------
    >>> sorted(names_used("log(x) * C(arm) + np.exp(y) + `a b`"))
    ['a b', 'arm', 'x', 'y']
    """
    from formulaic.errors import FormulaicError
    from formulaic.transforms import TRANSFORMS

    quoted = list(dict.fromkeys(QUOTED.findall(formula)))
    bare = QUOTED.sub(lambda found: f"quoted__{quoted.index(found[1])}", formula)
    if ALONE.search(bare):
        raise ProblemsFound([error("mixed.formula_dot")])
    try:
        terms = _parsed(in_python(bare))
        found = {name for term in terms for factor in term.factors for name in _names(factor.expr)}
    except (FormulaicError, SyntaxError, AttributeError, TypeError) as failure:
        raise _unread(failure) from failure
    plain = {name for name in found if not name.startswith("quoted__")}
    return frozenset((plain - set(TRANSFORMS)) | set(quoted))


@lru_cache(maxsize=256)
def _parsed(formula: str) -> Formula:
    """Parse a formula once: simulations and bootstraps fit one formula many times."""
    from formulaic import Formula

    return Formula(formula)


def _names(expression: str) -> set[str]:
    tree = ast.parse(expression, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
