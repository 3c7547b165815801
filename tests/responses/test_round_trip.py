"""What is imported and exported can be imported again: every submission is the same as before."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.archive.exporting import export_wave
from evalkit.archive.target import ExportOptions
from evalkit.responses.import_receipt import ImportReceipt
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.enrolling import add_person
from evalkit.study.study import Study

WHOLE = ExportOptions(labels=True, with_text=True)
FORM = "every-type"
# What breaks files of cells: quotes, delimiters, ends of lines, formulas, accents.
MARKS = st.sampled_from(
    ["a", "é", "œ", "-", "=", "+", "@", '"', "'", ",", ";", "\n", "\t", " ", "|", "\u00a0"]
)
WORDS = st.one_of(
    st.lists(MARKS, max_size=8).map("".join),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=8),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "coh1": st.sampled_from(["", "1", "4", "-8", "-9"]),
            "event": st.sampled_from(["", "0", "1"]),
            "helped": st.sampled_from(["", "2", "-7"]),
            "needs_1": st.sampled_from(["", "0", "1"]),
            "needs_3": st.sampled_from(["", "0", "1"]),
            "age": st.sampled_from(["", "12", "110"]),
            "money": st.one_of(st.just(""), st.floats(-20, 1000).map(repr)),
            "day": st.sampled_from(["", "2024-02-29"]),
            "remark": WORDS,
            "language": st.sampled_from(["", "fr", "en"]),
            "mode": st.sampled_from(["", "web", "paper"]),
            "started": st.sampled_from(["", "2024-10-01", "2024-10-01T09:30:00"]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_import_then_export_gives_the_same_answers(import_study: Study, rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        study = _beside(import_study, Path(place) / "study")
        file = Path(place) / "w1.csv"
        # Every row holds an answer, for a row without one is no submission.
        frame = pd.DataFrame(rows).assign(site="S1", coh1=lambda f: f["coh1"].replace("", "2"))
        frame.assign(respondent=[f"a{n}" for n in range(len(frame))]).to_csv(file, index=False)
        import_wave(study, file, wave="w1", instrument=FORM)
        _assert_same(study)


def test_reasons_that_the_questionnaire_has_no_code_for(import_study: Study, tmp_path: Path) -> None:
    """-8 is an answer to `money`, and `event` is asked of everybody: the export says so by a map."""
    study, file, declared = import_study, tmp_path / "w1.csv", tmp_path / "map.yaml"
    file.write_text("respondent,site,event,money,needs\na,S1,0,-8,1\nb,S1,x,r,n\nc,S2,1,n,\n")
    declared.write_text(
        "absent: {event: {x: not_asked}, money: {r: dont_know, n: not_asked}, needs: {n: not_asked}}\n"
    )
    import_wave(study, file, wave="w1", instrument=FORM, map=declared)
    assert (read_answers(study, "w1", FORM).values["money"] == -8).sum() == 1
    files = export_wave(study, "w1", options=WHOLE).files
    assert [file.name for file in files] == [
        "w1-every-type.csv",
        "w1-every-type-codebook.csv",
        "w1-every-type-map.yaml",
    ]
    _assert_same(study)


def test_nothing_chosen_is_not_blank(import_study: Study, tmp_path: Path) -> None:
    file = tmp_path / "w1.csv"
    file.write_text(
        "respondent,site,coh1,needs_1,needs_2,needs_3\na,S1,1,0,0,0\nb,S1,1,,,\nc,S1,1,-9,-9,-9\n"
    )
    import_wave(import_study, file, wave="w1", instrument=FORM)
    assert read_answers(import_study, "w1", FORM).reasons["needs"].tolist().count(0) == 1
    _assert_same(import_study)


def test_answers_about_each_partner(import_study: Study, tmp_path: Path) -> None:
    code = add_person(import_study, population="partner", sites=["S1"], organisation="CLSC")
    file = tmp_path / "w1.csv"
    file.write_text(f"respondent,site,event,freq_{code},freq_CLSC\na,S1,1,2,-8\nb,S1,1,,4\n")
    import_wave(import_study, file, wave="w1", instrument=FORM)
    _assert_same(import_study)


@pytest.mark.parametrize("labels", [True, False])
def test_free_text_stays_at_home(import_study: Study, tmp_path: Path, labels: bool) -> None:
    file = tmp_path / "w1.csv"
    file.write_text("respondent,site,coh1,remark\na,S1,1,a neighbour's name\n")
    import_wave(import_study, file, wave="w1", instrument=FORM)
    for written in export_wave(import_study, "w1", options=ExportOptions(labels=labels)).files:
        assert "neighbour's" not in written.read_text(encoding="utf-8")
        assert "remark" not in written.read_text(encoding="utf-8")


def _assert_same(study: Study) -> None:
    count = len(read_answers(study, "w1", FORM))
    again = _import_again(study)
    assert (again.new, again.revised, again.same, again.enrolled) == (0, 0, count, 0)


def _import_again(study: Study) -> ImportReceipt:
    exported, _, *maps = export_wave(study, "w1", options=WHOLE).files
    return import_wave(study, exported, wave="w1", instrument=FORM, map=maps[0] if maps else None)


def _beside(study: Study, folder: Path) -> Study:
    folder.mkdir()
    return Study(folder, study.file, study.instruments)
