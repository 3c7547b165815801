"""Cronbach's alpha and Feldt's interval agree with R on five real scales."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.scores.reliability import cronbach_alpha

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "reliability"
SCALES = json.loads((REFERENCE / "reference.json").read_text())
SAME = 1e-8  # R's answers carry eleven digits; both sides compute in doubles


@pytest.mark.parametrize("name", SCALES)
def test_agrees_with_r(name: str) -> None:
    scale = SCALES[name]
    answers = pd.read_csv(REFERENCE / "bfi.csv")[scale["items"]]
    answers[scale["reversed"]] = 7 - answers[scale["reversed"]]
    alpha = cronbach_alpha(answers.to_numpy(dtype=float))
    assert alpha.n == scale["n_complete"]
    assert alpha.estimate == pytest.approx(scale["alpha"], abs=SAME)
    assert (alpha.conf_low, alpha.conf_high) == pytest.approx(scale["feldt_ci95"], abs=SAME)


def test_order_of_rows_and_a_common_scale_do_not_matter() -> None:
    answers = np.random.default_rng(3).integers(1, 6, (60, 4)).astype(float)
    moved = cronbach_alpha(10 * answers[::-1] - 3)
    assert moved.estimate == pytest.approx(cronbach_alpha(answers).estimate, abs=SAME)


@pytest.mark.parametrize("answers", [np.ones((10, 3)), np.full((5, 3), np.nan), np.ones((2, 3))])
def test_says_nothing_where_alpha_is_not_defined(answers: np.ndarray) -> None:
    assert np.isnan(cronbach_alpha(answers).estimate)
