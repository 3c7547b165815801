"""An answer in a category as a latent answer between two bounds, alike rows and alike groups taken once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.quadrature.answers import Answers


@dataclass(frozen=True)
class Bounds:
    """Hold rows whose probability is F(upper phi - s u) - F(lower phi - s u), F the logistic function.

    Rows of a group stand together. phi holds thresholds, then coefficients.

    Parameters
    ----------
    upper, lower : (n, q), zero where the bound is infinite.
    above, below : (n,), whether the upper and the lower bound are finite.
    weights : (n,), within the group.
    starts : (G,), the first row of each different group. counts : (G,), how many groups are like it.
    alike : (groups,), for each group of the data, the different group that it is like.
    """

    upper: Array
    lower: Array
    above: npt.NDArray[np.bool_]
    below: npt.NDArray[np.bool_]
    weights: Array
    starts: IntArray
    counts: Array
    alike: IntArray

    @cached_property
    def group(self) -> IntArray:
        """Return the different group of each row, (n,)."""
        sizes = np.diff(np.append(self.starts, len(self.weights)))
        return np.repeat(np.arange(len(self.starts)), sizes)

    @cached_property
    def total_weights(self) -> Array:
        """Return how many answers of the data each row stands for, (n,)."""
        return np.asarray(self.weights * self.counts[self.group])

    def sums(self, values: Array) -> Array:
        """Return weighted sums by group: (n, ...) to (G, ...)."""
        wide = self.weights.reshape(-1, *(1,) * (values.ndim - 1))
        return np.asarray(np.add.reduceat(values * wide, self.starts, axis=0))


def make_bounds(answers: Answers) -> Bounds:
    """Return answers as bounds.

    Answers alike within a group become one row with their weights summed, and groups alike become one
    group with a count, so that cost follows what differs and not what was asked.
    """
    keys = np.column_stack([answers.categories, answers.fixed])
    distinct, code = np.unique(keys, axis=0, return_inverse=True)
    pair = answers.groups * len(distinct) + code.ravel()
    there, place = np.unique(pair, return_inverse=True)
    group, pattern = np.divmod(there, len(distinct))
    weights = np.bincount(place.ravel(), answers.weights).astype(float)
    rows, starts, counts, alike = _different_groups(group, pattern, weights)
    upper, lower, above, below = _both_bounds(answers, distinct)
    kind = pattern[rows]
    return Bounds(upper[kind], lower[kind], above[kind], below[kind], weights[rows], starts, counts, alike)


def _both_bounds(
    answers: Answers, distinct: Array
) -> tuple[Array, Array, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    category, fixed = distinct[:, 0].astype(np.intp), distinct[:, 1:]
    above, below = category < answers.number - 1, category > 0
    # Row k of `steps` picks threshold k; the last one stands for no threshold.
    steps = np.eye(answers.number, answers.thresholds)
    upper = np.column_stack([steps[category], -fixed])
    lower = np.column_stack([steps[category - 1], -fixed])
    return upper * above[:, None], lower * below[:, None], above, below


def _different_groups(
    group: IntArray, pattern: IntArray, weights: Array
) -> tuple[IntArray, IntArray, Array, IntArray]:
    """Return the rows of one group of each kind, where they start, their counts, and each group's kind."""
    size = np.bincount(group)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    rows, sizes, counts = [], [], []
    alike, kinds = np.empty(len(size), dtype=np.intp), 0
    for m in np.unique(size):
        members = np.flatnonzero(size == m)
        at = first[members][:, None] + np.arange(m)
        table = np.hstack([pattern[at].astype(float), weights[at]])
        _, chosen, kind, count = np.unique(
            table, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        rows.append(at[chosen].ravel())
        sizes.append(np.full(len(chosen), m))
        counts.append(count)
        alike[members] = kind.ravel() + kinds
        kinds += len(chosen)
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))[:-1]])
    return np.concatenate(rows), starts.astype(np.intp), np.concatenate(counts).astype(float), alike
