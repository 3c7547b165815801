"""A mixed model fitted to a table that was read in parts: all that sums can tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never

import numpy as np
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array
from evalkit.mixed.rows import ResidualKind
from evalkit.mixed.wald import Robust
from evalkit.models.bootstrapping import Bootstrap
from evalkit.models.lmm_fit import LmmFit
from evalkit.problems import error


@dataclass(frozen=True)
class ChunkedFit(LmmFit):
    """Hold a fit of `evalkit.lmm_chunks`: as a fit of `lmm`, but what needs rows is refused.

    `frame` holds no row of the data: its table is made up, with the levels, means and ranges of the data.
    """

    def fitted(self, *, conditional: bool = True) -> Array:
        """Refuse: rows were not kept."""
        _refuse("fitted")

    def residuals(self, kind: ResidualKind = "conditional") -> Array:
        """Refuse: rows were not kept."""
        _refuse("residuals")

    def simulate(self, n: int, rng: np.random.Generator) -> Array:
        """Refuse: rows were not kept."""
        _refuse("simulate")

    def bootstrap(self, number: int, rng: np.random.Generator) -> Bootstrap:
        """Refuse: rows were not kept."""
        _refuse("bootstrap")

    def robust(self, group: str, kind: Robust = "CR2") -> pd.DataFrame:
        """Refuse: rows were not kept."""
        _refuse("robust")

    def without_each(self, group: str) -> pd.DataFrame:
        """Refuse: rows were not kept."""
        _refuse("without_each")

    def compare(
        self, other: LmmFit, *, simulations: int = 0, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Refuse: that two models have the same rows is seen from the rows."""
        _refuse("compare")

    def adjusted_means(
        self, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return what the model expects of each category; refused where columns were dropped."""
        if self.mixed.dropped:
            _refuse("adjusted_means")
        return super().adjusted_means(over, at=at)

    def adjusted_differences(
        self, over: str | Sequence[str], *, at: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return differences of adjusted means, all pairs; refused where columns were dropped."""
        if self.mixed.dropped:
            _refuse("adjusted_differences")
        return super().adjusted_differences(over, at=at)


def _refuse(method: str) -> Never:
    raise ProblemsFound([error("mixed.rows_not_kept", method=method)])
