"""A pilot gives variances, never an effect."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from evalkit.models.fit import VARIANCE_COLUMNS, Fit
from evalkit.power.measure import Measure
from evalkit.power.pilot import with_pilot
from evalkit.power.scenario import Scenario

ARMS = {"S1": "intervention", "S2": "comparison"}
SCENARIO = Scenario((Measure("m", ()), Measure("k", ())), ARMS)


Part = tuple[str, str | None, str | None, float]


def fit(*rows: Part) -> Fit:
    return cast(Fit, SimpleNamespace(variance_components=pd.DataFrame(rows, columns=list(VARIANCE_COLUMNS))))


PARTS = (
    ("respondent", "(Intercept)", None, 120.0),
    ("site", "(Intercept)", None, 8.0),
    ("site:wave", "(Intercept)", None, 2.0),
    ("Residual", None, None, 80.0),
)


def test_variances_become_those_of_the_scenario() -> None:
    found = with_pilot(SCENARIO, "m", fit(*PARTS))
    assert found.measures[0].sd == pytest.approx(210**0.5, abs=1e-4)
    assert found.measures[0].icc == pytest.approx(10 / 210, abs=1e-4)
    assert (found.cac, found.stability, found.stability_decays) == (0.8, 0.6, False)
    assert found.measures[1] == SCENARIO.measures[1]
    assert found.measures[0].yearly_change == SCENARIO.measures[0].yearly_change


def test_a_slope_of_residents_is_no_intercept() -> None:
    slope = (("respondent", "time", None, 9.0), ("respondent", "(Intercept)", "time", 1.0))
    assert with_pilot(SCENARIO, "m", fit(*PARTS, *slope)) == with_pilot(SCENARIO, "m", fit(*PARTS))


@pytest.mark.parametrize("parts", [PARTS[:1], (*PARTS[:0],), tuple((*p[:3], 0.0) for p in PARTS)])
def test_without_variances_there_is_no_pilot(
    parts: tuple[tuple[str, str | None, str | None, float], ...],
) -> None:
    with pytest.raises(ValueError):
        with_pilot(SCENARIO, "m", fit(*parts))
