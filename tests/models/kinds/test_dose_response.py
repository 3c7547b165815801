"""Dose-response: change by growth of dose within sites, and sites apart by mean dose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import site_change
from evalkit.models.inference.site_numbers import numbers_of_sites
from evalkit.models.kind import Asked
from evalkit.models.kinds.dose_response import BETWEEN, KIND, WITHIN
from evalkit.study.study import Study

HOURS = {"S1": (0, 4), "S2": (1, 3), "S3": (0, 1), "S4": (2, 2), "S5": (1, 6), "S6": (3, 4)}


def dosed(per_hour: float, between: float, same: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for site, hours in HOURS.items():
        for person in range(10):
            for wave in range(2):
                dose = 1.0 if same else float(hours[wave])
                value = 40 + 7 * wave + per_hour * (dose - np.mean(hours)) + between * np.mean(hours)
                rows.append(
                    (f"{site}{person}", site, f"w{wave + 1}", float(wave), dose, value + rng.normal(0, 0.2))
                )
    return pd.DataFrame(rows, columns=["respondent", "site", "wave", "time", "hours", "cohesion"])


def test_within_and_between_are_told_apart(study: Study) -> None:
    panel = dosed(2.0, -5.0)
    spec = KIND.build(panel, "cohesion", study, Asked(options={"dose": "hours"}))
    found = {}
    for contrast in spec.contrasts:
        numbers = numbers_of_sites(spec.data, "cohesion", contrast, list(HOURS))
        found[contrast.name] = site_change(numbers, contrast, "cohesion")
    assert found["w2:within"].estimate == pytest.approx(2.0, abs=0.1)
    assert found["between"].estimate == pytest.approx(-5.0, abs=0.1)
    assert found["w2:within"].df == 4.0 and found["w2:within"].p_value is not None


def test_model_holds_both_parts(study: Study) -> None:
    spec = KIND.build(dosed(2.0, -5.0), "cohesion", study, Asked(options={"dose": "hours"}))
    beta = np.linalg.lstsq(spec.fixed.to_numpy(), spec.response, rcond=None)[0]
    told = dict(zip(spec.fixed.columns, beta, strict=True))
    assert told[WITHIN] == pytest.approx(2.0, abs=0.1) and told[BETWEEN] == pytest.approx(-5.0, abs=0.1)


def test_the_same_dose_everywhere_tells_nothing(study: Study) -> None:
    spec = KIND.build(dosed(2.0, 0.0, same=True), "cohesion", study, Asked(options={"dose": "hours"}))
    assert spec.contrasts == ()
    assert {problem.code for problem in spec.problems} == {"models.dose_never_differs"}
    assert not KIND.suits(study)
