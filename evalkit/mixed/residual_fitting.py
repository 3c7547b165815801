"""Fit a mixed model whose residuals vary by level or correlate over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.design import DesignFault, RandomTerm, make_design
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.kenward_roger import expected_information
from evalkit.mixed.newton import OptimiserRecord, minimise
from evalkit.mixed.optimum import SMALL
from evalkit.mixed.residual_covariance import ResidualCovariance
from evalkit.mixed.residual_design import ResidualDesign, make_residual_design
from evalkit.mixed.residual_point import Point, point_at
from evalkit.mixed.residual_uncertainty import residual_uncertainty
from evalkit.mixed.whitening import PlainRows, plain_rows

# Correlations at the usual gap to start from: autocorrelation and effects of residents can change places.
STARTS = (0.2, 0.7)
# A correlation at the usual gap below this is tried as an exact zero.
NEARLY_ZERO = 1e-3
# By how much an exact zero may raise the criterion: less than any digit reported.
ZERO_COSTS = 1e-6
# Log ratios of variances that differ by more than this are no optimum, but the way to a variance of zero.
FARTHEST = 12.0
# A descent may overshoot and come back; from beyond this it does not.
HOPELESS = 16.0
# Expected information, scaled to a unit diagonal, below this: two parameters do the same.
SAME = 1e-7


def fit_residual(
    y: Array,
    X: Array,
    terms: Sequence[RandomTerm],
    residual: ResidualDesign,
    *,
    weights: Array | None = None,
    names: Sequence[str] | None = None,
    reml: bool = True,
) -> MixedFit:
    """Fit a Gaussian linear mixed model whose residuals are not alike, by REML or ML.

    Parameters
    ----------
    residual : what residual variances and correlations go by (`make_residual_design`).
    y, X, terms, weights, names, reml : as for `fit_mixed`.

    Returns
    -------
    The fit; `fit.residual` has the variance ratios and rho, `fit.sigma` is of the first level.

    Raises
    ------
    DesignFault
        When the model cannot be fitted to these data, or the data do not tell its parameters apart.

    References
    ----------
    Pinheiro & Bates 2000, Mixed-Effects Models in S and S-PLUS, chapter 5 (varIdent, corCAR1).

    Examples
    --------
    >>> from evalkit.mixed.residual_design import make_residual_design
    >>> rng = np.random.default_rng(1)
    >>> group, wave = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    >>> y = rng.normal(size=60)[group] + np.where(wave == 3, 2.0, 1.0) * rng.normal(size=240)
    >>> by_wave = make_residual_design(240, levels=wave)
    >>> fit = fit_residual(y, np.ones((240, 1)), [RandomTerm(group, np.ones((240, 1)))], by_wave)
    >>> fit.converged, bool(2 < fit.residual.ratios[3] < 6)
    (True, True)
    """
    plain = plain_rows(make_design(y, X, terms, weights, names), residual)
    return fit_plain(plain, reml=reml)


def refit(
    fit: MixedFit, *, reml: bool, rows: IntArray | None = None, outcome: Array | None = None
) -> MixedFit:
    """Fit the same model again.

    Parameters
    ----------
    fit : whose residuals are not alike.
    rows : to use, all by default. outcome : (n,), in place of the fit's own.

    Raises
    ------
    DesignFault
        When these rows cannot bear the model.
    """
    assert fit.residual is not None
    design, structure = fit.prepared.design, fit.residual.design
    kept, y = list(fit.prepared.scaled.kept), design.outcomes[:, fit.outcome] if outcome is None else outcome
    chosen = np.arange(fit.rows) if rows is None else rows
    terms = [replace(t, codes=t.codes[chosen], columns=t.columns[chosen]) for t in design.terms]
    parts = {name: getattr(structure, name) for name in ("levels", "times", "within")}
    residual = make_residual_design(
        len(chosen),
        names=structure.names or None,
        **{name: None if part is None else part[chosen] for name, part in parts.items()},
    )
    names = [design.names[k] for k in kept]
    weights = fit.residual.weights[chosen]
    again = make_design(y[chosen], design.fixed[chosen][:, kept], terms, weights, names)
    return fit_plain(plain_rows(again, residual), reml=reml, start=fit.residual.psi)


def fit_plain(plain: PlainRows, *, reml: bool = True, start: Array | None = None) -> MixedFit:
    """Minimise the criterion in psi, with theta at its optimum for each psi (`find_optimum`).

    Parameters
    ----------
    start : psi of a fit to similar data; by default from equal variances and two correlations.
    """
    search = _Search(plain, reml)
    starts = _starts(plain) if start is None or not start.all() else [start]
    found = min((search.descend(start) for start in starts), key=lambda one: one.value)
    found = search.with_exact_zero(found)
    best = search.at(found.psi)
    _check_variances(plain.covariance(found.psi), FARTHEST)
    _check_told_apart(MixedFit(best.ready, reml, best.optimum))
    converged = best.optimum.converged & found.record.converged & _upright(best, found.psi != 0.0)
    record = replace(best.optimum.record, evaluations=search.evaluations)
    return MixedFit(best.ready, reml, replace(best.optimum, converged=converged, record=record))


def _starts(plain: PlainRows) -> list[Array]:
    ratios = np.zeros(plain.residual.ratios)
    if plain.residual.times is None:
        return [ratios]
    nearest = np.array(STARTS) ** (1 / plain.chains.usual)
    found = [np.append(ratios, np.sqrt(u / (1 - u))) for u in nearest]
    return found if plain.design.rows < SMALL else found[:1]


@dataclass(frozen=True)
class _Nowhere:
    """Stand for parameters so far out that nothing can be computed."""

    value: Array
    gradient: Array
    hessian: Array


@dataclass(frozen=True)
class _Found:
    psi: Array
    value: float
    record: OptimiserRecord


@dataclass
class _Search:
    plain: PlainRows
    reml: bool
    evaluations: int = 0

    def at(self, psi: Array) -> Point:
        """Return the criterion at psi (k,), with derivatives."""
        found = point_at(self.plain, psi, self.reml)
        self.evaluations += found.optimum.record.evaluations
        return found

    def descend(self, start: Array, free: Array | None = None) -> _Found:
        """Minimise from psi (k,)."""

        lowest = np.inf

        def evaluate(psi: Array, _: IntArray) -> Point | _Nowhere:
            nonlocal lowest
            found = self._somewhere(psi[0])
            if found.value[0] < lowest:
                lowest = float(found.value[0])
                _check_variances(self.plain.covariance(psi[0]), HOPELESS)
            return found

        mask = None if free is None else free[None].astype(bool)
        psi, value, record = minimise(evaluate, start[None], mask)
        return _Found(psi[0], float(value[0]), record)

    def _somewhere(self, psi: Array) -> Point | _Nowhere:
        k = len(psi)
        nowhere = _Nowhere(np.full(1, np.inf), np.full((1, k), np.nan), np.full((1, k, k), np.nan))
        if np.abs(psi[: self.plain.residual.ratios]).max(initial=0.0) > 2 * HOPELESS:
            return nowhere
        try:
            return self.at(psi)
        except np.linalg.LinAlgError:
            return nowhere

    def with_exact_zero(self, found: _Found) -> _Found:
        """Try no correlation where it is nearly none."""
        if self.plain.residual.times is None:
            return found
        nearest = found.psi[-1] ** 2 / (1 + found.psi[-1] ** 2)
        if nearest**self.plain.chains.usual >= NEARLY_ZERO:
            return found
        free = np.ones(len(found.psi))
        free[-1] = 0.0
        tried = self.descend(np.append(found.psi[:-1], 0.0), free)
        return tried if tried.value <= found.value + ZERO_COSTS else found


def _upright(best: Point, free: npt.NDArray[np.bool_]) -> bool:
    """Return whether the criterion curves upwards in psi; an exact zero was compared with what lies near."""
    if not free.any():
        return True
    curvature = np.linalg.eigvalsh(best.hessian[0][np.ix_(free, free)])
    return bool(curvature[0] > -1e-5 * max(1.0, abs(curvature[-1])))


def _check_variances(known: ResidualCovariance, most: float) -> None:
    if np.log(known.ratios.max() / known.ratios.min()) > most:
        raise DesignFault("residual_variance_zero", level=known.design.names[int(known.ratios.argmin())])


def _check_told_apart(fit: MixedFit) -> None:
    """Refuse residual parameters of which the data say no more than of others.

    Raises
    ------
    DesignFault
        As for two waves, where effects of residents and autocorrelation do the same.
    """
    information = expected_information(residual_uncertainty(fit))[0]
    root = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(information / np.outer(root, root))
    m = fit.prepared.shape.number
    same = values < SAME * values[-1]
    if np.abs(vectors[m:-1][:, same]).max(initial=0.0) > 1e-3:
        raise DesignFault("residual_not_identified")
