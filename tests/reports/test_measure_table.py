"""Reliability of each outcome, from complete answers of the wave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.reports.measure_table import measure_table
from evalkit.scores.reliability import cronbach_alpha
from evalkit.study.study import Study

ITEMS = ["coh1", "coh2", "coh3", "coh4"]


def panel(people: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    shared = rng.normal(3, 1, people)
    answers = {item: np.clip((shared + rng.normal(0, 1, people)).round(), 1, 5) for item in ITEMS}
    return pd.DataFrame(answers).assign(wave="w1", instrument="small-core")


def test_alpha_is_that_of_the_wave(small_study: Study) -> None:
    rows = panel(60)
    other = rows.assign(wave="w2", coh1=1.0)
    found = measure_table(small_study, small_study.waves[0], {"resident": pd.concat([rows, other])})[
        "measures"
    ]
    expected = cronbach_alpha(rows[ITEMS].to_numpy(dtype=float))
    assert found.number("cohesion", "alpha") == pytest.approx(expected.estimate)
    assert found.number("cohesion", "people") == 60
    assert found.number("cohesion", "items") == 4


def test_few_complete_answers_hide_it(small_study: Study) -> None:
    found = measure_table(small_study, small_study.waves[0], {"resident": panel(6)})["measures"]
    assert found.hidden("cohesion", "alpha")
    assert found.hidden("cohesion", "people")
