"""What residual variances and correlations go by, as columns of a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import IntArray
from evalkit.mixed.design import DesignFault
from evalkit.mixed.residual_design import ResidualDesign, make_residual_design
from evalkit.models.grouping import group_codes
from evalkit.problems import Place, error


@dataclass(frozen=True)
class ResidualTerms:
    """Hold the columns that residuals go by.

    Parameters
    ----------
    variance_by : columns whose combinations each have a variance; none where all are alike.
    time : column of elapsed time, or None. within : columns of its groups; none for the innermost.
    """

    variance_by: tuple[str, ...] = ()
    time: str | None = None
    within: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Return all columns named."""
        return frozenset((*self.variance_by, *self.within, *((self.time,) if self.time else ())))

    def __bool__(self) -> bool:
        """Return whether residuals go by anything."""
        return bool(self.variance_by or self.time)


PLAIN = ResidualTerms()


def residual_terms(variance_by: str | None, time: str | None, within: str | None) -> ResidualTerms:
    """Read what residuals go by, as written.

    Raises
    ------
    ProblemsFound
        Groups of time without a time.

    Examples
    --------
    >>> residual_terms("site:wave", None, None).variance_by
    ('site', 'wave')
    """
    if within is not None and time is None:
        raise ProblemsFound([error("mixed.within_without_time", within=str(within))])
    return ResidualTerms(_names(variance_by), time, _names(within))


def _names(written: str | None) -> tuple[str, ...]:
    return () if written is None else tuple(name.strip() for name in str(written).split(":"))


def residual_design(terms: ResidualTerms, frame: pd.DataFrame) -> ResidualDesign | None:
    """Return what residuals go by as arrays.

    Raises
    ------
    ProblemsFound
        A time that is no number; a level with a single row.
    """
    if not terms:
        return None
    levels, names = (None, None) if not terms.variance_by else _levels(frame, terms.variance_by)
    times = None if terms.time is None else _times(frame[terms.time], terms.time)
    within = group_codes(frame, terms.within).codes if terms.within else None
    try:
        return make_residual_design(len(frame), levels=levels, names=names, times=times, within=within)
    except DesignFault as fault:
        raise ProblemsFound([error(f"mixed.{fault.code}", **fault.values)]) from fault


def _levels(frame: pd.DataFrame, columns: tuple[str, ...]) -> tuple[IntArray, list[str]]:
    """Number levels in their order: that of categories, numbers or letters."""
    if len(columns) == 1:
        codes, labels = pd.factorize(frame[columns[0]], sort=True)
        return codes.astype(np.intp), [str(label) for label in labels]
    found = group_codes(frame, columns)
    order = np.argsort(found.labels)
    return np.argsort(order)[found.codes].astype(np.intp), [str(found.labels[k]) for k in order]


def _times(column: pd.Series, name: str) -> npt.NDArray[np.float64]:
    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column.dtype) or kinds.is_timedelta64_dtype(column.dtype):
        raise ProblemsFound([error("mixed.column_is_date", Place(column=name))])
    if not kinds.is_numeric_dtype(column):
        raise ProblemsFound([error("mixed.time_not_number", Place(column=name))])
    return column.to_numpy(dtype=float)
