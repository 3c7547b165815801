"""How far the fixed effects move when a site, or a resident, is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.mixed.arrays import Array, IntArray
from evalkit.mixed.deletion import Deletions, leave_out
from evalkit.mixed.fitting import MixedFit
from evalkit.mixed.rows import residuals
from evalkit.models.diagnostics.fitted_model import FittedModel

Labels = npt.NDArray[np.object_]
COLUMNS = ("left_out", "residents", "cooks_distance", "term", "change", "dfbetas", "possible")
# Sites: Cook's distance over 4 / k (Van der Meer, te Grotenhuis & Pelzer 2010).
SITE_CUTOFF = 4.0
# Residents: one person alone moves a coefficient by half a standard error.
RESIDENT_CUTOFF = 0.5
MOST_SITES, MOST_RESIDENTS, SHOWN_RESIDENTS = 200, 50, 10


@dataclass(frozen=True)
class Influence:
    """Hold what leaving out one group at a time does.

    Parameters
    ----------
    by : `site` or `respondent`.
    table : one row a group, the most influential first, `COLUMNS`: its respondents, Cook's distance, and
        the fixed term that moves most, with its fall in units of the outcome and in standard errors
        (DFBETAS). Where a term cannot be estimated without the group, `possible` is false, the numbers
        are missing, and the row comes first.
    terms : every fixed term of every group: `left_out, term, estimate, change, dfbetas`.
    cutoff : of Cook's distance for sites, of the largest DFBETAS for residents.
    groups : how many there are; `tried` of them were left out, those that a first-order
        approximation of Cook's distance puts first.
    influential : labels of the groups beyond the cutoff.
    hidden : groups with too few respondents to be shown: they are in no table.
    """

    by: Literal["site", "respondent"]
    table: pd.DataFrame
    terms: pd.DataFrame
    cutoff: float
    groups: int
    tried: int
    influential: tuple[str, ...]
    hidden: int

    def without_ids(self) -> pd.DataFrame:
        """Return the ten most influential as ranks 1, 2, ..: what may leave the analyst's desk."""
        top = self.table.head(SHOWN_RESIDENTS).drop(columns=["left_out", "change"]).reset_index(drop=True)
        top.insert(0, "rank", np.arange(1, len(top) + 1))
        return top


def influence(model: FittedModel, by: Literal["site", "respondent"]) -> Influence | None:
    """Leave out each site, or the residents likely to matter most, one at a time.

    Parameters
    ----------
    by : `site`: all of them, up to `MOST_SITES`. `respondent`: the `MOST_RESIDENTS` that a first-order
        approximation puts first, since each costs a fit.

    Returns
    -------
    None where there is a single group.

    References
    ----------
    Cook 1977, Technometrics 19:15; Belsley, Kuh & Welsch 1980, Regression Diagnostics; Van der Meer, te
    Grotenhuis & Pelzer 2010, American Sociological Review 75:173, for groups of a mixed model.
    """
    codes, labels = model.codes(by)
    if len(labels) < 2:
        return None
    people = np.asarray(model.respondents(by).reindex(labels), dtype=np.intp)
    may = np.arange(len(labels)) if by == "respondent" else np.flatnonzero(people >= model.least)
    if not len(may):
        return None
    most = MOST_SITES if by == "site" else MOST_RESIDENTS
    tried = may if len(may) <= most else _first(first_order_cook(model.mixed, codes)[may], may, most)
    found = leave_out(model.mixed, codes, which=[int(code) for code in tried])
    names = labels[found.labels]
    table = _table(model.mixed, found, names, people.astype(np.intp)[found.labels])
    cutoff = SITE_CUTOFF / len(labels) if by == "site" else RESIDENT_CUTOFF
    measure = table["cooks_distance"] if by == "site" else table["dfbetas"].abs()
    beyond = tuple(str(name) for name in table.loc[measure > cutoff, "left_out"])
    terms = _terms(model.mixed, found, names)
    return Influence(by, table, terms, cutoff, len(labels), len(tried), beyond, len(labels) - len(may))


def first_order_cook(fit: MixedFit, codes: IntArray) -> Array:
    """Return Cook's distance of each group to first order: variances held, without its own leverage.

    A group adds X' R^-1 (its conditional residuals) to the score of the fixed effects; the covariance
    turns that into a move of the coefficients.
    """
    design = fit.prepared.design
    fixed = design.fixed[:, list(fit.prepared.scaled.kept)]
    weighted = residuals(fit) * design.weights / fit.sigma**2
    levels = int(codes.max()) + 1
    score = np.column_stack([np.bincount(codes, column * weighted, levels) for column in fixed.T])
    return np.asarray(((score @ fit.covariance) * score).sum(axis=1) / fixed.shape[1])


def _first(distance: Array, may: IntArray, most: int) -> IntArray:
    return np.sort(may[np.argsort(-distance, kind="stable")[:most]])


def _table(fit: MixedFit, found: Deletions, names: Labels, people: IntArray) -> pd.DataFrame:
    strongest = np.nanargmax(np.where(found.possible[:, None], np.abs(found.dfbetas), -1.0), axis=1)
    rows = np.arange(len(names))
    moved = fit.coefficients - found.coefficients
    terms = np.array(fit.names, dtype=object)[strongest]
    columns = (
        names,
        people,
        found.cooks_distance,
        np.where(found.possible, terms, None),
        moved[rows, strongest],
        found.dfbetas[rows, strongest],
        found.possible,
    )
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    order = table["cooks_distance"].fillna(np.inf).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _terms(fit: MixedFit, found: Deletions, names: Labels) -> pd.DataFrame:
    p = len(fit.names)
    return pd.DataFrame(
        {
            "left_out": np.repeat(names, p),
            "term": np.tile(np.array(fit.names, dtype=object), len(names)),
            "estimate": found.coefficients.ravel(),
            "change": (fit.coefficients - found.coefficients).ravel(),
            "dfbetas": found.dfbetas.ravel(),
        }
    )
