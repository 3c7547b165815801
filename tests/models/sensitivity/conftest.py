"""Main results that sensitivity analyses start from, and one contrast of what they give."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.flagged import VISIT
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.plan import Analysis
from evalkit.models.running_sensitivity import main_result
from evalkit.models.variation import MainResult, Variant
from evalkit.study.study import Study

MakeMain = Callable[..., MainResult]
OfWave = Callable[..., SiteTest]


@pytest.fixture
def main_of() -> MakeMain:
    """Give what makes the main result of a question of `cohesion`."""

    def make(
        panel: pd.DataFrame,
        study: Study,
        question: str = "difference_in_change",
        flagged: pd.DataFrame | None = None,
    ) -> MainResult:
        analysis = Analysis(id="asked", question=question, outcome="cohesion", smallest_change=1.5)
        none = pd.DataFrame(columns=list(VISIT))
        return main_result(
            fit_analysis(analysis, panel, study), panel, study, none if flagged is None else flagged
        )

    return make


@pytest.fixture
def of_wave() -> OfWave:
    """Give what finds the test of a contrast, by its last wave and arm, in a variant."""

    def find(variant: Variant, wave: str, arm: str | None = None) -> SiteTest:
        return next(
            one.test
            for one in variant.found
            if one.contrast.wave == wave and (arm is None or one.contrast.arms[0] == arm)
        )

    return find
