"""Take out of a singular model, in a stated order, what the data do not bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from evalkit.mixed.design import RandomTerm

Array = npt.NDArray[np.float64]
Part = Literal["correlation", "slope"]

# What goes first: nothing here touches the term of site and wave, which stays even at a variance of zero.
ORDER: tuple[tuple[str, Part], ...] = (
    ("site", "correlation"),
    ("site", "slope"),
    ("respondent", "correlation"),
    ("respondent", "slope"),
)
NOTHING = 1e-7  # of the largest eigenvalue of a correlation matrix, or of the residual variance


@dataclass(frozen=True)
class Reduction:
    """Hold one step: the terms that are left, and what was taken out of which group."""

    terms: tuple[RandomTerm, ...]
    group: str
    part: Part


def next_reduction(
    terms: Sequence[RandomTerm], covariances: Mapping[str, Array], residual: float
) -> Reduction | None:
    """Return the next step of a singular model's reduction; None when nothing more may go.

    Parameters
    ----------
    terms : random terms of the model.
    covariances : (q, q) of each group's effects, as fitted.
    residual : residual variance.

    References
    ----------
    Barr, Levy, Scheepers & Tily 2013, Journal of Memory and Language 68:255 (keep what the design asks for);
    Bates, Kliegl, Vasishth & Baayen 2015, arXiv:1506.04967 (take out what the data do not bear, correlations
    first).

    Examples
    --------
    >>> columns = np.column_stack([np.ones(4), np.arange(4.0)])
    >>> term = RandomTerm(np.array([0, 0, 1, 1]), columns, True, "site", ("(Intercept)", "time"))
    >>> step = next_reduction([term], {"site": np.array([[1.0, 0.5], [0.5, 0.25]])}, 1.0)
    >>> step.part, step.terms[0].correlated
    ('correlation', False)
    """
    for group, part in ORDER:
        for place, term in enumerate(terms):
            if term.name == group and _may_go(term, part, covariances[group], residual):
                left = list(terms)
                left[place] = _without(term, part)
                return Reduction(tuple(left), group, part)
    return None


def _may_go(term: RandomTerm, part: Part, covariance: Array, residual: float) -> bool:
    if term.columns.shape[1] < 2:
        return False
    variances = np.diag(covariance)
    # A slope's variance is told in the outcome's units, over the spread of what it multiplies.
    spread = variances * (term.columns**2).mean(axis=0)
    if part == "slope":
        return not term.correlated and bool(spread[1:].max() <= NOTHING * residual)
    if not term.correlated:
        return False
    if spread.min() <= NOTHING * residual:
        return True
    scale = np.sqrt(variances)
    values = np.linalg.eigvalsh(covariance / np.outer(scale, scale))
    return bool(values[0] <= NOTHING * values[-1])


def _without(term: RandomTerm, part: Part) -> RandomTerm:
    if part == "correlation":
        return replace(term, correlated=False)
    return replace(term, columns=term.columns[:, :1], effects=term.effects[:1])
