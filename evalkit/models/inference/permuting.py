"""The permutation test of the difference between arms, over the assignments that the design allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.assignments import Assignments
from evalkit.models.inference.site_regression import ALIASED, SiteRegression, regressions
from evalkit.models.inference.site_tests import SiteTests
from evalkit.problems import Problem, note

Array = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Statistic = Literal["t", "difference"]

METHODS = {True: "randomisation", False: "permutation"}
TIE = 1e-9  # statistics that differ by less are equal: they are sums of the same numbers in another order
CHUNK = 2_000_000  # numbers of one array at a time


def permutation_test(
    changes: Array,
    design: Array,
    column: int,
    assignments: Assignments,
    weights: Array | None = None,
    *,
    randomised: bool,
    statistic: Statistic = "t",
    level: float = 0.95,
) -> SiteTests:
    """Test the arms by giving them to sites in every other way that the design allows.

    If arms were drawn by lot and make no difference to any site, all assignments were equally likely to
    give the largest statistic: the p-value is exact, whatever the distribution, the weights and the
    other columns. If they were not drawn, it holds as far as sites could have changed places, and is
    called so. An interval holds the differences d for which the changes less d in the arm of interest
    are not found extreme; it is exact and needs no search, because each assignment stops being as extreme
    at one d on either side.

    Parameters
    ----------
    changes : (..., G), one number a site.
    design : (G, q); `column` is the arm, 1 or 0.
    assignments : `allowed_assignments` of the arm.
    weights : (..., G) or (G,); None for equal weights. For the test to be exact they must not depend on
        which site was in which arm: take the variance between sites from a model without the arm.
    randomised : whether arms were drawn by lot; names the method.
    statistic : `t` of the weighted regression (least squares), or the `difference` itself (its
        coefficient). Without weights and other columns the two order assignments alike.
    level : coverage of the interval.

    Returns
    -------
    Tests of shape (...); limits are nan when the assignments are too few for the level.

    Raises
    ------
    ValueError : when the first of the assignments is not the arm of the design.

    References
    ----------
    Fisher 1935, The Design of Experiments; Gail et al. 1996, Statistics in Medicine 15:1069 (trials that
    randomise groups); Garthwaite 1996, Biometrics 52:1387 (intervals).

    Examples
    --------
    >>> from evalkit.models.inference.assignments import allowed_assignments
    >>> design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    >>> found = permutation_test(np.array([3.0, 5, 4, 1, 1, 2]), design, 1,
    ...     allowed_assignments(design[:, 1]), randomised=True, level=0.8).single()
    >>> found.method, round(found.estimate, 4), found.p_value
    ('randomisation', 2.6667, 0.1)
    >>> round(found.conf_low, 4), round(found.conf_high, 4)
    (2.0, 4.0)
    """
    if not np.array_equal(assignments.arms[0], design[:, column]):
        raise ValueError("the first assignment is the arm of the design, 1 or 0")
    shape = np.shape(changes)[:-1]
    parts: list[Array] = []
    problems: tuple[Problem, ...] = ()
    for regression in regressions(changes, design, column, weights, together=CHUNK // assignments.arms.size):
        parts.append(_tested(regression, assignments.arms, statistic, 1 - level))
        problems = problems or regression.problems
    found = np.concatenate(parts, axis=1)
    estimate, observed, p_value, conf_low, conf_high = found[:5].reshape(5, *shape)
    smallest_p = float(found[5].max())
    return SiteTests(
        method=METHODS[randomised],
        estimate=estimate,
        std_error=np.full(shape, np.nan),
        df=np.full(shape, np.nan),
        statistic=observed,
        p_value=p_value,
        conf_low=conf_low,
        conf_high=conf_high,
        smallest_p=smallest_p,
        n_sites=len(design),
        problems=(*_problems(assignments, smallest_p, 1 - level), *problems),
    )


def _tested(regression: SiteRegression, arms: Booleans, statistic: Statistic, alpha: float) -> Array:
    """Return estimates, statistics, p-values, limits and smallest p-values of some data sets, (6, B).

    Let x be the column of an assignment scaled so that x'y is its statistic (up to what does not order
    assignments), x0 the observed one so scaled, d the observed one as it is, e the residuals. At g above
    the estimate the statistics are |x'e - g x'd| and g x0'd: the first is the larger up to one g, which
    `above` holds. Where |x'd| is not under x0'd there is no such g; where x is d or -d, but for its
    length, the two are the same whatever the changes.
    """
    squares, with_changes, left, along = _products(regression, arms)
    with np.errstate(divide="ignore"):
        scale = np.where(squares > 0, squares ** (-0.5 if statistic == "t" else -1.0), 0.0)
    same = (squares > 0) & (np.abs(along) >= np.sqrt(squares * squares[:, :1]) * (1 - TIE))
    sizes, left, along = np.abs(with_changes * scale), left * scale, along * scale
    full = (regression.squares * scale[:, 0])[:, None]
    slack = TIE * np.sqrt((regression.changes**2).sum(axis=-1) * regression.squares) * scale[:, 0]
    p_value = (sizes >= (sizes[:, 0] - slack)[:, None]).mean(axis=1)
    ever = np.abs(along) >= full * (1 - TIE)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.abs(left) / (full + np.where(left >= 0, along, -along))
        below = np.abs(left) / (full - np.where(left >= 0, along, -along))
    limits = [_limit(np.where(ever, np.inf, ends), alpha) for ends in (below, above)]
    estimate = regression.estimate
    shown = estimate if statistic == "difference" else _t(regression)
    found = np.stack(
        [estimate, shown, p_value, estimate - limits[0], estimate + limits[1], same.mean(axis=1)]
    )
    found[1:5, np.isnan(shown)] = np.nan
    return found


def _products(regression: SiteRegression, arms: Booleans) -> tuple[Array, Array, Array, Array]:
    """Return, (B, A) each, the squares of every assignment's column once the other columns are taken out,
    and its products with changes, residuals and the observed column."""
    targets = np.stack([regression.changes, regression.residuals, regression.arm], axis=-1)
    others, n_sets = regression.others, len(regression.arm)
    found = np.empty((4, n_sets, len(arms)))
    step = max(CHUNK // (n_sets * arms.shape[1]), 1)
    for start in range(0, len(arms), step):
        some = slice(start, start + step)
        columns = regression.roots[:, None, :] * arms[some]
        whole = (columns**2).sum(axis=-1)
        columns = columns - (columns @ others) @ others.swapaxes(-1, -2)
        squares = (columns**2).sum(axis=-1)
        found[0, :, some] = np.where(squares > ALIASED * whole, squares, 0.0)
        found[1:, :, some] = np.moveaxis(columns @ targets, -1, 0)
    return found[0], found[1], found[2], found[3]


def _limit(ends: Array, alpha: float) -> Array:
    """Return the largest distance at which more than `alpha` of the assignments are as extreme, (B,)."""
    n_assignments = ends.shape[1]
    rank = n_assignments - 1 - int(np.floor(alpha * n_assignments + TIE))
    limit = np.partition(ends, rank, axis=1)[:, rank]
    return np.where(np.isfinite(limit), limit, np.nan)


def _t(regression: SiteRegression) -> Array:
    """Return the t of least squares, (B,); nan without degrees of freedom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (regression.residuals**2).sum(axis=-1) / (regression.df * regression.squares)
        t: Array = regression.estimate / np.sqrt(variance)
    return t if regression.df > 0 else np.full_like(t, np.nan)


def _problems(assignments: Assignments, smallest_p: float, alpha: float) -> Iterator[Problem]:
    if assignments.sampled:
        drawn = len(assignments.arms) - 1
        yield note("inference.assignments_sampled", allowed=assignments.n_allowed, drawn=drawn)
    if smallest_p > alpha + TIE:
        yield note("inference.assignments_too_few", allowed=assignments.n_allowed, smallest=smallest_p)
