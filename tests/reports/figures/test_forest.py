"""The forest draws what may be shown, in both languages, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from evalkit.models.fitting import fit_analysis
from evalkit.models.plan import Analysis
from evalkit.models.study_fits import AnalysisFit
from evalkit.reports.contrast_picture import forest_of, write_forest
from evalkit.reports.figures.forest import MAIN
from evalkit.study.study import Study

GAP = Analysis(id="gap", question="difference_in_change", outcome="cohesion", smallest_change=1.5)
ARMS = {f"S{n}": "intervention" if n < 4 else "comparison" for n in range(1, 7)}


@pytest.fixture
def found(study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame]) -> tuple[AnalysisFit, Study]:
    study = study_of(ARMS)
    return fit_analysis(GAP, panel_of(study, {"cohesion": 4.0}), study), study


def test_rows_are_methods_and_sites_left_out(found: tuple[AnalysisFit, Study]) -> None:
    fitted, study = found
    drawn = forest_of(fitted, fitted.changes[-1], study)
    assert drawn is not None
    forest, table = drawn
    assert next(iter(forest.methods)) == MAIN and "permutation" in forest.methods
    assert len(forest.without) == 6
    assert table.number("permutation", "low") is None, "it cannot reach the level"
    assert table.number(MAIN, "estimate") == pytest.approx(fitted.changes[-1].found.estimate)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_same_bytes_and_words_in_the_language(found: tuple[AnalysisFit, Study], lang: str) -> None:
    fitted, study = found
    drawn = forest_of(fitted, fitted.changes[-1], study)
    assert drawn is not None
    forest, table = drawn
    assert forest(table, lang) == forest(table, lang)  # type: ignore[arg-type]
    drawn_words = forest.subtitle.say(lang)  # type: ignore[arg-type]
    assert all(study.arm_name(arm).say(lang) in drawn_words for arm in ("intervention", "comparison")), (
        "who is compared"
    )
    assert forest.title.say(lang) in forest(table, lang).replace("&#160;", "\u00a0")  # type: ignore[arg-type]


def test_too_few_people_are_not_drawn(
    study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame]
) -> None:
    study = study_of(ARMS)
    few = fit_analysis(GAP, panel_of(study, {}, people=2), study)
    assert forest_of(few, few.changes[-1], study) is None
    assert write_forest(few, few.changes[-1], study) == ()


def test_files_are_named_by_analysis_and_contrast(found: tuple[AnalysisFit, Study], tmp_path: Path) -> None:
    fitted, study = found
    files = write_forest(fitted, fitted.changes[-1], study)
    assert {file.name for file in files} == {
        f"contrast-gap-w3-intervention-comparison.{lang}.{ending}"
        for lang in ("fr", "en")
        for ending in ("svg", "png")
    }
