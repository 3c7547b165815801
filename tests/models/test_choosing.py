"""Which contrast is meant when little is said."""

from __future__ import annotations

import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.choosing import chosen_change
from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.study.study import Study


def test_newest_wave_and_the_comparison_come_first(panel: pd.DataFrame, study: Study) -> None:
    growth = fit_analysis(Analysis(id="g", question="growth", outcome="cohesion"), panel, study)
    assert chosen_change(growth).contrast.arms == ("intervention", "comparison")
    assert chosen_change(growth, arm="comparison").contrast.arms == ("comparison",)
    assert chosen_change(growth, wave="slope").contrast.name == "slope"
    change = fit_analysis(
        Analysis(id="c", question="change_since_baseline", outcome="cohesion"), panel, study
    )
    assert chosen_change(change).wave == "w3"
    assert chosen_change(change, wave="w2", arm="intervention").contrast.arms == ("intervention",)


def test_a_contrast_of_all_sites_is_chosen_beside_a_comparison(panel: pd.DataFrame, study: Study) -> None:
    by = Analysis(id="m", question="moderation", outcome="cohesion", options={"by": "woman"})
    rows = panel.assign(woman=(panel["respondent"] % 2).astype(float))
    found = fit_analysis(by, rows, study)
    assert chosen_change(found).contrast.arms == ("intervention", "comparison")
    assert chosen_change(found, arm="all").contrast.arms == ()
    with pytest.raises(ProblemsFound):
        chosen_change(found, arm="nobody")


def test_nothing_fitted_says_why(panel: pd.DataFrame, study: Study) -> None:
    first = panel[panel["wave"] == "w1"]
    found = fit_analysis(Analysis(id="c", question="change_since_baseline", outcome="cohesion"), first, study)
    with pytest.raises(ProblemsFound) as caught:
        chosen_change(found)
    assert [problem.code for problem in caught.value.problems] == ["plan.nothing_fitted", "models.one_wave"]
