"""Contrasts between sites adjusted for what sites are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.site_covariates import site_covariates
from evalkit.study.study import Study


def test_adjusted_difference_is_that_of_least_squares_on_sites(panel: pd.DataFrame, study: Study) -> None:
    asked = Analysis(
        id="gap", question="difference_in_change", outcome="cohesion", options={"site_covariates": "baseline"}
    )
    change = fit_analysis(asked, panel, study).changes[-1]
    sites = change.found.sites
    first = panel[panel["wave"] == "w1"].groupby("site", observed=True)["cohesion"].mean()
    columns = np.column_stack(
        [np.ones(6), sites["arm"] == "intervention", sites["site"].map(first).astype(float)]
    ).astype(float)
    weights = 1 / (sites["sampling"] + change.found.tau2)
    root = np.sqrt(weights.to_numpy())
    expected = np.linalg.lstsq(columns * root[:, None], sites["change"] * root, rcond=None)[0]
    assert change.found.estimate == pytest.approx(expected[1])
    assert change.found.df == 3.0
    methods = {test.method for test in change.beside.others}
    assert "permutation" in methods and "kenward_roger" not in methods, "the model is not adjusted"


def test_names_that_are_not_known(panel: pd.DataFrame, study: Study) -> None:
    with pytest.raises(ProblemsFound) as caught:
        site_covariates(panel, "cohesion", "w1", study, {"site_covariates": ["baseline", "mayor"]})
    assert [problem.code for problem in caught.value.problems] == ["models.unknown_covariate"]
    assert site_covariates(panel, "cohesion", "w1", study, {}) == {}
