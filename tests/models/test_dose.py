"""Doses of sites by wave: from the panel or a file, lagged or added up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evalkit.errors import ProblemsFound
from evalkit.models.dose import dose_of_sites
from evalkit.study.study import Study

ROWS = pd.DataFrame(
    {
        "respondent": range(8),
        "site": ["S1"] * 4 + ["S2"] * 4,
        "wave": ["w1", "w1", "w2", "w3"] * 2,
        "time": [0.0, 0.0, 1.0, 3.0] * 2,
        "exposure": [-0.5, -0.5, 0.5, 2.5] + [np.nan] * 4,
        "hours": [1.0, 3.0, 4.0, 6.0, 0.0, 0.0, 1.0, 1.0],
    }
)


def test_from_the_panel(study: Study) -> None:
    hours = dose_of_sites(ROWS, study, {"dose": "hours"})
    assert hours.table.loc["S1"].tolist() == [2.0, 4.0, 6.0]
    assert hours.change("w1", "w3") == {"S1": 4.0, "S2": 1.0}
    exposure = dose_of_sites(ROWS, study, {"dose": "exposure"})
    assert exposure.table.to_numpy().tolist() == [[0.0, 0.5, 2.5], [0.0, 0.0, 0.0]]


def test_added_up_and_lagged(study: Study) -> None:
    total = dose_of_sites(ROWS, study, {"dose": "hours", "cumulative": True})
    assert total.table.loc["S1"].tolist() == [0.0, 4.0, 16.0]
    late = dose_of_sites(ROWS, study, {"dose": "hours", "lag": 1})
    assert late.table.loc["S1"].tolist() == [0.0, 2.0, 4.0]


def test_from_a_file_with_gaps(study: Study) -> None:
    (study.folder / "doses.csv").write_text("site,wave,visits\nS1,w1,3\nS1,w2,4\nS1,w3,5\nS2,w1,1\n", "utf-8")
    dose = dose_of_sites(ROWS, study, {"dose": "visits", "file": "doses.csv"})
    assert dose.sites_known == ("S1",) and dose.sites_unknown == ("S2",)
    assert dose.at_rows(ROWS)[:4].tolist() == [3.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("site,wave,visits\nS9,w1,3\nS1,w9,2\n", {"models.dose_unknown_site", "models.dose_unknown_wave"}),
        ("site,wave,visits\nS1,w1,3\nS1,w1,2\n", {"models.dose_twice"}),
        ("site,wave,visits\nS1,w1,many\n", {"models.dose_not_a_number"}),
        ("site,wave,calls\nS1,w1,3\n", {"models.no_dose_column"}),
        (None, {"models.no_dose_file"}),
    ],
)
def test_files_that_cannot_be_used(study: Study, words: str | None, codes: set[str]) -> None:
    if words is not None:
        (study.folder / "doses.csv").write_text(words, "utf-8")
    with pytest.raises(ProblemsFound) as caught:
        dose_of_sites(ROWS, study, {"dose": "visits", "file": "doses.csv"})
    assert {problem.code for problem in caught.value.problems} == codes


def test_a_column_that_is_not_there(study: Study) -> None:
    with pytest.raises(ProblemsFound) as caught:
        dose_of_sites(ROWS, study, {"dose": "wave"})
    assert [problem.code for problem in caught.value.problems] == ["models.no_dose_column"]
