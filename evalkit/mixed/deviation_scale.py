"""Covariances as standard deviations and correlations, the scale on which they are profiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.mixed.arrays import Array
from evalkit.mixed.covariances import Shape
from evalkit.mixed.factors import Factor


@dataclass(frozen=True)
class Coordinate:
    """Name one coordinate: a standard deviation (`first == second`), or a correlation, of a factor."""

    factor: str
    first: str
    second: str


@dataclass(frozen=True)
class NaturalPoint:
    """Hold (gamma, sigma^2) on the summary's scales at some phi, with derivatives.

    Parameters
    ----------
    values : (m + 1,). jacobian : (m + 1, m + 1). curvature : (m + 1, m + 1, m + 1), by value first.
    """

    values: Array
    jacobian: Array
    curvature: Array


def coordinates(shape: Shape) -> tuple[Coordinate, ...]:
    """Return the coordinates in the order of phi; sigma follows them."""
    return tuple(
        Coordinate(factor.name, factor.effects[j], factor.effects[i])
        for factor in shape.factors
        for i, j in factor.entries
    )


def phi_of(shape: Shape, gammas: list[Array], sigma: float) -> Array:
    """Return phi, (m + 1,): standard deviations, arcsines of correlations, sigma.

    A correlation is the sine of its coordinate, so that the coordinate has no bounds.

    Parameters
    ----------
    gammas : covariances of original columns (q, q), one a factor.
    """
    phi = []
    for factor, gamma in zip(shape.factors, gammas, strict=True):
        sd = np.sqrt(np.maximum(np.diag(gamma), 0.0))
        for i, j in factor.entries:
            if i == j:
                phi.append(float(sd[i]))
            else:
                unit = sd[i] * sd[j]
                phi.append(float(np.arcsin(np.clip(gamma[i, j] / unit, -1, 1))) if unit > 0 else 0.0)
    return np.array([*phi, sigma])


def natural_point(shape: Shape, phi: Array) -> NaturalPoint:
    """Return natural parameters at phi, with first and second derivatives."""
    size = len(phi)
    values, jacobian, curvature = np.zeros(size), np.zeros((size, size)), np.zeros((size,) * 3)
    at = 0
    for factor in shape.factors:
        own = slice(at, at + len(factor.entries))
        v, first, second = _gamma(factor, phi[own])
        turn = _scaled_elements(factor)
        values[own] = turn @ v
        jacobian[own, own] = turn @ first
        curvature[own, own, own] = np.einsum("ab,bcd->acd", turn, second)
        at = own.stop
    values[-1], jacobian[-1, -1], curvature[-1, -1, -1] = phi[-1] ** 2, 2 * phi[-1], 2.0
    return NaturalPoint(values, jacobian, curvature)


def _gamma(factor: Factor, phi: Array) -> tuple[Array, Array, Array]:
    """Return the free elements of a covariance of original columns, with derivatives in phi."""
    number = len(phi)
    values, first, second = np.zeros(number), np.zeros((number, number)), np.zeros((number,) * 3)
    place = {entry: k for k, entry in enumerate(factor.entries)}
    for k, (i, j) in enumerate(factor.entries):
        a, b = place[i, i], place[j, j]
        if i == j:
            values[k], first[k, k], second[k, k, k] = phi[k] ** 2, 2 * phi[k], 2.0
            continue
        sine, cosine = np.sin(phi[k]), np.cos(phi[k])
        values[k] = sine * phi[a] * phi[b]
        first[k, [a, b, k]] = sine * phi[b], sine * phi[a], cosine * phi[a] * phi[b]
        for c, d, value in (
            (a, b, sine),
            (a, k, cosine * phi[b]),
            (b, k, cosine * phi[a]),
        ):
            second[k, c, d] = second[k, d, c] = value
        second[k, k, k] = -sine * phi[a] * phi[b]
    return values, first, second


def _scaled_elements(factor: Factor) -> Array:
    """Return the map of free elements from original to scaled columns: G_scaled = C^-1 G C^-T."""
    back = np.linalg.inv(factor.scaling)
    columns = []
    for i, j in factor.entries:
        unit = np.zeros_like(back)
        unit[i, j] = unit[j, i] = 1.0
        moved = back @ unit @ back.T
        columns.append([moved[a, b] for a, b in factor.entries])
    return np.array(columns).T
