"""The wild bootstrap of the regression of one number a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.models.inference.assignments import DRAWS, MOST, SEED
from evalkit.models.inference.multipliers import Multipliers, Points, multipliers
from evalkit.models.inference.site_regression import ALIASED, SiteRegression, regressions
from evalkit.models.inference.site_tests import SiteTests, varies
from evalkit.problems import Problem, note

Array = npt.NDArray[np.float64]

METHOD = "wild_bootstrap"
TIE = 1e-9  # statistics that differ by less are equal: they are sums of the same numbers in another order
CHUNK = 2_000_000  # numbers of one array at a time
WIDENINGS, HALVINGS = 40, 50  # of the search for a limit: doublings of a standard error, then halvings


def wild_bootstrap_test(
    changes: Array,
    design: Array,
    column: int,
    weights: Array | None = None,
    *,
    points: Points = "rademacher",
    level: float = 0.95,
    interval: bool = True,
    most: int = MOST,
    draws: int = DRAWS,
    seed: int = SEED,
) -> SiteTests:
    """Test the contrast of sites against data made by turning the signs of residuals, site by site.

    The null is imposed: residuals are those without the column of interest. Statistics are t with a
    variance that lets sites differ (HC1, of one row a cluster). The interval holds the values that the
    test does not reject, found by halving outward from the estimate.

    Parameters
    ----------
    changes : (..., G), one number a site.
    design : (G, q); `column` is the one of interest.
    weights : (..., G) or (G,), inverse variances up to a factor; None for equal weights.
    points : what residuals are multiplied by: `rademacher`, plus or minus one, or `webb`, six points.
    level : coverage of the interval.
    interval : whether to search for limits.
    most, draws, seed : all rows are used up to `most` of them; above, `draws` drawn ones and the data.

    Returns
    -------
    Tests of shape (...); limits are nan when the level is out of reach: with four sites and Rademacher's
    points no p-value is under 1/8.

    References
    ----------
    Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90:414; Webb 2023, Canadian Journal
    of Economics 56:839 (six points); MacKinnon & Webb 2017, Journal of Applied Econometrics 32:233 (it
    rejects too rarely or too often when few sites are treated).

    Examples
    --------
    >>> design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    >>> found = wild_bootstrap_test(np.array([3.0, 5, 4, 1, 1, 2]), design, 1).single()
    >>> round(found.estimate, 4), found.p_value, found.smallest_p
    (2.6667, 0.03125, 0.03125)
    """
    shape = np.shape(changes)[:-1]
    signs = multipliers(len(design), points, most=most, draws=draws, seed=seed)
    parts: list[Array] = []
    problems: tuple[Problem, ...] = ()
    for regression in regressions(changes, design, column, weights, together=CHUNK // signs.values.size):
        parts.append(_tested(regression, signs.values, 1 - level, interval))
        problems = problems or regression.problems
    estimate, std_error, p_value, conf_low, conf_high = np.concatenate(parts, axis=1).reshape(5, *shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / std_error
    return SiteTests(
        method=METHOD,
        estimate=estimate,
        std_error=std_error,
        df=np.full(shape, np.nan),
        statistic=statistic,
        p_value=p_value,
        conf_low=conf_low,
        conf_high=conf_high,
        smallest_p=signs.smallest_p,
        n_sites=len(design),
        problems=(*_problems(signs, 1 - level), *problems),
    )


@dataclass(frozen=True)
class _Replicates:
    """Hold the statistics of all replicates as functions of the value g that is tested, less the estimate.

    Parameters
    ----------
    numerator : (2, B, S), coefficients of 1 and g. variance : (3, B, S), of 1, g and g squared.
    observed : (B, 1), variance of the data's own numerator. squares : (B, 1), sum of squares of the arm.
    """

    numerator: Array
    variance: Array
    observed: Array
    squares: Array

    def p_value(self, g: Array) -> Array:
        """Return the p-values, (B,), of the values `g` above the estimates, (B,)."""
        g = g[:, None]
        products = self.numerator[0] + g * self.numerator[1]
        variance = self.variance[0] + g * (self.variance[1] + g * self.variance[2])
        found: Array = (products**2 * self.observed >= (g * self.squares) ** 2 * variance * (1 - TIE)).mean(
            axis=1
        )
        return found


def _tested(regression: SiteRegression, signs: Array, alpha: float, interval: bool) -> Array:
    """Return estimates, standard errors, p-values and limits of some data sets, (5, B)."""
    estimate, squares = regression.estimate, regression.squares
    if regression.df < 1:
        return np.stack([estimate, *np.full((4, len(estimate)), np.nan)])
    replicates = _replicates(regression, signs)
    n_sites = signs.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        std_error = np.sqrt(replicates.observed[:, 0] * n_sites / regression.df) / squares
        p_value = replicates.p_value(-estimate)
    limits = np.full((2, len(estimate)), np.nan)
    if interval:
        limits = np.stack([estimate + _limit(replicates, side * std_error, alpha) for side in (-1, 1)])
    found = np.stack([estimate, std_error, p_value, *limits])
    found[1:, ~varies(estimate, std_error)] = np.nan
    return found


def _replicates(regression: SiteRegression, signs: Array) -> _Replicates:
    """Sum, for every row of signs, what the statistic needs: refitted residuals are linear in g."""
    arm, left, others = regression.arm, regression.residuals, regression.others
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = (arm / np.sqrt(regression.squares)[:, None])[..., None]
    basis = np.concatenate([others, unit], axis=-1)
    found = np.empty((5, len(arm), len(signs)))
    step = max(CHUNK // arm.size, 1)
    for start in range(0, len(signs), step):
        some = slice(start, start + step)
        turned = np.stack([signs[some] * left[:, None], -signs[some] * arm[:, None]])
        found[:2, :, some] = (turned @ arm[..., None])[..., 0]
        constant, slope = (turned - (turned @ basis) @ basis.swapaxes(-1, -2)) * arm[:, None]
        # Rounding in a slope of zero would outweigh all else far from the estimate.
        none = (slope**2).sum(axis=-1) <= (ALIASED**2 * (arm**4).sum(axis=-1))[:, None]
        slope = np.where(none[..., None], 0.0, slope)
        found[2, :, some] = (constant**2).sum(axis=-1)
        found[3, :, some] = 2 * (constant * slope).sum(axis=-1)
        found[4, :, some] = (slope**2).sum(axis=-1)
    observed = ((arm * left) ** 2).sum(axis=-1)[:, None]
    return _Replicates(found[:2], found[2:], observed, regression.squares[:, None])


def _limit(replicates: _Replicates, step: Array, alpha: float) -> Array:
    """Return how far from the estimate values are rejected, (B,); nan where none is, however far."""
    inside, outside = np.zeros_like(step), step
    for _ in range(WIDENINGS):
        rejected = replicates.p_value(outside) <= alpha + TIE
        if rejected.all():
            break
        inside, outside = np.where(rejected, inside, outside), np.where(rejected, outside, 2 * outside)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        beyond = replicates.p_value(middle) <= alpha + TIE
        inside, outside = np.where(beyond, inside, middle), np.where(beyond, middle, outside)
    return np.where(rejected & np.isfinite(step), outside, np.nan)


def _problems(signs: Multipliers, alpha: float) -> tuple[Problem, ...]:
    found = []
    if signs.sampled:
        drawn = len(signs.values) - 1
        found.append(note("inference.signs_sampled", possible=signs.n_possible, drawn=drawn))
    if signs.smallest_p > alpha + TIE:
        facts = {"possible": signs.n_possible, "smallest": signs.smallest_p}
        found.append(note("inference.signs_too_few", **facts))
    return tuple(found)
