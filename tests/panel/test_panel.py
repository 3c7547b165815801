"""Waves become rows: who, where, when, then items as numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments.instrument import Instrument
from evalkit.panel.panel import KEY_COLUMNS, Panel, join_waves
from evalkit.responses.answer_table import REASON_CODE
from evalkit.responses.importing import import_wave
from evalkit.study.study import Study
from evalkit.texts.text import text_of


def _form(form_id: str, items: list[dict[str, Any]], **more: Any) -> Instrument:
    parts = [{**item, "text": text_of(item["id"])} for item in items]
    needs = [{"value": code, "label": text_of(str(code))} for code in (1, 2)]
    head = {"instrument": form_id, "version": "1.0", "population": "resident", "title": text_of(form_id)}
    return Instrument.model_validate({**head, "options": {"needs": needs}, "items": parts, **more})


FIRST = _form(
    "first",
    [
        {"id": "age", "type": "integer", "range": [0, 120]},
        {"id": "needs", "type": "multiple", "options": "needs"},
        {"id": "remark", "type": "text"},
        {"id": "trust", "type": "integer", "range": [0, 4], "repeat": "partners"},
    ],
)
SECOND = _form(
    "second", [{"id": "age", "type": "integer", "range": [0, 120]}, {"id": "pets", "type": "integer"}]
)


@pytest.fixture
def study(small_study: Study) -> Study:
    """Give a study of two questionnaires; S1 started on the middle day of the second wave, S3 never did."""
    content = small_study.file.model_dump(by_alias=True)
    started = {"S1": date(2025, 10, 23), "S2": date(2024, 1, 1), "S3": None}
    content["sites"] = [{**site, "started": started[site["id"]]} for site in content["sites"]]
    asked = (["first"], ["first", "second"], ["second"])
    content["waves"] = [{**w, "instruments": i} for w, i in zip(content["waves"], asked, strict=True)]
    content["populations"]["resident"]["enrol"] = "on_import"
    content["outcomes"] = []
    file = type(small_study.file).model_validate(content)
    return Study(small_study.folder, file, {"first": FIRST, "second": SECOND})


def _load(study: Study, wave: str, form: str, text: str) -> None:
    file = Path(study.folder) / f"{wave}-{form}.csv"
    file.write_text(text)
    import_wave(study, file, wave=wave, instrument=form)


@pytest.fixture
def panel(study: Study) -> Panel:
    _load(
        study, "w1", "first", "respondent,site,age,needs_1,needs_2,remark\nb,S3,30,0,0,hello\na,S1,40,0,1,\n"
    )
    _load(study, "w2", "first", "respondent,site,age,needs_1,needs_2\na,S1,41,,\n")
    _load(study, "w2", "second", "respondent,site,age,pets\na,S1,41,2\n")
    _load(study, "w3", "second", "respondent,site,age,pets\nc,S2,,1\n")
    return join_waves(study, "resident")


def test_a_row_for_each_respondent_wave_and_questionnaire(panel: Panel) -> None:
    frame = panel.frame
    assert list(frame.columns) == [*KEY_COLUMNS, "age", "needs_1", "needs_2", "pets"]
    assert frame["respondent"].is_monotonic_increasing
    seen = frame.groupby(["site", "wave"], observed=True)["instrument"].agg(list).to_dict()
    assert seen == {
        ("S1", "w1"): ["first"],
        ("S1", "w2"): ["first", "second"],
        ("S2", "w3"): ["second"],
        ("S3", "w1"): ["first"],
    }
    waves = frame.loc[frame["site"] == "S1", "wave"]
    assert waves.cat.ordered and waves.tolist() == ["w1", "w2", "w2"]


def test_time_and_exposure_run_from_midpoints(panel: Panel) -> None:
    by_place = panel.frame.drop_duplicates(["site", "wave"]).set_index(["site", "wave"])
    assert by_place.loc[("S1", "w1"), "time"] == 0
    assert by_place.loc[("S2", "w3"), "time"] == 730 / 365.25
    assert by_place.loc[("S1", "w1"), "exposure"] == -365 / 365.25
    assert by_place.loc[("S1", "w2"), "exposure"] == 0
    assert np.isnan(by_place.loc[("S3", "w1"), "exposure"])
    assert by_place["arm"].tolist() == [
        {"S1": "intervention", "S2": "intervention", "S3": "comparison"}[site] for site, _ in by_place.index
    ]


def test_choices_become_columns_of_0_and_1(panel: Panel) -> None:
    first = panel.frame[panel.frame["instrument"] == "first"].set_index(["site", "wave"])
    assert first.loc[("S3", "w1"), ["needs_1", "needs_2"]].tolist() == [0, 0]
    assert first.loc[("S1", "w1"), ["needs_1", "needs_2"]].tolist() == [0, 1]
    assert first.loc[("S1", "w2"), ["needs_1", "needs_2"]].isna().all()


def test_reasons_tell_blank_from_not_asked(panel: Panel) -> None:
    assert list(panel.reasons.columns) == ["age", "needs", "pets"]
    at = panel.frame.reset_index().set_index(["site", "wave", "instrument"])["index"]
    reasons = panel.reasons
    assert reasons.loc[at["S1", "w2", "first"], "needs"] == REASON_CODE["blank"]
    assert reasons.loc[at["S1", "w2", "second"], "needs"] == REASON_CODE["not_asked"]
    assert reasons.loc[at["S2", "w3", "second"], "age"] == REASON_CODE["blank"]
    assert (reasons["pets"].eq(0) == panel.frame["pets"].notna()).all()


def test_nobody_answered_yet(study: Study) -> None:
    frame = join_waves(study, "resident").frame
    assert len(frame) == 0
    assert list(frame["wave"].cat.categories) == ["w1", "w2", "w3"]
    assert frame["time"].dtype == frame["age"].dtype == float


def test_an_unknown_population_is_refused(study: Study) -> None:
    assert len(join_waves(study, "partner").frame) == 0
    with pytest.raises(ProblemsFound) as found:
        join_waves(study, "residents")
    assert [problem.code for problem in found.value.problems] == ["panel.unknown_population"]


def test_a_scale_with_the_id_of_anothers_item_is_refused(study: Study) -> None:
    scale = {"id": "pets", "items": ["age"], "label": text_of("Pets")}
    first = _form("first", [{"id": "age", "type": "integer", "range": [0, 120]}], scales=[scale])
    clash = Study(study.folder, study.file, {"first": first, "second": SECOND})
    with pytest.raises(ProblemsFound) as found:
        join_waves(clash, "resident")
    assert [(p.code, p.where.scale) for p in found.value.problems] == [("panel.same_name", "pets")]
