"""Fit a linear mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import Shape, covariances, shape_of, theta_of
from evalkit.mixed.criterion import degrees_of_freedom
from evalkit.mixed.design import Design, RandomTerm, make_design
from evalkit.mixed.factors import Factor, merge_terms
from evalkit.mixed.optimum import Optimum, find_optimum
from evalkit.mixed.residual_covariance import ResidualCovariance
from evalkit.mixed.row_moments import RowMoments
from evalkit.mixed.scaling import Scaled, scale_design
from evalkit.mixed.summarising import summarise
from evalkit.mixed.summary import Summary
from evalkit.mixed.sums import Sums, sum_rows
from evalkit.mixed.whitening import WhiteRows


@dataclass(frozen=True)
class Prepared:
    """Hold a design made ready: scaled, summed, summarised. Fits of it cost neither rows nor leaves.

    Parameters
    ----------
    design : as given. scaled : its columns on common scales. factors : leaf first.
    sums : by leaf. summary : by pattern and block. shape : of theta.
    moments : over rows, where the rows themselves were not kept.
    white : rows turned by the residuals' covariance, where residuals are not alike; then `scaled` holds the
        turned columns, and `design` the weights that the residuals' variances amount to.
    """

    design: Design
    scaled: Scaled
    factors: tuple[Factor, ...]
    sums: Sums
    summary: Summary
    shape: Shape
    moments: RowMoments | None = None
    white: WhiteRows | None = None


@dataclass(frozen=True)
class MixedFit:
    """Hold a fitted linear mixed model; all numbers on the original scales.

    Parameters
    ----------
    prepared : what it was fitted to.
    reml : REML, else ML.
    optimum : of the criterion.
    outcome : number of the outcome that this fit is of, among those prepared.
    """

    prepared: Prepared
    reml: bool
    optimum: Optimum
    outcome: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the p fixed columns that were kept."""
        return tuple(self.prepared.design.names[k] for k in self.prepared.scaled.kept)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return the names of fixed columns that depend on earlier ones."""
        return tuple(self.prepared.design.names[k] for k in self.prepared.scaled.dropped)

    @property
    def rows(self) -> int:
        """Return n."""
        return self.prepared.summary.rows

    @property
    def scale(self) -> float:
        """Return the factor between scaled and original outcome."""
        return float(self.prepared.scaled.scale[self.outcome])

    @cached_property
    def scaled_sigma2(self) -> float:
        """Return the residual variance on the summary's scale."""
        df = degrees_of_freedom(self.prepared.summary, self.reml)
        return float(self.optimum.at.solved.rss[0] / df)

    @property
    def residual(self) -> ResidualCovariance | None:
        """Return the residuals' covariance over sigma^2, where they are not alike."""
        return None if self.prepared.white is None else self.prepared.white.residual

    @property
    def sigma(self) -> float:
        """Return the residual standard deviation at a weight of one, of the first level if any."""
        return float(np.sqrt(self.scaled_sigma2 * self.prepared.scaled.mean_weight) * self.scale)

    @property
    def converged(self) -> bool:
        """Return whether gradient and Hessian prove an optimum."""
        return bool(self.optimum.converged[0])

    @property
    def singular(self) -> bool:
        """Return whether some covariance of random effects is singular."""
        return bool(self.optimum.singular[0])

    @cached_property
    def coefficients(self) -> Array:
        """Return the fixed effects (p,)."""
        scaled = self.prepared.scaled
        beta = self.optimum.at.solved.beta[0] * self.scale + scaled.offset[:, self.outcome]
        return np.asarray(scaled.scaling @ beta)

    @cached_property
    def covariance(self) -> Array:
        """Return the covariance of the fixed effects (p, p)."""
        C = self.prepared.scaled.scaling
        return np.asarray(C @ self.optimum.at.solved.unscaled[0] @ C.T * self.scaled_sigma2 * self.scale**2)

    @property
    def std_errors(self) -> Array:
        """Return the standard errors of the fixed effects (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @cached_property
    def covariances(self) -> tuple[Array, ...]:
        """Return the covariance of the random effects of each factor (q, q), leaf first."""
        found = covariances(self.prepared.shape, self.optimum.at.theta)
        unit = self.scaled_sigma2 * self.scale**2
        return tuple(
            factor.scaling @ G[0] @ factor.scaling.T * unit
            for factor, G in zip(self.prepared.factors, found, strict=True)
        )

    @property
    def theta(self) -> Array:
        """Return theta as lme4 has it, for original columns, factors leaf first: (m,)."""
        relative = [G[None] / self.sigma**2 for G in self.covariances]
        return np.asarray(theta_of(self.prepared.shape, relative)[0])

    @cached_property
    def criterion(self) -> float:
        """Return the REML or ML deviance as lme4 prints it."""
        df = degrees_of_freedom(self.prepared.summary, self.reml)
        value = float(self.optimum.at.value[0]) + 2 * df * np.log(self.scale)
        if self.reml and self.prepared.summary.columns:
            value -= 2 * float(np.linalg.slogdet(self.prepared.scaled.scaling)[1])
        return float(value + (0.0 if self.residual is None else self.residual.logdet))


def prepare(design: Design) -> Prepared:
    """Scale, sum and summarise a design."""
    scaled = scale_design(design)
    factors = merge_terms(design.terms)
    sums = sum_rows(scaled, factors)
    return Prepared(design, scaled, factors, sums, summarise(sums, factors), shape_of(factors))


def fit_prepared(prepared: Prepared, *, reml: bool = True, start: Array | None = None) -> MixedFit:
    """Fit a prepared design with one outcome."""
    optimum = find_optimum(prepared.summary, prepared.shape, reml, start)
    return MixedFit(prepared, reml, optimum)


def fit_mixed(
    y: Array,
    X: Array,
    terms: Sequence[RandomTerm],
    *,
    weights: Array | None = None,
    names: Sequence[str] | None = None,
    reml: bool = True,
) -> MixedFit:
    """Fit a Gaussian linear mixed model by REML or ML.

    Parameters
    ----------
    y : (n,), outcome.
    X : (n, p), fixed columns; those that depend on earlier ones are dropped and named.
    terms : random terms; groupings may be nested or crossed, which is found from the data.
    weights : (n,), inverse residual variances up to a factor.
    names : of the fixed columns.
    reml : REML, else ML.

    Returns
    -------
    The fit, with coefficients, covariances, criterion and the optimiser's record.

    Raises
    ------
    DesignFault
        When the model cannot be fitted to these data.

    References
    ----------
    Bates, Mächler, Bolker & Walker 2015, Journal of Statistical Software 67(1), for the criterion.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat(np.arange(20), 5)
    >>> y = 3 + rng.normal(size=20)[group] + rng.normal(size=100)
    >>> fit = fit_mixed(y, np.ones((100, 1)), [RandomTerm(group, np.ones((100, 1)))])
    >>> fit.converged, fit.singular, round(float(fit.coefficients[0]))
    (True, False, 3)
    """
    return fit_prepared(prepare(make_design(y, X, terms, weights, names)), reml=reml)
