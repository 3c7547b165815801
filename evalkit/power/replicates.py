"""What one test found in each of many data sets."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# A test that gave a result; the same from a fit with a variance of zero; no interval could be given, as
# with one site in an arm; the fit failed or did not come to rest.
GIVEN, SINGULAR, WITHHELD, FAILED = 0, 1, 2, 3
STATES = ("given", "singular", "withheld", "failed")


@dataclass(frozen=True)
class Replicates:
    """Hold a test of B data sets.

    Parameters
    ----------
    state : (B,), position in `STATES`.
    estimate, std_error, df, p_value, conf_low, conf_high : (B,), NaN where the test gave none.
    """

    state: npt.NDArray[np.int8]
    estimate: Array
    std_error: Array
    df: Array
    p_value: Array
    conf_low: Array
    conf_high: Array

    def __len__(self) -> int:
        return len(self.state)


def nothing_given(replicates: int, state: int) -> Replicates:
    """Return tests that gave nothing, for one reason."""
    numbers = [np.full(replicates, np.nan) for _ in range(6)]
    return Replicates(np.full(replicates, state, dtype=np.int8), *numbers)


def joined(parts: list[Replicates]) -> Replicates:
    """Return results one after another."""
    names = [part.name for part in fields(Replicates)]
    return Replicates(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def placed(replicates: int, parts: list[tuple[npt.NDArray[np.intp], Replicates]]) -> Replicates:
    """Return results of groups of data sets in the places of these; elsewhere they are withheld."""
    whole = nothing_given(replicates, WITHHELD)
    for where, part in parts:
        for field in fields(Replicates):
            getattr(whole, field.name)[where] = getattr(part, field.name)
    return whole
