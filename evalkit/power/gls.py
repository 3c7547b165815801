"""The standard error, power and smallest detectable effect of any grid of sites by waves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from evalkit.power.degenerate import DegenerateDesign
from evalkit.power.design_df import Df, design_df
from evalkit.power.grid import Grid
from evalkit.power.noncentral_t import critical_value, noncentrality_for, two_sided_power
from evalkit.power.variances import Variances, resident_covariance, site_covariance

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Trend = Literal["waves", "line", "level"]

# Shares of variance, and of an effect that nothing else explains, below which there is none.
NOTHING = 1e-12
NOT_APART = 1e-16


@dataclass(frozen=True)
class GlsPower:
    """Hold what a design can tell about an effect, if the variances are as assumed.

    Parameters
    ----------
    effect : assumed effect, for one unit of the grid's effect.
    std_error : of its estimate by generalised least squares.
    df : of the t test; infinite for a z test.
    power : probability that the two-sided test rejects, both tails counted.
    smallest_effect : effect at which the test has the wished power.
    interval_width : expected width of the interval, from end to end.
    alpha, wished_power : two-sided level, and the power of `smallest_effect`.
    """

    effect: float
    std_error: float
    df: float
    power: float
    smallest_effect: float
    interval_width: float
    alpha: float
    wished_power: float


def gls_power(
    grid: Grid,
    variances: Variances,
    effect: float,
    *,
    df: Df | float = "between_sites",
    trend: Trend = "waves",
    arm_difference: bool = False,
    beside: Array | None = None,
    alpha: float = 0.05,
    wished_power: float = 0.8,
) -> GlsPower:
    """Return what a design can tell about an effect that reaches its sites as the grid says.

    Parameters
    ----------
    grid : sites, waves, who answers when, and what reaches whom.
    variances : see `Variances`.
    effect : assumed effect, for one unit of the grid's effect.
    df : a number, or a word of `evalkit.power.design_df.design_df`.
    trend : what waves share without the effect: `waves`, a mean each; `line`, a level and a slope; `level`,
        one mean (before and after without comparison: a change, not an effect).
    arm_difference : whether the grid's arms may differ all along, as in a difference in change or in slopes.
    beside : (K, S, T) further columns of the model, such as other waves' effects.
    alpha : two-sided level.
    wished_power : power at which the smallest detectable effect is told.

    Returns
    -------
    Standard error, degrees of freedom, power, smallest effect and interval width. The standard error is
    that of a mixed model on residents' answers whose variances are known: residents of one pattern of
    presence count together, so the cost does not depend on their number.

    Raises
    ------
    DegenerateDesign : when nothing can be told; its `reason` says why.
    ValueError : shapes that do not fit, or levels outside their range.

    References
    ----------
    Hussey & Hughes 2007, Contemporary Clinical Trials 28:182; Rotnitzky & Jewell 1990, Biometrika 77:485
    (information); Schluchter & Elashoff 1990, Journal of Statistical Computation and Simulation 37:69
    (between-within).

    Examples
    --------
    >>> from evalkit.power.grid import closed_cohort
    >>> arms = [0, 0, 0, 1, 1, 1]
    >>> change = np.array([[0, arm] for arm in arms])
    >>> grid = closed_cohort([0, 1], change, 60, arms=arms)
    >>> found = gls_power(
    ...     grid, Variances.from_correlations(1, icc=0.02, cac=0.8, iac=0.5), 0.4, arm_difference=True
    ... )
    >>> round(found.std_error, 4), found.df, round(found.power, 3), round(found.smallest_effect, 3)
    (0.1274, 4.0, 0.657, 0.479)
    """
    _refuse_degenerate(grid, variances)
    nuisance = _nuisance(grid, trend, arm_difference, beside)
    error = _standard_error(grid, variances, nuisance)
    spare = design_df(grid, df, nuisance) if isinstance(df, str) else float(df)
    return GlsPower(
        effect=effect,
        std_error=error,
        df=spare,
        power=two_sided_power(effect / error, spare, alpha=alpha),
        smallest_effect=noncentrality_for(wished_power, spare, alpha=alpha) * error,
        interval_width=2 * critical_value(spare, alpha=alpha) * error * _mean_error_ratio(spare),
        alpha=alpha,
        wished_power=wished_power,
    )


def _refuse_degenerate(grid: Grid, variances: Variances) -> None:
    v = variances
    span = max(1.0, float(np.abs(grid.times).max())) ** 2
    within = v.residual + v.resident + v.resident_slope * span
    between = v.site + v.site_wave + v.site_slope * span + v.effect
    if within + between == 0:
        raise DegenerateDesign("no_variance")
    if within <= NOTHING * between:
        raise DegenerateDesign("icc_one")
    if not grid.cells.any():
        raise DegenerateDesign("nobody_observed")


def _nuisance(grid: Grid, trend: Trend, arm_difference: bool, beside: Array | None) -> Array:
    """Return the columns of the model beside the effect: (K, S, T)."""
    sites, waves = grid.effect.shape
    over_waves = {
        "waves": np.eye(waves),
        "line": np.stack([np.ones(waves), grid.times]),
        "level": np.ones((1, waves)),
    }[trend]
    columns = [np.broadcast_to(over_waves[:, None, :], (len(over_waves), sites, waves))]
    if arm_difference:
        if grid.arms is None:
            raise ValueError("arms that differ need a grid with arms")
        others = np.unique(grid.arms)[1:]
        columns.append(np.repeat((grid.arms == others[:, None])[:, :, None], waves, axis=2))
    if beside is not None:
        columns.append(beside)
    return np.concatenate(columns).astype(float)


def _standard_error(grid: Grid, variances: Variances, nuisance: Array) -> float:
    """Return the effect's standard error: whiten each site, then take out what the other columns explain."""
    asked = grid.cells > 0
    roots = np.linalg.cholesky(_site_mean_covariances(grid, variances, asked))
    columns = np.concatenate([nuisance, grid.effect[None]]) * asked
    whitened = np.linalg.solve(roots, np.moveaxis(columns, 0, 2)).reshape(-1, len(columns))
    others, ours = whitened[:, :-1], whitened[:, -1]
    lengths = np.linalg.norm(others, axis=0)
    others = others[:, lengths > 0] / lengths[lengths > 0]
    left = ours - others @ np.linalg.lstsq(others, ours, rcond=None)[0]
    information = float(left @ left)
    if not information > NOT_APART * float(ours @ ours):
        raise DegenerateDesign("effect_not_estimable")
    return 1 / math.sqrt(information)


