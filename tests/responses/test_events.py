"""A log of events: each row has its own id, so that a corrected row finds its event."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.instruments.library import shipped_instrument
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.study import Study

HEADER = "respondent,site,day,event,operations,people,note\n"


@pytest.fixture
def study(small_study: Study) -> Study:
    wave = small_study.waves[0].model_copy(update={"instruments": ("site-log",)})
    file = small_study.file.model_copy(update={"waves": (wave, *small_study.waves[1:])})
    return Study(
        small_study.folder, file, {**small_study.instruments, "site-log": shipped_instrument("site-log")}
    )


def test_events_of_one_site_and_day_stay_apart_and_are_corrected_by_id(study: Study, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    rows = "e1,S1,2024-10-02,1,1 2,12,Première rencontre\ne2,S1,2024-10-02,2,,25,\ne3,S2,2024-11-06,2,4,8,\n"
    first.write_text(HEADER + rows, encoding="utf-8")
    assert import_wave(study, first, wave="w1", instrument="site-log").new == 3
    second.write_text(HEADER + rows.replace(",25,", ",26,"), encoding="utf-8")
    receipt = import_wave(study, second, wave="w1", instrument="site-log")
    assert (receipt.new, receipt.revised, receipt.same) == (0, 1, 2)
    table = read_answers(study, "w1", "site-log")
    assert sorted(table.values["people"]) == [8, 12, 26]
    assert (1, 2) in set(table.values["operations"])


def test_a_log_without_ids_says_what_to_do(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("site,day,event\nS1,2024-10-02,1\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        import_wave(study, file, wave="w1", instrument="site-log")
    assert "import.no_event_id" in [problem.code for problem in found.value.problems]
