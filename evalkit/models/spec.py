"""What is to be fitted: answers, fixed design and random terms, before any engine is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.models.fit import INTERCEPT
from evalkit.models.site_contrast import SiteContrast
from evalkit.problems import Problem
from evalkit.texts.phrases import Phrase


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """Hold one random term, such as `(1 + time | respondent)`.

    Parameters
    ----------
    group : column of the data whose levels vary; `a:b` for the combinations of two columns.
    columns : what varies: `(Intercept)`, and names of numeric columns for slopes.
    correlated : whether the parts of one level may be correlated.
    """

    group: str
    columns: tuple[str, ...] = (INTERCEPT,)
    correlated: bool = True


@dataclass(frozen=True)
class ModelSpec:
    """Hold a linear mixed model of one outcome.

    Parameters
    ----------
    outcome : column of `data`.
    data : DataFrame of the rows with an answer, from which random terms take their columns.
    fixed : DataFrame, same rows, one column a fixed term.
    random : random terms, the innermost group first.
    estimand : what the model is to find out, in words.
    levels : ids of waves, sites and arms in the model, in order, under `wave`, `site`, `arm`.
    contrasts : what is asked of sites: one number a site each.
    terms : terms of the fixed part that answer by themselves, about residents, not sites.
    problems : what was left out of the data, and why.
    site_rows : rows that site means rest on, where they are more than those of the model.
    """

    outcome: str
    data: pd.DataFrame
    fixed: pd.DataFrame
    random: tuple[RandomTerm, ...]
    estimand: Phrase
    levels: Mapping[str, tuple[str, ...]]
    contrasts: tuple[SiteContrast, ...] = ()
    terms: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    site_rows: pd.DataFrame | None = None

    @property
    def answers(self) -> pd.DataFrame:
        """Return the rows that site means rest on."""
        return self.data if self.site_rows is None else self.site_rows

    @property
    def response(self) -> npt.NDArray[np.float64]:
        """Return the answers, (rows,)."""
        return self.data[self.outcome].to_numpy(dtype=float)

    def labels(self, group: str) -> npt.NDArray[np.object_]:
        """Return, for each row, the level of a group as a string."""
        parts = [self.data[name].astype(str).to_numpy(dtype=object) for name in group.split(":")]
        return np.array([":".join(row) for row in zip(*parts, strict=True)], dtype=object)

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """Return what a random term multiplies, (rows,): ones for the intercept."""
        if name == INTERCEPT:
            return np.ones(len(self.data))
        return self.data[name].to_numpy(dtype=float)


def usable_rows(panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the rows with an answer and a site, those of a resident together."""
    rows = panel.loc[panel[outcome].notna() & panel["site"].notna()]
    return rows.sort_values(["site", "respondent", "time"], kind="stable").reset_index(drop=True)


def waves_of(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the ids of the waves that have rows, in the order of time."""
    times = rows.groupby(rows["wave"].astype(str))["time"].mean()
    return tuple(str(wave) for wave in times.sort_values().index)


def random_terms(waves: tuple[str, ...], *, trend: bool = False) -> tuple[RandomTerm, ...]:
    """Return the random terms of the design, the innermost group first.

    Residents have a slope of their own from three waves on, and so have sites in a model of a trend. Leaving
    out the term of site and wave is the error that makes a site-level effect look certain when it is not; it
    is therefore part of every model of two waves or more.
    """
    slope = (INTERCEPT, "time") if len(waves) >= 3 else (INTERCEPT,)
    sites = slope if trend else (INTERCEPT,)
    return RandomTerm("respondent", slope), RandomTerm("site", sites), RandomTerm("site:wave")
