"""The regression of one number a site on its arm and other columns, with the other columns taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.problems import Problem, warning

Array = npt.NDArray[np.float64]

ALIASED = 1e-10  # share of a column's squares under which what is left of it is rounding


@dataclass(frozen=True)
class SiteRegression:
    """Hold a weighted regression of which only the column of interest is left (Frisch, Waugh and Lovell).

    Everything is multiplied by the root of the weights, so that least squares without weights remain.

    Parameters
    ----------
    arm, changes : (..., G), the column of interest and the numbers, less what the other columns explain.
    roots : (..., G), roots of the weights.
    others : (..., G, r), orthonormal columns that span the other columns.
    squares : (...), sum of squares of `arm`; 0 where the other columns explain it wholly.
    df : sites less columns.
    """

    arm: Array
    changes: Array
    roots: Array
    others: Array
    squares: Array
    df: int

    @property
    def estimate(self) -> Array:
        """Return the coefficient of the column of interest, (...); nan where it has none of its own."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Array = np.where(
                self.squares > 0, (self.arm * self.changes).sum(axis=-1) / self.squares, np.nan
            )
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return why there is no estimate, or no test of it."""
        if (self.squares == 0).any():
            return (warning("inference.arm_explained"),)
        if self.df < 1:
            return (warning("inference.sites_too_few", sites=self.arm.shape[-1]),)
        return ()

    @property
    def residuals(self) -> Array:
        """Return the residuals of the whole regression, (..., G), times the roots of the weights."""
        found: Array = self.changes - self.arm * self.estimate[..., None]
        return found


def regress_sites(changes: Array, design: Array, column: int, weights: Array | None = None) -> SiteRegression:
    """Take the other columns of a design out of the column of interest and out of the changes.

    Parameters
    ----------
    changes : (..., G), one number a site.
    design : (G, q), with a column of ones unless there is a reason.
    column : which column is of interest.
    weights : (..., G) or (G,), above zero; None for equal weights.

    Returns
    -------
    The regression; other columns that say the same count once.

    Raises
    ------
    ValueError : when shapes do not agree, or a number is missing or a weight not above zero.

    Examples
    --------
    >>> design = np.column_stack([np.ones(4), [1, 1, 0, 0]])
    >>> regress_sites(np.array([3.0, 5, 1, 1]), design, 1).estimate.item()
    3.0
    """
    changes, design = np.asarray(changes, dtype=float), np.asarray(design, dtype=float)
    roots = np.sqrt(_checked(changes, design, weights))
    directions, sizes, _ = np.linalg.svd(np.delete(design, column, axis=1), full_matrices=False)
    directions = directions[:, sizes > ALIASED * sizes.max(initial=0.0)]
    others = np.linalg.qr(roots[..., None] * directions)[0]
    arm = take_out(others, roots * design[:, column])
    squares = (arm**2).sum(axis=-1)
    whole = ((roots * design[:, column]) ** 2).sum(axis=-1)
    squares = np.where(squares > ALIASED * whole, squares, 0.0)
    df = len(design) - directions.shape[1] - 1
    return SiteRegression(arm, take_out(others, roots * changes), roots, others, squares, df)


def regressions(
    changes: Array, design: Array, column: int, weights: Array | None = None, *, together: int
) -> Iterator[SiteRegression]:
    """Yield the regressions of many data sets, `together` at a time (one at least), in their order.

    Parameters
    ----------
    changes, design, column, weights : as for `regress_sites`; leading axes are taken as one.
    """
    changes = np.asarray(changes, dtype=float)
    rows = changes.reshape(-1, changes.shape[-1])
    given = None if weights is None else np.broadcast_to(weights, changes.shape).reshape(rows.shape)
    for start in range(0, len(rows), max(together, 1)):
        some = slice(start, start + max(together, 1))
        yield regress_sites(rows[some], design, column, None if given is None else given[some])


def take_out(others: Array, columns: Array) -> Array:
    """Return `columns`, (..., G), less their projections on the orthonormal `others`, (..., G, r)."""
    shares = np.einsum("...gr,...g->...r", others, columns)
    left: Array = columns - np.einsum("...gr,...r->...g", others, shares)
    return left


def _checked(changes: Array, design: Array, weights: Array | None) -> Array:
    if design.ndim != 2 or changes.shape[-1:] != design.shape[:1]:
        raise ValueError(f"{changes.shape[-1:]} changes do not fit a design of shape {design.shape}")
    given = np.ones(len(design)) if weights is None else np.asarray(weights, dtype=float)
    given = np.broadcast_to(given, changes.shape)
    if not (np.isfinite(changes).all() and np.isfinite(design).all() and np.isfinite(given).all()):
        raise ValueError("a change, a column or a weight is missing")
    if not (given > 0).all():
        raise ValueError("weights are above zero")
    return given
