"""The mixed model of many data sets is the one that is fitted to each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalkit.mixed.fitting import fit_mixed
from evalkit.mixed.wald import Inference, wald_t
from evalkit.models.engines.mixed import random_terms_of
from evalkit.power.drawing import draw
from evalkit.power.measure import Measure
from evalkit.power.model_testing import model_tests
from evalkit.power.planned_study import panel_of
from evalkit.power.question import Posed, Question, default_analysis, pose, pose_first
from evalkit.power.replicates import FAILED, SINGULAR, WITHHELD
from evalkit.power.scenario import Scenario

ARMS = {f"S{n}": "intervention" if n < 3 else "comparison" for n in range(6)}
MEASURE = Measure("m", (), icc=0.1)
SCENARIO = Scenario((MEASURE,), ARMS, per_site=15, times=(0.0, 1.0), attrition_by_score=0.0)
QUESTION = Question(default_analysis(SCENARIO, MEASURE))
# A batch stops its optimiser once, a single fit polishes: enough for any table.
RELATIVE = 1e-4
NAMES = {"kenward_roger": "kenward-roger", "satterthwaite": "satterthwaite"}


@pytest.mark.parametrize("method", ["kenward_roger", "satterthwaite"])
@pytest.mark.parametrize("by_score", [0.0, -0.5])
def test_equal_to_single_fits(method: str, by_score: float) -> None:
    scenario = replace(SCENARIO, attrition_by_score=by_score)
    draws = draw(scenario, 4, seed=7)
    posed = pose_first(scenario, draws, QUESTION)
    assert isinstance(posed, Posed)
    found = model_tests(scenario, draws, QUESTION, posed, 0, method)
    for b in range(4):
        alone = pose(QUESTION, panel_of(scenario, draws, 0, b), posed.study)
        assert isinstance(alone, Posed)
        spec = alone.spec
        names = list(spec.fixed.columns)
        fit = fit_mixed(spec.response, spec.fixed.to_numpy(), random_terms_of(spec), names=names)
        row = np.zeros((1, len(names)))
        row[0, [names.index(term) for term in alone.contrast.row]] = list(alone.contrast.row.values())
        single = wald_t(
            Inference(fit), row, "kenward-roger" if method == "kenward_roger" else "satterthwaite"
        )
        assert found.estimate[b] == pytest.approx(single.estimate[0], rel=RELATIVE)
        assert found.std_error[b] == pytest.approx(single.std_error[0], rel=RELATIVE)
        assert found.df[b] == pytest.approx(single.df[0], rel=1e-2)
        assert (found.state[b] == SINGULAR) == fit.singular


def test_a_contrast_that_the_model_does_not_hold_is_withheld() -> None:
    scenario = replace(SCENARIO, times=(0.0, 1.0, 2.0, 3.0), starts={"S1": 1.0, "S2": 2.0})
    question = Question(default_analysis(scenario, MEASURE))
    draws = draw(scenario, 2, seed=1)
    posed = pose_first(scenario, draws, question)
    assert isinstance(posed, Posed)
    assert (model_tests(scenario, draws, question, posed, 0, "satterthwaite").state == WITHHELD).all()


def test_what_cannot_be_fitted_failed_and_has_no_p_value() -> None:
    flat = replace(SCENARIO, measures=(replace(MEASURE, sd=0.0),))
    draws = draw(flat, 2, seed=1)
    posed = pose_first(flat, draws, QUESTION)
    assert isinstance(posed, Posed)
    found = model_tests(flat, draws, QUESTION, posed, 0, "satterthwaite")
    assert (found.state == FAILED).all()
    assert np.isnan(found.p_value).all()
