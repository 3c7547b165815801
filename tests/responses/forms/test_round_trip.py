"""A form filled in and exported comes back as it was said: every target, every shipped questionnaire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evalkit.instruments.library import shipped_instrument
from evalkit.registry import discover
from evalkit.responses.forms.writing import order_of
from evalkit.responses.importing import import_wave
from evalkit.study.roster import read_roster
from tests.responses.forms.filling import FILL
from tests.responses.platforms.conftest import StudyOf, study_of
from tests.responses.platforms.simulated import simulate
from tests.responses.platforms.test_platforms import SHIPPED, stored

__all__ = ["study_of"]
PLATFORMS = {
    "xlsform": "KoboToolbox",
    "limesurvey": "LimeSurvey",
    "redcap": "REDCap",
    "google": "Google Forms",
}


@pytest.mark.parametrize("languages", [("fr", "en"), ("en",)])
@pytest.mark.parametrize("target", PLATFORMS)
@pytest.mark.parametrize("name", SHIPPED)
def test_what_was_said_on_a_form_comes_back(
    study_of: StudyOf, tmp_path: Path, name: str, target: str, languages: Any
) -> None:
    form = shipped_instrument(name)
    study, said = study_of(form), simulate(form)
    order = order_of(study, "w1", form, languages, read_roster(study))
    written = discover("evalkit.responses.forms.targets", "FORM")[target].write(order)
    file = FILL[target](said, order, written, tmp_path)
    receipt = import_wave(study, file, wave="w1", instrument=name)
    assert (receipt.platform, receipt.new) == (PLATFORMS[target], len(said))
    assert stored(study, name) == said.answers
