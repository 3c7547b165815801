"""What each platform writes is read without a map, and says the same: kobo, central, limesurvey, redcap,
qualtrics and google."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evalkit.instruments.library import shipped_instrument
from evalkit.responses.answer_table import REASONS
from evalkit.responses.importing import import_wave
from evalkit.responses.response_store import read_answers
from evalkit.study.roster import read_roster
from evalkit.study.study import Study
from tests.responses.platforms.conftest import StudyOf
from tests.responses.platforms.simulated import simulate
from tests.responses.platforms.writers import WAYS

SHIPPED = ("residents-core", "partners-core", "site-log")
# A variable of SPSS cannot be named by an organisation; Kobo's CSV has no repeats.
WITHOUT_PARTNERS = ("limesurvey, SPSS pair", "kobo, semicolons")
PAIRS = [(f, way) for f in SHIPPED for way in WAYS if f != "partners-core" or way not in WITHOUT_PARTNERS]


def stored(study: Study, form: str, wave: str = "w1") -> dict[str, list[Any]]:
    """Return by item what is stored, in the order of the respondents' own ids."""
    table = read_answers(study, wave, form)
    roster = read_roster(study)
    ids = {code: name for aliases in roster.aliases.values() for name, code in aliases.items()}
    names = roster.organisations
    people = [ids.get(code, code) for code in table.keys["respondent"]]
    order = sorted(range(len(table)), key=people.__getitem__)
    found: dict[str, list[Any]] = {}
    for item in table.values:
        values, reasons = table.values[item].tolist(), table.reasons[item].tolist()
        said = [REASONS[reasons[n] - 1] if reasons[n] else values[n] for n in order]
        found[item] = [
            {names.get(p) or p: a for p, a in v.items()} if isinstance(v, dict) else v for v in said
        ]
    return found


@pytest.mark.parametrize(("form", "way"), PAIRS)
def test_what_a_platform_wrote_is_read_as_it_was_said(
    study_of: StudyOf, tmp_path: Path, form: str, way: str
) -> None:
    instrument = shipped_instrument(form)
    said, (title, write) = simulate(instrument), WAYS[way]
    study = study_of(instrument)
    receipt = import_wave(study, write(said, tmp_path), wave="w1", instrument=form)
    assert (receipt.platform, receipt.new) == (title, len(said))
    assert stored(study, form) == said.answers
