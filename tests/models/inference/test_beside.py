"""What stands beside the default: the mixed model, tests of site numbers, and sites left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evalkit.mixed.wald import Inference, wald_t
from evalkit.models.fitting import fit_analysis
from evalkit.models.inference.beside import Beside, as_test
from evalkit.models.inference.site_changes import difference_of_arms
from evalkit.models.plan import Analysis
from evalkit.models.study_fits import AnalysisFit
from evalkit.study.study import Study

GAP = Analysis(id="gap", question="difference_in_change", outcome="cohesion")
ALONE = Analysis(id="alone", question="change_since_baseline", outcome="cohesion")


@pytest.fixture
def gap(panel: pd.DataFrame, study: Study) -> AnalysisFit:
    return fit_analysis(GAP, panel, study)


def test_methods_of_a_difference_between_arms(gap: AnalysisFit) -> None:
    methods = [test.method for test in gap.changes[-1].beside.others]
    assert methods == ["kenward_roger", "cr2_mixed", "t_test", "permutation", "wild_bootstrap"]


def test_kenward_roger_is_the_term_of_the_model(gap: AnalysisFit) -> None:
    assert gap.fit is not None
    change = gap.changes[-1]
    tested = {test.method: test for test in change.beside.others}["kenward_roger"]
    row = np.zeros(len(gap.fit.table))
    row[list(gap.fit.table["term"]).index("arm[intervention]:wave[w3]")] = 1.0
    expected = wald_t(Inference(gap.fit.raw), row)
    assert tested.estimate == pytest.approx(expected.estimate[0])
    assert tested.std_error == pytest.approx(expected.std_error[0])


def test_t_is_students_of_the_site_numbers(gap: AnalysisFit) -> None:
    change = gap.changes[-1]
    sites = change.found.sites
    ours, theirs = (sites.loc[sites["arm"] == arm, "change"] for arm in ("intervention", "comparison"))
    expected = stats.ttest_ind(ours, theirs)
    tested = {test.method: test for test in change.beside.others}["t_test"]
    assert tested.p_value == pytest.approx(expected.pvalue)


def test_without_each_site_is_the_default_of_the_others(gap: AnalysisFit, panel: pd.DataFrame) -> None:
    found: Beside = gap.changes[-1].beside
    assert found.without is not None
    assert set(found.without.without) == {f"S{n}" for n in range(1, 7)}
    kept = [f"S{n}" for n in range(1, 7) if n != 2]
    again = difference_of_arms(panel, "cohesion", [f"S{n}" for n in range(1, 7)], "w1", "w3")
    assert found.default == as_test(again)
    changes = again.sites[again.sites["site"].isin(kept)]
    by_arm = changes.groupby("arm")["change"].mean()
    assert found.without.without["S2"].estimate == pytest.approx(
        by_arm["intervention"] - by_arm["comparison"], abs=0.5
    )
    assert found.without.without["S2"].df == 3.0


def test_one_group_has_intervals_and_no_p_value(panel: pd.DataFrame, study_of: Callable[..., Study]) -> None:
    alone = fit_analysis(ALONE, panel.assign(arm=None), study_of(dict.fromkeys(f"S{n}" for n in range(1, 7))))
    change = alone.changes[-1]
    assert change.found.p_value is None and change.found.conf_low is not None
    assert change.beside.others and all(test.p_value is None for test in change.beside.others)
    assert "caution.change_not_effect" in {problem.code for problem in alone.problems}


def test_these_sites_are_surer_than_sites_like_these(gap: AnalysisFit) -> None:
    found = gap.changes[-1].found
    assert found.these_low is not None and found.these_high is not None and found.estimate is not None
    assert found.these_low < found.estimate < found.these_high


def test_one_site_in_an_arm_leaves_the_estimate_alone(
    panel: pd.DataFrame, study_of: Callable[..., Study]
) -> None:
    arms = {f"S{n}": "intervention" if n == 1 else "comparison" for n in range(1, 7)}
    rows = panel.assign(arm=panel["site"].astype(str).map(arms))
    found = fit_analysis(GAP, rows, study_of(arms))
    change = found.changes[-1]
    assert change.found.estimate is not None and change.found.these_low is not None
    assert change.found.conf_low is None and change.found.p_value is None
    assert change.beside.others == () and change.beside.without is None
    assert {"models.one_site_in_arm", "caution.design_needed"} <= {problem.code for problem in found.problems}
