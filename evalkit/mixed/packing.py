"""Products of columns packed over the effects of the leaf."""

from __future__ import annotations

import numpy as np

from evalkit.mixed.arrays import Array, pairs


def packed_products(left: Array, right: Array) -> Array:
    """Return products of two sets of columns, packed over the q effects of the leaf.

    Parameters
    ----------
    left, right : (N, q, a), (N, q, b).

    Returns
    -------
    (N, q2, a, b): for i <= j, left_i right_j + left_j right_i (once where i = j), so that the sum over
    packed rows with a symmetric K gives left' K right.
    """
    i, j = pairs(left.shape[1])
    products: Array = left[:, i, :, None] * right[:, j, None, :]
    apart = np.flatnonzero(i != j)
    products[:, apart] += left[:, j[apart], :, None] * right[:, i[apart], None, :]
    return products
