"""What rows give to descriptions of a fit, kept when the rows are not."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.mixed.arrays import Array


@dataclass(frozen=True)
class RowMoments:
    """Hold means over rows, each row counting once.

    Parameters
    ----------
    fixed : (p, p), covariances of the scaled fixed columns.
    random : by factor (q, q), mean products of its scaled columns.
    inverse_weight : mean of 1 / weight.
    """

    fixed: Array
    random: tuple[Array, ...]
    inverse_weight: float
