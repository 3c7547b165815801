"""Difference in change: the arm's term in a later wave is the difference of the arms' changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.models.kinds.difference_in_change import KIND
from evalkit.study.study import Study


def test_interaction_is_the_difference_of_changes(panel: pd.DataFrame, study: Study) -> None:
    spec = KIND.build(panel, "cohesion", study)
    found = np.linalg.lstsq(spec.fixed.to_numpy(), spec.response, rcond=None)[0]
    means = panel.groupby(["arm", "wave"])["cohesion"].mean()
    change = means.xs("w3", level="wave") - means.xs("w1", level="wave")
    place = list(spec.fixed).index("arm[intervention]:wave[w3]")
    assert found[place] == pytest.approx(change["intervention"] - change["comparison"])


def test_estimand_names_the_arms(panel: pd.DataFrame, study: Study) -> None:
    words = KIND.build(panel, "cohesion", study).estimand.say("en")
    assert words.index("Intervention") < words.index("Comparison")


def test_answers_of_one_arm_cannot_be_compared(panel: pd.DataFrame, study: Study) -> None:
    lacking = KIND.lacking(panel[panel["arm"] == "intervention"], "cohesion", study)
    assert lacking is not None and lacking.code == "models.no_comparison"


@pytest.mark.parametrize(
    ("arms", "suits"),
    [
        ({"A": "intervention", "B": "comparison"}, True),
        ({"A": "intervention", "B": "intervention"}, False),
        ({"A": None, "B": None}, False),
        ({"A": "x", "B": "y", "C": "z"}, False),
    ],
)
def test_two_arms_are_needed(
    study_of: Callable[..., Study], arms: dict[str, str | None], suits: bool
) -> None:
    assert KIND.suits(study_of(arms)) is suits
