"""The criterion at one value of the residuals' parameters, minimised over theta, with derivatives."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evalkit.mixed.arrays import Array, transpose
from evalkit.mixed.covariances import shape_of
from evalkit.mixed.criterion import Criterion, degrees_of_freedom, profiled
from evalkit.mixed.fitting import Prepared
from evalkit.mixed.moments import Moments, solve
from evalkit.mixed.optimum import Optimum, find_optimum
from evalkit.mixed.residual_jets import eliminate, residual_moments
from evalkit.mixed.summarising import summarise
from evalkit.mixed.whitening import PlainRows, sum_white_rows, whitened

# Curvatures of the criterion in theta below this share of the largest count as none.
FLAT = 1e-10


def prepare_at(plain: PlainRows, psi: Array) -> Prepared:
    """Turn the rows by the residuals' covariance at psi, sum and summarise them."""
    white = whitened(plain, psi)
    sums = sum_white_rows(plain, white)
    design = replace(plain.design, weights=1 / white.residual.variances)
    summary = summarise(sums, plain.factors)
    return Prepared(design, white.scaled, plain.factors, sums, summary, shape_of(plain.factors), white=white)


def joint_moments(ready: Prepared, at: Criterion, *, linear: bool = False) -> Moments:
    """Return moments in the elements of G and in psi.

    Parameters
    ----------
    linear : without the second derivatives of R, and in u in place of x.
    """
    white = ready.white
    assert white is not None
    known = eliminate(white, ready.summary, ready.sums, ready.shape, at.theta)
    first = white.residual.first(natural=linear)
    second = None if linear else white.residual.second
    return residual_moments(at.moments, known, white.outer, ready.factors, first, second)


@dataclass(frozen=True)
class Point:
    """Hold the criterion at psi (1, k), minimised over theta."""

    ready: Prepared
    optimum: Optimum
    value: Array
    gradient: Array
    hessian: Array


def point_at(plain: PlainRows, psi: Array, reml: bool) -> Point:
    """Return the criterion at psi (k,)."""
    ready = prepare_at(plain, psi)
    optimum = find_optimum(ready.summary, ready.shape, reml)
    found = joint_moments(ready, optimum.at)
    df = degrees_of_freedom(ready.summary, reml)
    value, slope, curve = profiled(found, solve(found), df, reml)
    assert ready.white is not None
    gradient, hessian = _over_theta(ready, optimum.at.theta, slope, curve)
    return Point(ready, optimum, value + ready.white.residual.logdet, gradient, hessian)


def theta_jacobian(ready: Prepared, theta: Array, number: int) -> Array:
    """Return the Jacobian of (G, psi, ..) in (theta, psi, ..): (1, number, number)."""
    m = ready.shape.number
    jacobian = np.eye(number)[None].copy()
    jacobian[:, :m, :m] = 2 * np.einsum("gab,nb->nga", ready.shape.squares, theta)
    return jacobian


def in_theta(ready: Prepared, theta: Array, slope: Array, curve: Array) -> Array:
    """Return a Hessian in (theta, psi, ..) from slope and curve in (G, psi, ..)."""
    m, jacobian = ready.shape.number, theta_jacobian(ready, theta, slope.shape[1])
    joint = np.asarray(transpose(jacobian) @ curve @ jacobian)
    joint[:, :m, :m] += 2 * np.einsum("ng,gab->nab", slope[:, :m], ready.shape.squares)
    return joint


def _over_theta(ready: Prepared, theta: Array, slope: Array, curve: Array) -> tuple[Array, Array]:
    """Return gradient and Hessian in psi of the criterion minimised over theta."""
    m, joint = ready.shape.number, in_theta(ready, theta, slope, curve)
    values, vectors = np.linalg.eigh(joint[:, :m, :m])
    size = np.abs(values)
    kept = size > FLAT * np.maximum(size.max(axis=1, keepdims=True), 1.0)
    inverse = np.where(kept, 1 / np.where(kept, values, 1.0), 0.0)
    across = transpose(vectors) @ joint[:, :m, m:]
    return slope[:, m:], joint[:, m:, m:] - transpose(across) @ (inverse[..., None] * across)
