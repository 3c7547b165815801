"""Asked again of the same rows, an analysis gives its main result, whatever its question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.reestimating import from_numbers, on_rows
from evalkit.models.running_sensitivity import main_result
from evalkit.models.variation import MainResult, main_by_key
from evalkit.study.study import Study

QUESTIONS = (
    "change_since_baseline",
    "difference_in_change",
    "baseline_adjusted",
    "growth",
    "staggered_start",
)
LEVEL = 0.9


@pytest.fixture
def starting(study: Study) -> Study:
    """Give the study with sites that start after the first or the second wave."""
    days = {"S1": 2021, "S2": 2021, "S3": 2022}
    sites = tuple(
        site.model_copy(update={"started": date(days[site.id], 6, 1) if site.id in days else None})
        for site in study.sites
    )
    return replace(study, file=study.file.model_copy(update={"sites": sites}))


def main(question: str, panel: pd.DataFrame, study: Study) -> MainResult:
    asked = Analysis(id="asked", question=question, outcome="cohesion")
    return main_result(fit_analysis(asked, panel, study, level=LEVEL), panel, study, panel.iloc[:0])


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_rows_give_the_main_result(question: str, panel: pd.DataFrame, starting: Study) -> None:
    known = main(question, panel, starting)
    again = on_rows(known, known.rows)
    assert len(again) == len(known.found.changes) > 0
    for one, change in zip(again, known.found.changes, strict=True):
        assert (one.test.estimate, one.test.conf_low) == (change.found.estimate, change.found.conf_low)
    assert len(main_by_key(known.found)) == len(known.found.changes), "each contrast has a key of its own"


def test_rows_that_bear_no_question_give_nothing(panel: pd.DataFrame, study: Study) -> None:
    known = main("difference_in_change", panel, study)
    assert on_rows(known, known.rows[known.rows["wave"] == "w1"]) == ()


def test_contrasts_without_an_estimate_are_left_out(panel: pd.DataFrame, study: Study) -> None:
    known = main("difference_in_change", panel, study)

    def nobody(contrast: object) -> object:
        whole = known.numbers_of(known.spec.contrasts[0])
        return replace(whole, table=whole.table.iloc[:0])

    assert from_numbers(nobody, known.spec.contrasts, known) == ()  # type: ignore[arg-type]
