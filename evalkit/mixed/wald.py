"""Tests of fixed effects of a fit: single contrasts with t, several at once with F."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import stats

from evalkit.mixed.arrays import Array
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.kenward_roger import KenwardRoger, kenward_roger, kenward_roger_df, kenward_roger_f
from evalkit.mixed.residual_uncertainty import residual_satterthwaite, residual_uncertainty
from evalkit.mixed.satterthwaite import Satterthwaite, satterthwaite, satterthwaite_df, satterthwaite_f_df
from evalkit.mixed.uncertainty import Uncertainty, uncertainty

Method = Literal["kenward-roger", "satterthwaite", "asymptotic"]
Robust = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]


@dataclass(frozen=True)
class ContrastTests:
    """Hold tests of k single contrasts; all arrays (k,).

    Parameters
    ----------
    estimate, std_error, df, statistic, p_value : of L beta = 0, two-sided; df is infinite for z.
    conf_low, conf_high : interval of the given level.
    method : how df and standard errors were found.
    """

    estimate: Array
    std_error: Array
    df: Array
    statistic: Array
    p_value: Array
    conf_low: Array
    conf_high: Array
    method: Method | Robust


@dataclass(frozen=True)
class FTest:
    """Hold an F test of several contrasts; `statistic` is scaled by `scaling` already."""

    statistic: float
    rank: int
    df: float
    p_value: float
    scaling: float
    method: Method


@dataclass(frozen=True)
class Inference:
    """Hold a fit with what its tests need, computed once on first use."""

    fit: MixedFit

    @cached_property
    def known(self) -> Uncertainty:
        """Return the optimum in natural parameters."""
        if self.fit.residual is not None:
            return residual_uncertainty(self.fit)
        ready = self.fit.prepared
        return uncertainty(ready.summary, ready.shape, self.fit.optimum.at, self.fit.reml)

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Return Satterthwaite's ingredients."""
        if self.fit.residual is not None:
            return residual_satterthwaite(self.fit)
        return satterthwaite(self.known)

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Return Kenward and Roger's ingredients; they need REML."""
        if not self.fit.reml:
            raise DesignFault("kenward_roger_needs_reml")
        return kenward_roger(self.known)

    @property
    def adjusted_covariance(self) -> Array:
        """Return Kenward and Roger's covariance of the fixed effects (p, p), original scales."""
        C = self.fit.prepared.scaled.scaling
        return np.asarray(C @ self.kenward_roger.adjusted[0] @ C.T * self.fit.scale**2)


def wald_t(
    inference: Inference, L: Array, method: Method = "kenward-roger", level: float = 0.95
) -> ContrastTests:
    """Test single contrasts of the fixed effects.

    Parameters
    ----------
    inference : of a fit.
    L : (k, p), one contrast a row, in the fit's columns.
    method : Kenward-Roger by default; Satterthwaite; or a normal approximation, which few groups do
        not bear.
    level : of the intervals.

    Examples
    --------
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> group = np.repeat(np.arange(6), 4)
    >>> arm = (group % 2).astype(float)
    >>> X = np.column_stack([np.ones(24), arm])
    >>> y = 0.5 * group + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> fit = fit_mixed(y, X, [RandomTerm(group, X[:, :1])])
    >>> wald_t(Inference(fit), np.array([[0.0, 1.0]])).df.round(6).tolist()
    [4.0]
    """
    fit, rows = inference.fit, np.atleast_2d(np.asarray(L, dtype=float))
    estimate = rows @ fit.coefficients
    covariance = inference.adjusted_covariance if method == "kenward-roger" else fit.covariance
    std_error = np.sqrt(np.einsum("kp,pq,kq->k", rows, covariance, rows))
    df = _df(inference, rows @ fit.prepared.scaled.scaling, method)
    statistic = estimate / std_error
    half = stats.t.ppf((1 + level) / 2, df) * std_error
    p_value = np.asarray(2 * stats.t.sf(np.abs(statistic), df))
    return ContrastTests(
        estimate, std_error, df, statistic, p_value, estimate - half, estimate + half, method
    )


def _df(inference: Inference, scaled: Array, method: Method) -> Array:
    if method == "kenward-roger":
        return np.asarray(kenward_roger_df(inference.kenward_roger, scaled)[0])
    if method == "satterthwaite":
        return np.asarray(satterthwaite_df(inference.satterthwaite, scaled)[0])
    return np.full(len(scaled), np.inf)


def wald_f(inference: Inference, L: Array, method: Method = "kenward-roger") -> FTest:
    """Test that all rows of L beta are zero.

    Parameters
    ----------
    inference, method : as for `wald_t`; asymptotic gives chi-squared over rank.
    L : (k, p); rows that depend on others do not count.
    """
    fit = inference.fit
    C, unit = fit.prepared.scaled.scaling, fit.scale
    scaled = np.atleast_2d(np.asarray(L, dtype=float)) @ C
    beta = np.linalg.solve(C, fit.coefficients) / unit
    if method == "kenward-roger":
        rows, null = kenward_roger_f(inference.kenward_roger, scaled)
        rank, df, scaling = null.rank, null.df, null.scaling
        covariance = inference.kenward_roger.adjusted[0]
    else:
        rows, df = satterthwaite_f_df(inference.satterthwaite, scaled)
        rank, scaling, covariance = len(rows), 1.0, inference.known.covariance[0]
        df = np.inf if method == "asymptotic" else df
    estimate = rows @ beta
    wald = float(estimate @ np.linalg.solve(rows @ covariance @ rows.T, estimate)) / rank
    statistic = scaling * wald
    p_value = (
        float(stats.f.sf(statistic, rank, df))
        if np.isfinite(df)
        else float(stats.chi2.sf(statistic * rank, rank))
    )
    return FTest(statistic, rank, float(df), p_value, scaling, method)
