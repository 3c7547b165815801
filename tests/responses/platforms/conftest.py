"""A study whose waves have one questionnaire, and partners in its roster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evalkit.instruments.instrument import Instrument
from evalkit.study.enrolling import add_person
from evalkit.study.study import Study
from tests.responses.platforms.simulated import PARTNERS

StudyOf = Callable[[Instrument], Study]


@pytest.fixture
def study_of(tmp_path: Path, study_maker: Callable[..., Study]) -> StudyOf:
    """Give what makes a study around a questionnaire, with whoever answers entering the roster."""

    def make(form: Instrument) -> Study:
        waves = [
            {
                "id": w,
                "year": 2024 + n,
                "field": (f"{2024 + n}-09-15", f"{2024 + n}-11-30"),
                "instruments": [form.id],
            }
            for n, w in enumerate(("w1", "w2"))
        ]
        study = study_maker(
            tmp_path / "study",
            waves=waves,
            populations={
                "resident": {"sites": "one", "enrol": "on_import"},
                "partner": {"sites": "many", "enrol": "on_import"},
            },
            outcomes=[],
        )
        study.folder.mkdir()
        study = Study(study.folder, study.file, {form.id: form})
        for name in PARTNERS:
            add_person(study, population="partner", sites=["S1"], organisation=name)
        return study

    return make
