"""Fits without one group at a time: its share is taken off the sums, and theta is found again from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from evalkit.mixed.arrays import Array, IntArray, sums_by
from evalkit.mixed.design import DesignFault
from evalkit.mixed.fitting import MixedFit, fit_prepared
from evalkit.mixed.scaling import parts_of
from evalkit.mixed.summarising import summarise
from evalkit.mixed.sums import Sums


@dataclass(frozen=True)
class LeftOut:
    """Hold the fits without each of K groups.

    Parameters
    ----------
    coefficients : (K, p). std_errors : (K, p). sigma : (K,).
    converged : (K,).
    """

    coefficients: Array
    std_errors: Array
    sigma: Array
    converged: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Shares:
    """Hold by group the rows, and the products of fixed columns and outcome, (K, p + 1, p + 1)."""

    rows: IntArray
    products: Array


def leave_out(fit: MixedFit, groups: IntArray) -> LeftOut:
    """Fit without each group in turn, variances included, at no cost in rows.

    Parameters
    ----------
    fit : of all rows.
    groups : (n,), from 0; every level of every random term lies within one group, such as a site.

    Raises
    ------
    DesignFault
        When a group cuts a level, or when a fixed column has no values of its own without a group.
    """
    owners = [_owner(factor.codes, groups, factor.levels, factor.name) for factor in fit.prepared.factors]
    shares = _shares(fit, groups)
    found = list(_fits(fit, owners, shares))
    return LeftOut(
        np.array([one.coefficients for one in found]),
        np.array([one.std_errors for one in found]),
        np.array([one.sigma for one in found]),
        np.array([one.converged for one in found]),
    )


def _owner(codes: IntArray, groups: IntArray, levels: int, name: str) -> IntArray:
    owner = np.empty(levels, dtype=np.intp)
    owner[codes] = groups
    if (owner[codes] != groups).any():
        raise DesignFault("cluster_cuts_groups", term=name)
    return owner


def _shares(fit: MixedFit, groups: IntArray) -> _Shares:
    scaled = fit.prepared.scaled
    number, size = int(groups.max()) + 1, scaled.fixed.number + 1
    products = np.zeros((number, size * size))
    for part in parts_of(len(groups)):
        rows = np.hstack([scaled.fixed.rows(part), scaled.outcomes[part, fit.outcome, None]])
        if scaled.root_weights is not None:
            rows = rows * scaled.root_weights[part, None]
        squares = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
        products += sums_by(groups[part], squares, number)
    return _Shares(np.bincount(groups, minlength=number), products.reshape(number, size, size))


def _fits(fit: MixedFit, owners: list[IntArray], shares: _Shares) -> Iterator[MixedFit]:
    ready, start = fit.prepared, fit.optimum.at.theta
    interior = np.where(ready.shape.diagonal & (start == 0.0), 0.1, start)
    for group in np.flatnonzero(shares.rows):
        sums = _without(ready.sums, fit, owners, shares, int(group))
        if np.linalg.cond(sums.xx) > 1e12:
            raise DesignFault("column_of_one_group", group=int(group))
        part = replace(ready, sums=sums, summary=summarise(sums, ready.factors))
        yield fit_prepared(part, reml=fit.reml, start=interior)


def _without(sums: Sums, fit: MixedFit, owners: list[IntArray], shares: _Shares, group: int) -> Sums:
    """Take a group off: its leaves go, its outer levels stay with nothing in them."""
    stay = owners[0] != group
    sizes = [factor.size for factor in fit.prepared.factors[1:]]
    outer = np.concatenate(
        [np.zeros(0), *(np.repeat(own != group, q) for own, q in zip(owners[1:], sizes, strict=True))]
    )
    share, p = shares.products[group], len(sums.xx)
    mask = sparse.diags(outer)
    return replace(
        sums,
        rows=sums.rows - int(shares.rows[group]),
        xx=sums.xx - share[:p, :p],
        xy=sums.xy - share[:p, p:],
        yy=sums.yy - share[p, p:],
        leaf_x=sums.leaf_x[stay],
        leaf_y=sums.leaf_y[stay],
        cell=sums.cell[stay],
        uu=sparse.csr_matrix(mask @ sums.uu @ mask),
        ux=sums.ux * outer[:, None],
        uy=sums.uy * outer[:, None],
    )
