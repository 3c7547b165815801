"""Random structures that a plan writes."""

from __future__ import annotations

import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.fitting import fit_analysis
from evalkit.models.kinds.growth import KIND
from evalkit.models.plan import Analysis
from evalkit.models.random_by_hand import random_by_hand
from evalkit.study.study import Study


def test_terms_as_written(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    terms = random_by_hand("(1 + time || respondent) + (0 + time | site) + (1 | site:wave)", spec)
    assert [(t.group, t.columns, t.correlated) for t in terms] == [
        ("respondent", ("(Intercept)", "time"), False),
        ("site", ("time",), True),
        ("site:wave", ("(Intercept)",), True),
    ]


def test_unknown_groups_and_columns_are_named(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    with pytest.raises(ProblemsFound) as caught:
        random_by_hand("(1 + age | village)", spec)
    assert [p.code for p in caught.value.problems] == ["models.unknown_random"] * 2


def test_without_shocks_of_sites_the_model_does_not_stand_beside(panel: pd.DataFrame, study: Study) -> None:
    random = "(1 | respondent) + (1 | site)"
    asked = Analysis(id="a", question="difference_in_change", outcome="cohesion", random=random)
    found = fit_analysis(asked, panel, study)
    methods = {test.method for change in found.changes for test in change.beside.others}
    assert "kenward_roger" not in methods and "permutation" in methods
    assert "models.no_shock_of_sites" in {problem.code for problem in found.problems}
    assert found.fit is not None and "site:wave" not in set(found.fit.variance_components["group"])
