"""Profile likelihood intervals for variances, correlations and fixed effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import symmetric
from evalkit.mixed.design import DesignFault
from evalkit.mixed.deviation_scale import Coordinate, coordinates, natural_point, phi_of
from evalkit.mixed.fitting import MixedFit, fit_prepared
from evalkit.mixed.moments import Moments, moments, solve
from evalkit.mixed.natural import natural_moments
from evalkit.mixed.newton import minimise

# The signed root is found to this share of its scale, far inside what an interval is read to.
ROOT = 1e-7
MOST_TRIES = 60
RIGHT_ANGLE = np.pi / 2


@dataclass(frozen=True)
class ProfileInterval:
    """Hold an interval; `low` is 0, or -1, where the data do not exclude the boundary."""

    low: float
    high: float


@dataclass(frozen=True)
class Profile:
    """Hold profile intervals of all parameters, from the fit by maximum likelihood.

    Parameters
    ----------
    coordinates : standard deviations and correlations, with `intervals`, in order.
    sigma : of the residual standard deviation.
    fixed : one a fixed effect.
    """

    coordinates: tuple[Coordinate, ...]
    intervals: tuple[ProfileInterval, ...]
    sigma: ProfileInterval
    fixed: tuple[ProfileInterval, ...]


@dataclass(frozen=True)
class _Point:
    value: Array
    gradient: Array
    hessian: Array


def profile_intervals(fit: MixedFit, level: float = 0.95) -> Profile:
    """Return profile likelihood intervals.

    Each end is where the deviance, minimised over all other parameters, stands one chi-squared quantile
    above its minimum. A fit by REML is fitted again by maximum likelihood, as lme4 does.

    Raises
    ------
    DesignFault
        For a fit whose residuals vary by level or correlate: their parameters are not profiled.

    References
    ----------
    Bates et al. 2015, section 5.1.
    """
    if fit.residual is not None:
        raise DesignFault("profile_without_residual")
    best = fit if not fit.reml else fit_prepared(fit.prepared, reml=False)
    unit, mean_weight = best.scale, best.prepared.scaled.mean_weight
    gammas = [gamma / unit**2 for gamma in best.covariances]
    phi = phi_of(best.prepared.shape, gammas, best.sigma / unit / np.sqrt(mean_weight))
    lowest = float(_evaluate(best, phi[None], None).value[0])
    cut = float(stats.chi2.ppf(level, 1))
    known = coordinates(best.prepared.shape)
    intervals = []
    for k, where in enumerate(known):
        if where.first == where.second:
            found = _ends(_along(best, phi, k), phi[k], lowest, cut, (0.0, np.inf))
            intervals.append(ProfileInterval(found[0] * unit, found[1] * unit))
        else:
            bounds = (-RIGHT_ANGLE, RIGHT_ANGLE)
            found = _ends(_along(best, phi, k), phi[k], lowest, cut, bounds)
            intervals.append(ProfileInterval(float(np.sin(found[0])), float(np.sin(found[1]))))
    found = _ends(_along(best, phi, len(phi) - 1), phi[-1], lowest, cut, (0.0, np.inf))
    sigma = ProfileInterval(*(end * unit * np.sqrt(mean_weight) for end in found))
    fixed = tuple(_fixed_interval(best, phi, k, lowest, cut) for k in range(len(best.coefficients)))
    return Profile(known, tuple(intervals), sigma, fixed)


def _along(fit: MixedFit, phi: Array, place: int) -> Callable[[float, Array], tuple[float, Array]]:
    """Return the deviance minimised over all but one element of phi, as a function of that one."""
    free = np.ones((1, len(phi)), dtype=bool)
    free[0, place] = False

    def profile(value: float, start: Array) -> tuple[float, Array]:
        begin = start.copy()
        begin[place] = value
        found, values, _ = minimise(lambda at, _: _evaluate(fit, at, None), begin[None], free)
        return float(values[0]), found[0]

    return lambda value, start: profile(value, start if len(start) else phi)


def _fixed_interval(fit: MixedFit, phi: Array, place: int, lowest: float, cut: float) -> ProfileInterval:
    """Profile one fixed effect, in its standard errors from the estimate."""
    scaled = fit.prepared.scaled
    row = scaled.scaling[place]
    error = float(fit.std_errors[place]) / fit.scale
    centre = fit.optimum.at.solved.beta[0]

    def profile(value: float, start: Array) -> tuple[float, Array]:
        reduced = _constrained(row, float(row @ centre) + value * error)
        begin = (start if len(start) else phi)[None]
        found, values, _ = minimise(lambda at, _: _evaluate(fit, at, reduced), begin)
        return float(values[0]), found[0]

    ends = _ends(profile, 0.0, lowest, cut, (-np.inf, np.inf))
    estimate, unit = float(fit.coefficients[place]), float(fit.std_errors[place])
    return ProfileInterval(estimate + ends[0] * unit, estimate + ends[1] * unit)


def _constrained(row: Array, value: float) -> Array:
    """Return A with [X y] A the columns of the model in which row' beta = value: (p + 1, p)."""
    p = len(row)
    basis = np.linalg.svd(row[None])[2][1:].T
    turned = np.zeros((p + 1, p))
    turned[:p, :-1] = basis
    turned[:p, -1] = -row * value / (row @ row)
    turned[p, -1] = 1.0
    return turned


