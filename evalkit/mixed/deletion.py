"""What becomes of a fit without each cluster or each resident in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.clusters import Clusters, cluster_of_levels, clusters_of
from evalkit.mixed.covariances import theta_of
from evalkit.mixed.design import DesignFault, make_design
from evalkit.mixed.downdating import summary_without
from evalkit.mixed.fitting import MixedFit, Prepared, fit_prepared, prepare
from evalkit.mixed.optimum import find_optimum
from evalkit.mixed.residual_fitting import refit

# Least eigenvalue, over the largest, that products of scaled columns must keep: else they depend.
DEPENDENT = 1e-10


@dataclass(frozen=True)
class Deletions:
    """Hold fits without one cluster each; k clusters, p fixed effects, m elements of theta.

    Parameters
    ----------
    labels : (k,), code of the cluster that was left out.
    coefficients, std_errors : (k, p).
    theta : (k, m), as lme4 has it. sigma, criterion : (k,).
    converged, singular : (k,).
    possible : (k,), whether a fit exists: without some clusters a coefficient or a grouping cannot be
        estimated. Numbers are nan then.
    dfbetas : (k, p), how far each coefficient falls by the deletion, in standard errors of the fit
        without the cluster.
    cooks_distance : (k,), squared distance of the coefficients moved, by the inverse of their covariance
        in the whole fit, over p.
    """

    labels: IntArray
    coefficients: Array
    std_errors: Array
    theta: Array
    sigma: Array
    criterion: Array
    converged: npt.NDArray[np.bool_]
    singular: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]
    dfbetas: Array
    cooks_distance: Array


def leave_out(fit: MixedFit, codes: npt.ArrayLike, which: Sequence[int] | None = None) -> Deletions:
    """Fit again without each cluster, variances included, from the whole fit's theta.

    Where residents (the innermost groups) nest in clusters, or are the clusters, the cluster's sums are
    subtracted and its rows alone are read. Where they cross, or residuals are not alike, the rows that stay
    are summed again.

    Parameters
    ----------
    fit : of all rows.
    codes : (n,) integers, cluster of each row: sites, residents, waves.
    which : codes of the clusters to leave out; all by default. A deletion costs a few evaluations of the
        criterion, so for very many residents choose some.

    Raises
    ------
    DesignFault
        A single cluster, or codes in `which` that no row has.

    References
    ----------
    Belsley, Kuh & Welsch 1980, Regression Diagnostics, for DFBETAS; Cook 1977, Technometrics 19:15;
    Demidenko & Stukel 2005, Statistics in Medicine 24:893, for mixed models.

    Examples
    --------
    >>> site = np.repeat(np.arange(6), 4)
    >>> y = 0.5 * site + np.tile([0.0, 1.0, 0.0, 2.0], 6)
    >>> from evalkit.mixed.design import RandomTerm
    >>> from evalkit.mixed.fitting import fit_mixed
    >>> fit = fit_mixed(y, np.ones((24, 1)), [RandomTerm(site, np.ones((24, 1)))])
    >>> leave_out(fit, site, which=[5]).coefficients.round(6).tolist()
    [[1.75]]
    """
    clusters = clusters_of(codes, fit.rows)
    chosen = _chosen(clusters, which)
    home = cluster_of_levels(clusters, fit.prepared.factors[0])
    rows = clusters.rows()
    found = [_without(fit, rows[k], None if home is None else np.flatnonzero(home == k)) for k in chosen]
    return _gathered(fit, clusters.labels[chosen], found)


def _chosen(clusters: Clusters, which: Sequence[int] | None) -> IntArray:
    if which is None:
        return np.arange(clusters.number)
    place = np.searchsorted(clusters.labels, which)
    lost = [code for code in which if code not in clusters.labels]
    if lost:
        raise DesignFault("no_such_cluster", codes=", ".join(str(code) for code in lost))
    return place


@dataclass(frozen=True)
class _Refit:
    fit: MixedFit
    criterion: float


def _without(fit: MixedFit, rows: IntArray, leaves: IntArray | None) -> _Refit | None:
    if fit.residual is not None:
        return _residuals_again(fit, rows)
    if not _possible(fit, rows):
        return None
    if leaves is None:
        return _summed_again(fit, rows)
    ready = fit.prepared
    summary = summary_without(ready, leaves)
    if summary.outcomes > 1:
        summary = summary.of_outcomes(np.array([fit.outcome]))
    optimum = find_optimum(summary, ready.shape, fit.reml, fit.optimum.at.theta)
    again = replace(fit, prepared=replace(ready, summary=summary), optimum=optimum)
    # Weights are scaled so that their logarithms sum to zero over all rows, those that went included.
    root = ready.scaled.root_weights
    return _Refit(again, again.criterion + (0.0 if root is None else 2 * float(np.log(root[rows]).sum())))


def _possible(fit: MixedFit, rows: IntArray) -> bool:
    """Return whether fixed columns and groupings can be estimated without some rows."""
    ready = fit.prepared
    root = 1.0 if ready.scaled.root_weights is None else ready.scaled.root_weights[rows, None]
    x = ready.scaled.fixed.rows(rows) * root
    left = fit.rows - len(rows)
    levels = [
        int((np.bincount(f.codes, minlength=f.levels) > np.bincount(f.codes[rows], minlength=f.levels)).sum())
        for f in ready.factors
    ]
    sizes = [count * factor.size for count, factor in zip(levels, ready.factors, strict=True)]
    if left <= x.shape[1] or min(levels) < 2 or max(sizes) >= left:
        return False
    if not x.shape[1]:
        return True
    values = np.linalg.eigvalsh(ready.scaled.xx - x.T @ x)
    return bool(values[0] > DEPENDENT * values[-1])


def _summed_again(fit: MixedFit, rows: IntArray) -> _Refit | None:
    design = fit.prepared.design
    keep = np.ones(fit.rows, dtype=bool)
    keep[rows] = False
    terms = [replace(term, codes=term.codes[keep], columns=term.columns[keep]) for term in design.terms]
    kept = list(fit.prepared.scaled.kept)
    try:
        ready = prepare(
            make_design(
                design.outcomes[keep, fit.outcome], design.fixed[keep][:, kept], terms, design.weights[keep]
            )
        )
    except DesignFault:
        return None
    if ready.scaled.dropped:
        return None
    again = fit_prepared(ready, reml=fit.reml, start=_moved_theta(fit, ready))
    return _Refit(again, again.criterion)


def _residuals_again(fit: MixedFit, rows: IntArray) -> _Refit | None:
    """Fit the rows that stay, the residuals' variances and correlation included."""
    try:
        again = refit(fit, reml=fit.reml, rows=np.setdiff1d(np.arange(fit.rows), rows))
    except DesignFault:
        return None
    return None if again.dropped else _Refit(again, again.criterion)


