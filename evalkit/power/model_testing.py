"""The test of a contrast by the mixed model, for all data sets of some draws at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from evalkit.mixed.batch import Batch, BatchMethod, fit_batch
from evalkit.mixed.design import DesignFault
from evalkit.models.engine import EngineFailed
from evalkit.models.engines.mixed import random_terms_of
from evalkit.power.drawing import Draws
from evalkit.power.planned_study import CELL, panel_of
from evalkit.power.question import Posed, Question, pose
from evalkit.power.replicates import (
    FAILED,
    GIVEN,
    SINGULAR,
    WITHHELD,
    Replicates,
    joined,
    nothing_given,
)
from evalkit.power.scenario import Scenario
from evalkit.problems import Problem

Array = npt.NDArray[np.float64]


def model_tests(
    scenario: Scenario, draws: Draws, question: Question, posed: Posed, measure: int, method: str
) -> Replicates:
    """Test the contrast in every data set by the mixed model of the question.

    Data sets whose answers are absent in the same places share a design and are fitted together; others one
    at a time. A singular fit keeps the whole model, with the degrees of freedom that it has: never more
    than `evalkit fit` gives it.

    Parameters
    ----------
    scenario, draws, question, posed, measure : as for `site_tests`.
    method : `kenward_roger` or `satterthwaite`.
    """
    scores = draws.scores[measure]
    # A model that adjusts for the answers of a wave has a design of its own for each data set.
    if draws.shared and posed.spec.site_rows is None:
        return _together(posed, scores, method, question.alpha)
    parts = []
    for b in range(len(scores)):
        again = pose(question, panel_of(scenario, draws, measure, b), posed.study)
        parts.append(
            nothing_given(1, FAILED)
            if isinstance(again, Problem)
            else _together(again, scores[b : b + 1], method, question.alpha)
        )
    return joined(parts)


def _together(posed: Posed, scores: Array, method: str, alpha: float) -> Replicates:
    """Fit data sets (B, people, waves) of one design."""
    spec, contrast = posed.spec, posed.contrast
    names = [str(name) for name in spec.fixed.columns]
    if not contrast.row or not set(contrast.row) <= set(names):
        return nothing_given(len(scores), WITHHELD)
    row = np.zeros((1, len(names)))
    row[0, [names.index(term) for term in contrast.row]] = list(contrast.row.values())
    outcomes = scores.reshape(len(scores), -1)[:, spec.data[CELL].to_numpy()].T
    try:
        found = fit_batch(
            outcomes,
            spec.fixed.to_numpy(dtype=float),
            random_terms_of(spec),
            contrasts=row,
            method=_method(method),
        )
    except (DesignFault, EngineFailed):
        return nothing_given(len(scores), FAILED)
    return _as_replicates(found, alpha)


def _method(name: str) -> BatchMethod:
    return "kenward-roger" if name == "kenward_roger" else "satterthwaite"


def _as_replicates(found: Batch, alpha: float) -> Replicates:
    estimate, std_error, df = found.estimate[:, 0], found.std_error[:, 0], found.df[:, 0]
    half = stats.t.ppf(1 - alpha / 2, df) * std_error
    state = np.where(found.singular, SINGULAR, GIVEN)
    known = found.converged & np.isfinite(found.p_value[:, 0])
    state = np.where(known, state, FAILED).astype(np.int8)
    numbers = (estimate, std_error, df, found.p_value[:, 0], estimate - half, estimate + half)
    return Replicates(state, *(np.where(known, values, np.nan) for values in numbers))
