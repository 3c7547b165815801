"""Levels of groupings: of a column, or of the combinations of several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.arrays import IntArray


@dataclass(frozen=True)
class Grouping:
    """Hold a grouping's levels.

    Parameters
    ----------
    name : such as `site:wave`. codes : (n,), from 0; below 0 where missing.
    labels : one a level, in order of appearance.
    """

    name: str
    codes: IntArray
    labels: npt.NDArray[np.object_]


def group_codes(frame: pd.DataFrame, columns: tuple[str, ...]) -> Grouping:
    """Number the levels of a grouping, or of the combinations of several columns.

    Examples
    --------
    >>> group_codes(pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 1]}), ("a", "b")).labels.tolist()
    ['x:1', 'x:2', 'y:1']
    """
    codes, labels = pd.factorize(frame[columns[0]])
    names = np.asarray(labels.astype(str), dtype=object)
    for column in columns[1:]:
        own, others = pd.factorize(frame[column])
        there = (codes >= 0) & (own >= 0)
        joint, distinct = pd.factorize(codes[there].astype(np.int64) * len(others) + own[there])
        first, second = np.divmod(distinct, max(len(others), 1))
        names = names[first] + ":" + np.asarray(others.astype(str), dtype=object)[second]
        codes = np.full(len(frame), -1)
        codes[there] = joint
    return Grouping(":".join(columns), codes.astype(np.intp), names)
