"""Residuals that are not alike: a variance for each level, and correlation that fades with time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import Design, DesignFault


@dataclass(frozen=True)
class ResidualDesign:
    """Hold what residual variances and correlations go by.

    Parameters
    ----------
    levels : (n,) integers from 0, such as waves, each with a variance of its own; or None.
    names : of the levels; the first is the one whose standard deviation is `sigma`.
    times : (n,), any unit; or None. Residuals of one group that are dt apart correlate rho^|dt|.
    within : (n,) integers, the groups of `times`, as residents; by default the grouping with most levels.
    """

    levels: IntArray | None = None
    names: tuple[str, ...] = ()
    times: Array | None = None
    within: IntArray | None = None

    @property
    def ratios(self) -> int:
        """Return how many variances are free beside sigma^2."""
        return max(len(self.names) - 1, 0)

    @property
    def number(self) -> int:
        """Return how many parameters there are beside sigma."""
        return self.ratios + (self.times is not None)


def make_residual_design(
    rows: int,
    *,
    levels: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    times: npt.ArrayLike | None = None,
    within: npt.ArrayLike | None = None,
) -> ResidualDesign:
    """Check what residual variances and correlations go by.

    Parameters
    ----------
    rows : n, of the model. The others are as for `ResidualDesign`.

    Raises
    ------
    DesignFault
        Shapes that disagree; a single level, or one with a single row; times that are missing.

    Examples
    --------
    >>> make_residual_design(4, levels=[0, 1, 0, 1]).names
    ('0', '1')
    """
    parts = [np.asarray(p) for p in (levels, times, within) if p is not None]
    if any(part.shape != (rows,) for part in parts):
        raise DesignFault("shapes_disagree")
    codes, own = None, tuple[str, ...]()
    if levels is not None:
        codes = np.asarray(levels, dtype=np.intp)
        counts = np.bincount(codes)
        own = tuple(names) if names is not None else tuple(str(k) for k in range(len(counts)))
        _check_levels(np.bincount(codes, minlength=len(own)), own)
    when = None if times is None else np.asarray(times, dtype=float)
    if when is not None and not np.isfinite(when).all():
        raise DesignFault("times_missing", count=int((~np.isfinite(when)).sum()))
    groups = None if within is None else np.asarray(within, dtype=np.intp)
    return ResidualDesign(codes, own, when, groups)


def _check_levels(counts: IntArray, names: tuple[str, ...]) -> None:
    if len(counts) < 2:
        raise DesignFault("one_residual_level")
    few = [name for name, count in zip(names, counts, strict=True) if count < 2]
    if few:
        raise DesignFault("residual_level_small", levels=", ".join(few))


# Pairs of rows within groups that still fit into memory, at some 0.2 GB a million.
MOST_PAIRS = 20_000_000


def grouped(residual: ResidualDesign, design: Design) -> ResidualDesign:
    """Return the design of residuals with its groups said and numbered from 0, and check its times.

    Raises
    ------
    DesignFault
        Two rows of a group at one time; no group with two rows; more pairs of rows than memory holds.
    """
    if residual.times is None:
        return ResidualDesign(residual.levels, residual.names)
    within = residual.within
    if within is None:
        within = max((term.codes for term in design.terms), key=lambda codes: int(codes.max()))
    dense = np.unique(within, return_inverse=True)[1].astype(np.intp)
    order = np.lexsort((residual.times, dense))
    same = dense[order][1:] == dense[order][:-1]
    if not same.any():
        raise DesignFault("no_repeats")
    pairs = int((np.bincount(dense).astype(np.int64) ** 2).sum())
    if pairs > MOST_PAIRS:
        raise DesignFault("groups_too_long", rows=int(np.bincount(dense).max()), pairs=pairs, most=MOST_PAIRS)
    repeated = same & (np.diff(residual.times[order]) <= 0)
    if repeated.any():
        raise DesignFault("times_repeat", groups=len(np.unique(dense[order][1:][repeated])))
    return ResidualDesign(residual.levels, residual.names, residual.times, dense)