def _site_mean_covariances(grid: Grid, variances: Variances, asked: Flags) -> Array:
    """Return the covariance (S, T, T) of each site's wave means; unit variances where nobody answers."""
    both = asked[:, :, None] & asked[:, None, :]
    apart = np.eye(asked.shape[1])
    information = np.einsum("sp,ptu->stu", grid.residents, _resident_information(grid, variances))
    sampling = np.linalg.inv(np.where(both, information, apart))
    shared = site_covariance(variances, grid.times)
    varying = variances.effect * grid.effect[:, :, None] * grid.effect[:, None, :]
    return np.where(both, sampling + shared + varying, apart)


def _resident_information(grid: Grid, variances: Variances) -> Array:
    """Return what one resident of each pattern tells about the wave means: (P, T, T)."""
    both = grid.present[:, :, None] & grid.present[:, None, :]
    covariance = resident_covariance(variances, grid.times)
    alone = covariance.diagonal()
    if not alone.min() > 0:
        raise DegenerateDesign("no_variance")
    seen = np.where(both, covariance, np.diag(alone))
    if not np.linalg.eigvalsh(seen / np.sqrt(np.outer(alone, alone))).min() > NOTHING:
        raise DegenerateDesign("no_variance")
    return np.where(both, np.linalg.inv(seen), 0.0)


def _mean_error_ratio(df: float) -> float:
    """Return the mean of the estimated over the true standard error, when its square is chi-squared."""
    if math.isinf(df):
        return 1.0
    return math.sqrt(2 / df) * math.exp(gammaln((df + 1) / 2) - gammaln(df / 2))
