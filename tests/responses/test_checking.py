"""The checks run over everything that the store holds; a new study is in order."""

from __future__ import annotations

from pathlib import Path

from evalkit.responses.checking import check_responses
from evalkit.responses.importing import import_wave
from evalkit.study.study import Study


def test_a_study_without_answers(small_study: Study) -> None:
    report = check_responses(small_study)
    assert (report.problems, report.submissions, len(report.nonresponse)) == ((), 0, 0)


def test_counts_by_wave_and_item(import_study: Study, tmp_path: Path) -> None:
    file = tmp_path / "w1.csv"
    file.write_text("respondent,site,coh1,event,helped,age\na,S1,1,1,2,40\nb,S1,-8,0,3,\nc,S2,-9,,,\n")
    import_wave(import_study, file, wave="w1", instrument="every-type")
    report = check_responses(import_study)
    assert report.submissions == 3
    table = report.nonresponse.set_index(["wave", "item"])
    coh1, helped = table.loc[("w1", "coh1")], table.loc[("w1", "helped")]
    assert (coh1["answered"], coh1["dont_know"], coh1["refused"], coh1["blank"]) == (1, 1, 1, 0)
    assert (helped["asked"], helped["answered"], helped["not_asked"]) == (2, 2, 1)
    assert [p.code for p in report.problems if p.where.item == "helped"] == ["check.skipped_but_answered"]
