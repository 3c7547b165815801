"""The panel carries its scores, whatever questionnaire they come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evalkit
from evalkit.instruments.instrument import Instrument
from evalkit.panel.panel import KEY_COLUMNS
from evalkit.responses.importing import import_wave
from evalkit.scores.score_report import score_study, write_scores
from evalkit.scores.scored_panel import build_panel
from evalkit.study.study import Study

ITEMS = "coh1,coh2,coh3,coh4"


@pytest.fixture
def study(small_study: Study) -> Study:
    """Give a study of two waves of answers; a second questionnaire has the same scale under another id."""
    content = small_study.file.model_dump(by_alias=True)
    content["populations"]["resident"]["enrol"] = "on_import"
    content["waves"][2]["instruments"] = ["other-core"]
    form = small_study.instruments["small-core"]
    other = Instrument.model_validate({**form.model_dump(by_alias=True), "instrument": "other-core"})
    file = type(small_study.file).model_validate(content)
    made = Study(small_study.folder, file, {"small-core": form, "other-core": other})
    _load(made, "w1", "small-core", "a,S1,5,5,5,5,1 3\nb,S2,3,3,-8,,\nc,S1,4,-8,,,\nd,S2,1,2,1,2,\n")
    _load(made, "w2", "small-core", "a,S1,4,4,4,4,\n")
    _load(made, "w3", "other-core", "a,S1,1,1,1,,\n")
    return made


def _load(study: Study, wave: str, form: str, rows: str) -> None:
    file = Path(study.folder) / f"{wave}.csv"
    file.write_text(f"respondent,site,{ITEMS},needs\n{rows}")
    import_wave(study, file, wave=wave, instrument=form)


def _scores(panel: pd.DataFrame, column: str = "cohesion") -> list[float]:
    """Return a column by wave and then by the answers to the first item, since codes are drawn."""
    return panel.sort_values(["wave", "coh1"], ascending=[True, False])[column].tolist()


def test_scales_follow_the_items(study: Study) -> None:
    panel = build_panel(study, "resident")
    items = ["coh1", "coh2", "coh3", "coh4", "needs_1", "needs_2", "needs_3", "age"]
    assert list(panel.columns) == [*KEY_COLUMNS, *items, "cohesion", "cohesion_n"]
    np.testing.assert_allclose(_scores(panel), [100, np.nan, 50, 12.5, 75, 0])
    assert _scores(panel, "cohesion_n") == [4, 1, 2, 4, 4, 3]


def test_strict_asks_for_more_answers(study: Study) -> None:
    strict = build_panel(study, "resident", strict=True)
    np.testing.assert_allclose(_scores(strict), [100, np.nan, np.nan, 12.5, 75, np.nan])


def test_reasons_say_why_there_is_no_answer(study: Study) -> None:
    panel = build_panel(study, "resident", reasons=True)
    assert _scores(panel, "coh3_reason")[:3] == [np.nan, "blank", "dont_know"]
    assert "remark_reason" not in panel and "remark" not in panel


def test_the_package_exports_it(study: Study) -> None:
    pd.testing.assert_frame_equal(evalkit.build_panel(study, "resident"), build_panel(study, "resident"))


def test_no_answers_give_an_empty_panel(small_study: Study) -> None:
    panel = build_panel(small_study, "resident", reasons=True)
    assert len(panel) == 0
    assert {"cohesion", "cohesion_n", "coh1_reason"} <= set(panel.columns)


def test_scales_are_described_by_wave(study: Study) -> None:
    report = score_study(study)
    rows = report.scales.set_index(["instrument", "wave"])
    assert list(rows.index) == [("small-core", "w1"), ("small-core", "w2"), ("other-core", "w3")]
    first = rows.loc[("small-core", "w1")]
    assert (first["n"], first["alpha_n"]) == (3, 2)
    assert first["mean"] == pytest.approx((100 + 50 + 12.5) / 3)
    assert first["sd"] == pytest.approx(np.std([100, 50, 12.5], ddof=1))
    assert rows["alpha"].isna().all()  # two complete rows do not bear it
    assert report.few == 3
    assert list(report.panels) == ["resident"]


def test_alpha_only_where_the_scale_asks_for_it(study: Study) -> None:
    rng = np.random.default_rng(4)
    answers = np.clip(rng.integers(1, 6, (12, 1)) + rng.integers(-1, 2, (12, 4)), 1, 5)
    rows = "".join(f"p{n},S1,{','.join(map(str, row))},\n" for n, row in enumerate(answers))
    _load(study, "w2", "small-core", rows)
    row = score_study(study).scales.query("wave == 'w2'").iloc[0]
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"] and row["alpha_n"] == 13
    form = study.instruments["small-core"]
    scale = form.scales[0].model_copy(update={"kind": "formative"})
    formative = form.model_copy(update={"scales": (scale,)})
    changed = Study(study.folder, study.file, {**study.instruments, "small-core": formative})
    assert score_study(changed).scales["alpha"].isna().all()


def test_tables_are_written_for_the_evaluators(study: Study) -> None:
    files = write_scores(study)
    assert [file.name for file in files] == ["scores.csv", "panel-resident.csv"]
    assert all(file.parent == study.out_folder / "tables" for file in files)
    assert len(pd.read_csv(files[1])) == 6


def test_a_folder_that_cannot_be_written(study: Study) -> None:
    study.out_folder.write_text("a file stands in the way")
    with pytest.raises(evalkit.ProblemsFound) as found:
        write_scores(study)
    assert [problem.code for problem in found.value.problems] == ["study.folder_not_writable"]
