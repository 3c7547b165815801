"""Small tools on arrays: packed symmetric matrices, stacks of small inverses, sums by group."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Rows worked at once: few enough to stay in a processor's cache, so that memory does not follow rows.
CHUNK = 32768


@lru_cache(maxsize=64)
def pairs(size: int) -> tuple[IntArray, IntArray]:
    """Return the positions (i, j), i <= j, of the upper triangle in the order that packing uses.

    Examples
    --------
    >>> [part.tolist() for part in pairs(2)]
    [[0, 0, 1], [0, 1, 1]]
    """
    i, j = np.triu_indices(size)
    return i.astype(np.intp), j.astype(np.intp)


def pack(matrices: Array) -> Array:
    """Return the upper triangles of symmetric matrices: (..., q, q) to (..., q (q + 1) / 2)."""
    i, j = pairs(matrices.shape[-1])
    return matrices[..., i, j]


def spread(packed: Array, size: int) -> Array:
    """Return symmetric matrices from their upper triangles on the last axis, the inverse of `pack`."""
    i, j = pairs(size)
    full = np.empty((*packed.shape[:-1], size, size))
    full[..., i, j] = packed
    full[..., j, i] = packed
    return full


def inverse_and_logdet(matrices: Array) -> tuple[Array, Array]:
    """Return inverses and log-determinants of stacks of square matrices with positive determinant.

    Parameters
    ----------
    matrices : (..., m, m). Sizes one and two go by formula: LAPACK's cost a call would be most of a fit.
    """
    size = matrices.shape[-1]
    if size == 1:
        return 1.0 / matrices, np.log(matrices[..., 0, 0])
    if size == 2:
        a, b = matrices[..., 0, 0], matrices[..., 0, 1]
        c, d = matrices[..., 1, 0], matrices[..., 1, 1]
        determinant = a * d - b * c
        inverse = np.empty_like(matrices)
        inverse[..., 0, 0], inverse[..., 1, 1] = d, a
        inverse[..., 0, 1], inverse[..., 1, 0] = -b, -c
        inverse /= determinant[..., None, None]
        return inverse, np.log(determinant)
    inverse = np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    return inverse, np.asarray(np.linalg.slogdet(matrices)[1])


def transpose(matrices: Array) -> Array:
    """Return the last two axes exchanged."""
    return np.swapaxes(matrices, -1, -2)


def sums_by(codes: IntArray, values: Array, size: int) -> Array:
    """Return sums of rows by group.

    Parameters
    ----------
    codes : (n,), group of each row, from 0.
    values : (n, k).
    size : number of groups.

    Returns
    -------
    (size, k). Rows need no order.

    Examples
    --------
    >>> sums_by(np.array([1, 0, 1]), np.array([[1.0], [2.0], [3.0]]), 2).tolist()
    [[2.0], [4.0]]
    """
    total = np.zeros((size, values.shape[1]))
    for start in range(0, len(codes), CHUNK):
        part = slice(start, start + CHUNK)
        own = codes[part]
        ones, starts = _one_each(len(own))
        indicator = sparse.csc_matrix((ones, own, starts), shape=(size, len(own)), copy=False)
        total += np.asarray(indicator @ values[part])
    return total


@lru_cache(maxsize=4)
def _one_each(rows: int) -> tuple[Array, IntArray]:
    return np.ones(rows), np.arange(rows + 1)
