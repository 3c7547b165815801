"""placebo_outcome: the question of the analysis, of an outcome that study.yaml marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.sensitivity.placebo_outcome import SENSITIVITY
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]


def marked(study: Study, outcome: str) -> Study:
    outcomes = tuple(
        one.model_copy(update={"placebo": True}) if one.id == outcome else one for one in study.outcomes
    )
    return replace(study, file=study.file.model_copy(update={"outcomes": outcomes}))


def test_the_marked_outcome_is_asked_the_same(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    main = main_of(panel, marked(study, "security"))
    tried = SENSITIVITY.run(main)
    assert not isinstance(tried, Phrase) and len(tried) == 1
    assert not tried[0].comparable and not tried[0].drawn
    analysis = main.analysis.model_copy(update={"outcome": "security"})
    for change in fit_analysis(analysis, panel, study).changes:
        assert of_wave(tried[0], change.wave).conf_low == pytest.approx(change.found.conf_low)


@pytest.mark.parametrize("outcome", ["cohesion", "none"])
def test_without_another_marked_outcome_it_is_not_available(
    panel: pd.DataFrame, study: Study, main_of: Main, outcome: str
) -> None:
    tried = SENSITIVITY.run(main_of(panel, marked(study, outcome)))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.placebo_outcome.none_named"


def test_a_marked_outcome_without_answers_is_said(panel: pd.DataFrame, study: Study, main_of: Main) -> None:
    tried = SENSITIVITY.run(main_of(panel.assign(security=float("nan")), marked(study, "security")))
    assert isinstance(tried, Phrase) and tried.key == "sensitivity.placebo_outcome.absent"
