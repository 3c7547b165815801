"""Growth: a straight line by arm, with slopes of residents and sites from three waves on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.kinds.growth import KIND
from evalkit.models.plan import Analysis
from evalkit.study.study import Study

GROWTH = Analysis(id="growth", question="growth", outcome="cohesion")


def test_terms_are_a_line_and_what_the_arm_adds(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    assert list(spec.fixed) == ["(Intercept)", "time", "arm[intervention]", "arm[intervention]:time"]
    assert {term.group: term.columns for term in spec.random} == {
        "respondent": ("(Intercept)", "time"),
        "site": ("(Intercept)", "time"),
        "site:wave": ("(Intercept)",),
    }
    two = KIND.build(panel[panel["wave"] != "w3"], "cohesion", study)
    assert [term.columns for term in two.random] == [("(Intercept)",)] * 3


def test_slope_of_a_line_is_found_exactly(panel: pd.DataFrame, study: Study) -> None:
    faster = 2.0 + 1.5 * (panel["arm"] == "intervention")
    line = panel.assign(cohesion=40 + faster * panel["time"] + panel["site"].str[1:].astype(int))
    found = {
        change.contrast.arms: change.found.estimate for change in fit_analysis(GROWTH, line, study).changes
    }
    assert found[("intervention",)] == pytest.approx(3.5)
    assert found[("comparison",)] == pytest.approx(2.0)
    assert found[("intervention", "comparison")] == pytest.approx(1.5)


def test_model_rows_say_the_same_as_site_slopes(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    line = 1.0 * panel["time"] * np.where(panel["arm"] == "intervention", 4.0, 1.0)
    spec_of_line = KIND.build(panel.assign(cohesion=line), "cohesion", study)
    beta = np.linalg.lstsq(spec_of_line.fixed.to_numpy(), spec_of_line.response, rcond=None)[0]
    terms = dict(zip(spec.fixed.columns, beta, strict=True))
    by_arms = {c.arms: sum(terms[t] * w for t, w in c.row.items()) for c in spec.contrasts}
    expected = {("intervention",): 4.0, ("comparison",): 1.0, ("intervention", "comparison"): 3.0}
    assert by_arms == pytest.approx(expected)


def test_one_group_has_one_line(panel: pd.DataFrame, study_of: Callable[..., Study]) -> None:
    alone = study_of(dict.fromkeys(("S1", "S2", "S3")))
    spec = KIND.build(panel[panel["site"].isin(["S1", "S2", "S3"])], "cohesion", alone)
    assert [contrast.arms for contrast in spec.contrasts] == [()]


def test_a_default_plan_does_not_assume_a_line(study: Study) -> None:
    assert not KIND.suits(study)
    assert (
        KIND.lacking(
            pd.DataFrame(
                {"wave": ["w1"], "time": [0.0], "site": ["S1"], "respondent": ["a"], "cohesion": [5.0]}
            ),
            "cohesion",
            study,
        )
        is not None
    )
