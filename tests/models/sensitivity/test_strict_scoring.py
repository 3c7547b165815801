"""strict_scoring: scores in which an item is absent are left out, others stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from evalkit.models.sensitivity.strict_scoring import SENSITIVITY
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]
ITEMS = 4


def test_scores_with_an_absent_item_are_left_out(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    short = panel["respondent"].astype(str).str[-1] == "3"
    rows = panel.assign(cohesion_n=(~short).astype(int) + ITEMS - 1)
    tried = SENSITIVITY.run(main_of(rows, study))
    assert not isinstance(tried, Phrase)
    expected = main_of(panel[~short], study).found.changes
    for change in expected:
        assert of_wave(tried[0], change.wave).estimate == pytest.approx(change.found.estimate)
    count = int((short & panel["cohesion"].notna()).sum())
    assert str(count) in tried[0].name.say("en") and str(count) in tried[0].name.say("fr")


@pytest.mark.parametrize(("answered", "why"), [(ITEMS, "all_answered"), (0, "absent"), (None, "no_items")])
def test_why_it_does_not_apply(
    panel: pd.DataFrame, study: Study, main_of: Main, answered: int | None, why: str
) -> None:
    rows = panel if answered is None else panel.assign(cohesion_n=answered)
    tried = SENSITIVITY.run(main_of(rows, study))
    assert isinstance(tried, Phrase) and tried.key == f"sensitivity.strict_scoring.{why}"
