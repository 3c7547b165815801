"""A mixed model with the rows it was fitted to, and which column is site, wave, respondent and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.fitting import MixedFit
from evalkit.models.fit import Fit
from evalkit.problems import error

ROLES = ("respondent", "site", "wave", "arm", "time")


@dataclass(frozen=True)
class FittedModel:
    """Hold what every diagnostic starts from.

    Parameters
    ----------
    mixed : the engine's fit. outcome : its name.
    rows : the rows fitted, with those of `ROLES` that the data have; labels as text, `time` as numbers.
    least : fewest respondents of a group that may be shown.
    """

    mixed: MixedFit
    outcome: str
    rows: pd.DataFrame
    least: int = 1

    @property
    def answers(self) -> Array:
        """Return the outcome of each row, (n,)."""
        return np.asarray(self.mixed.prepared.design.outcomes[:, self.mixed.outcome])

    def has(self, *roles: str) -> bool:
        """Tell whether the rows have all of these roles."""
        return set(roles) <= set(self.rows.columns)

    def respondents(self, by: str) -> pd.Series[int]:
        """Return how many respondents each group of a role has."""
        return self.rows.groupby(by, sort=False)["respondent"].nunique()

    def shown(self, by: str) -> list[str]:
        """Return the groups of a role that have enough respondents, in their order."""
        counts = self.respondents(by)
        return [str(group) for group in self.order(by) if counts[group] >= self.least]

    def hidden(self, by: str) -> list[str]:
        """Return the groups of a role that are too small to be shown."""
        shown = set(self.shown(by))
        return [group for group in self.order(by) if group not in shown]

    def order(self, by: str) -> list[str]:
        """Return the groups of a role: waves by time where it is known, others by name."""
        if by == "wave" and self.has("time"):
            return [str(wave) for wave in self.rows.groupby("wave")["time"].mean().sort_values().index]
        return sorted(self.rows[by].unique())

    def codes(self, by: str) -> tuple[IntArray, npt.NDArray[np.object_]]:
        """Return the group of each row as a number, and the groups' labels."""
        codes, labels = pd.factorize(self.rows[by])
        return codes.astype(np.intp), np.asarray(labels, dtype=object)


def fitted_model(
    fit: Fit,
    *,
    least: int = 1,
    respondent: str = "respondent",
    site: str = "site",
    wave: str = "wave",
    arm: str = "arm",
    time: str = "time",
) -> FittedModel:
    """Return a fit with its rows, as diagnostics take it.

    Parameters
    ----------
    fit : of the mixed engine: of `evalkit.lmm`, or of a plan.
    least : fewest respondents of a group that may be shown.
    respondent, site, wave, arm, time : columns of the data; those that are not there are done without,
        but for the respondent.

    Raises
    ------
    ProblemsFound
        A fit of another engine, or one that kept no rows; no column of respondents.
    """
    if not isinstance(fit.raw, MixedFit) or fit.data is None:
        raise ProblemsFound([error("diagnostics.other_engine", outcome=fit.outcome, engine=fit.engine)])
    if respondent not in fit.data:
        known = ", ".join(str(name) for name in fit.data.columns)
        raise ProblemsFound([error("diagnostics.no_respondent", column=respondent, known=known)])
    named = dict(zip(ROLES, (respondent, site, wave, arm, time), strict=True))
    columns = {role: _column(fit.data[name], role) for role, name in named.items() if _there(fit.data, name)}
    return FittedModel(fit.raw, fit.outcome, pd.DataFrame(columns), least)


def _there(data: pd.DataFrame, name: str) -> bool:
    return name in data and bool(data[name].notna().all())


def _column(values: pd.Series[Any], role: str) -> npt.NDArray[Any]:
    if role == "time":
        return values.to_numpy(dtype=float)
    return values.astype(str).to_numpy(dtype=object)
