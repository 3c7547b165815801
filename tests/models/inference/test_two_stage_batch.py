"""Many outcomes at once give what each gives alone through a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.models.inference.site_changes import difference_of_arms
from evalkit.models.inference.two_stage_batch import two_stage_tests


def test_each_outcome_as_through_its_panel() -> None:
    rng = np.random.default_rng(4)
    site_of = np.repeat(np.arange(6), [8, 12, 10, 20, 9, 15])
    answers = rng.normal(50, 8, (3, len(site_of), 1)) + rng.normal(0, 6, (3, len(site_of), 3))
    answers[:, rng.random(answers.shape[1:]) < 0.15] = np.nan
    design = np.column_stack([np.ones(6), [1, 1, 1, 0, 0, 0]])
    together = two_stage_tests(answers, site_of, np.array([-1.0, 0.0, 1.0]), design, np.array([0.0, 1.0]))
    for b in range(3):
        person, wave = np.nonzero(np.isfinite(answers[b]))
        panel = pd.DataFrame({"respondent": person, "site": [f"S{s}" for s in site_of[person]]})
        panel["wave"], panel["y"] = [f"w{w}" for w in wave], answers[b, person, wave]
        panel["arm"] = np.where(design[site_of[person], 1] == 1, "intervention", "comparison")
        alone = difference_of_arms(panel, "y", [f"S{s}" for s in range(6)], "w0", "w2")
        assert together.estimate[b] == pytest.approx(alone.estimate, rel=1e-6)
        assert together.conf_low[b] == pytest.approx(alone.conf_low, rel=1e-5)
        assert together.p_value[b] == pytest.approx(alone.p_value, rel=1e-5)
