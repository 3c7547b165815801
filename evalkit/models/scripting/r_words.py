"""Values as R writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def r_number(value: float | None) -> str:
    """Return a number with all its digits; what is missing as NA.

    Examples
    --------
    >>> r_number(0.1), r_number(None), r_number(float("nan"))
    ('0.1', 'NA', 'NA')
    """
    return "NA" if value is None or np.isnan(value) else repr(float(value))


def r_string(value: str) -> str:
    """Return a string in quotes, quotes and backslashes inside it escaped.

    Examples
    --------
    >>> r_string('a "b"')
    '"a \\\\"b\\\\""'
    """
    return json.dumps(value, ensure_ascii=False)


def r_vector(values: Iterable[float | None]) -> str:
    """Return numbers as a vector."""
    return f"c({', '.join(r_number(value) for value in values)})"


def r_strings(values: Iterable[str]) -> str:
    """Return strings as a vector."""
    return f"c({', '.join(r_string(value) for value in values)})"


def r_matrix(values: Array) -> str:
    """Return a matrix, row by row."""
    return f"matrix({r_vector(values.ravel().tolist())}, nrow = {len(values)}, byrow = TRUE)"


def r_named(values: Mapping[str, float | None]) -> str:
    """Return numbers with names."""
    return f"c({', '.join(f'{name} = {r_number(value)}' for name, value in values.items())})"
