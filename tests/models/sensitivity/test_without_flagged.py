"""without_flagged: exactly the flagged submissions go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from evalkit.models.flagged import VISIT
from evalkit.models.sensitivity.without_flagged import SENSITIVITY
from evalkit.models.variation import MainResult
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase

Main = Callable[..., MainResult]


def test_flagged_submissions_go_and_their_people_stay_in_other_waves(
    panel: pd.DataFrame, study: Study, main_of: Main, of_wave: Any
) -> None:
    there = panel[panel["cohesion"].notna()]
    flagged = there[there["wave"] == "w2"].groupby("site", observed=True).head(2)
    spoilt = panel.copy()
    spoilt.loc[flagged.index, "cohesion"] = 1000.0
    tried = SENSITIVITY.run(main_of(spoilt, study, flagged=flagged[VISIT]))
    assert not isinstance(tried, Phrase)
    for change in main_of(panel.drop(index=flagged.index), study).found.changes:
        assert of_wave(tried[0], change.wave).conf_high == pytest.approx(change.found.conf_high)
    assert "12" in tried[0].name.say("en") and "12" in tried[0].name.say("fr")


@pytest.mark.parametrize(
    ("change", "flags", "why"),
    [
        (lambda rows: rows, lambda rows: rows.iloc[:0], "none_flagged"),
        (lambda rows: rows, lambda rows: rows, "absent"),
        (lambda rows: rows.drop(columns="instrument"), lambda rows: rows, "no_visits"),
    ],
)
def test_why_it_does_not_apply(
    panel: pd.DataFrame, study: Study, main_of: Main, change: Any, flags: Any, why: str
) -> None:
    tried = SENSITIVITY.run(main_of(change(panel), study, flagged=flags(panel)[VISIT]))
    assert isinstance(tried, Phrase) and tried.key == f"sensitivity.without_flagged.{why}"