def _evaluate(fit: MixedFit, phi: Array, turned: Array | None) -> _Point:
    """Return the deviance, not profiled over sigma, with derivatives in phi: phi (1, m + 1)."""
    shape, summary = fit.prepared.shape, fit.prepared.summary.of_outcomes(np.array([fit.outcome]))
    point = natural_point(shape, phi[0])
    sigma2 = point.values[-1]
    G = symmetric(shape, point.values[None, :-1] / sigma2)
    if any(np.linalg.eigvalsh(matrix)[0, 0] < -1e-9 * (1 + np.abs(matrix).max()) for matrix in G):
        nothing = np.full(1, np.inf)
        return _Point(nothing, np.full(phi.shape, np.nan), np.full((1, phi.shape[1], phi.shape[1]), np.nan))
    relative = moments(summary, G)
    known = natural_moments(relative, point.values[None, :-1] / sigma2, np.array([sigma2]), summary.rows)
    if turned is not None:
        known = _turned(known, turned)
    solved = solve(known)
    slope = (known.logdet_first + solved.rss_first)[0]
    curve = (known.logdet_second + solved.rss_second)[0]
    hessian = point.jacobian.T @ curve @ point.jacobian + np.einsum("a,abc->bc", slope, point.curvature)
    return _Point(known.logdet + solved.rss, (slope @ point.jacobian)[None], hessian[None])


def _turned(known: Moments, A: Array) -> Moments:
    return Moments(
        known.logdet,
        known.logdet_first,
        known.logdet_second,
        A.T @ known.normal @ A,
        A.T @ known.normal_first @ A,
        A.T @ known.normal_second @ A,
    )


def _ends(
    profile: Callable[[float, Array], tuple[float, Array]],
    estimate: float,
    lowest: float,
    cut: float,
    bounds: tuple[float, float],
) -> tuple[float, float]:
    return (
        _end(profile, estimate, lowest, cut, bounds[0], -1.0),
        _end(profile, estimate, lowest, cut, bounds[1], 1.0),
    )


def _end(
    profile: Callable[[float, Array], tuple[float, Array]],
    estimate: float,
    lowest: float,
    cut: float,
    bound: float,
    side: float,
) -> float:
    """Find where the square root of the rise, nearly linear in the parameter, reaches its cut."""
    goal = float(np.sqrt(cut))
    nothing: Array = np.empty(0)

    def root(value: float, start: Array) -> tuple[float, Array]:
        height, found = profile(value, start)
        return float(np.sqrt(max(height - lowest, 0.0))) - goal, found

    near, near_root, start = estimate, -goal, nothing
    step = max(0.1 * abs(estimate), 0.1) if np.isinf(bound) else 0.2 * abs(bound - estimate)
    far, far_root = near, near_root
    for _ in range(MOST_TRIES):
        far = near + side * step
        if side * (far - bound) >= 0:
            far = bound
        far_root, start = root(far, start)
        if far_root > 0:
            break
        if far == bound:
            return bound
        near, near_root = far, far_root
        step *= 2.0
    return _between(root, (near, near_root), (far, far_root), start)


def _between(
    root: Callable[[float, Array], tuple[float, Array]],
    low: tuple[float, float],
    high: tuple[float, float],
    start: Array,
) -> float:
    """Close in by false position, halving a side that does not move (Illinois)."""
    (a, fa), (b, fb) = low, high
    kept = 0
    value = b
    for _ in range(MOST_TRIES):
        value = b - fb * (b - a) / (fb - fa)
        f, start = root(value, start)
        if abs(f) < ROOT or abs(b - a) <= 1e-12 * (1.0 + abs(value)):
            break
        if f * fb < 0:
            a, fa = b, fb
            kept = 0
        elif kept:
            fa /= 2
        b, fb = value, f
        kept += 1
    return value