def _moved_theta(fit: MixedFit, ready: Prepared) -> Array | None:
    """Return the fit's theta on the scales of other rows; None where the factors changed their order."""
    if [f.name for f in ready.factors] != [f.name for f in fit.prepared.factors]:
        return None
    unit = fit.sigma**2 / ready.scaled.mean_weight
    inverse = [np.linalg.inv(factor.scaling) for factor in ready.factors]
    relative = [C @ G @ C.T / unit for C, G in zip(inverse, fit.covariances, strict=True)]
    return theta_of(ready.shape, [matrix[None] for matrix in relative])


def _gathered(fit: MixedFit, labels: IntArray, found: list[_Refit | None]) -> Deletions:
    p, m = len(fit.coefficients), fit.prepared.shape.number
    possible = np.array([one is not None for one in found])
    none = (np.full(p, np.nan), np.full(p, np.nan), np.full(m, np.nan), np.nan, np.nan, False, False)
    told = [none if one is None else _numbers(one) for one in found]
    coefficients, std_errors, theta, sigma, criterion, converged, singular = (
        np.array(column) for column in zip(*told, strict=True)
    )
    moved = fit.coefficients - coefficients
    distance = np.einsum("kp,kp->k", moved, np.linalg.solve(fit.covariance, moved.T).T) / p
    return Deletions(
        labels,
        coefficients,
        std_errors,
        theta,
        sigma,
        criterion,
        converged,
        singular,
        possible,
        moved / std_errors,
        distance,
    )


def _numbers(one: _Refit) -> tuple[Array, Array, Array, float, float, bool, bool]:
    again = one.fit
    return (
        again.coefficients,
        again.std_errors,
        again.theta,
        again.sigma,
        one.criterion,
        again.converged,
        again.singular,
    )
