"""Every method of every analysis of the year stands in a table, and nothing that the year hides."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.blocks import Table
from evalkit.reports.evidence import gather
from evalkit.reports.sections.models import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def tables(study: Study, panel: pd.DataFrame) -> list[Table]:
    part = SECTION.build(gather(study, study.waves[-1], {"resident": panel}))
    assert part is not None
    return [block for block in part.blocks if isinstance(block, Table)]


def test_numbers_are_those_of_the_fits(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(TWO_ARMS)
    panel = panel_of(study, {"cohesion": 4.0}, people=40)
    evidence = gather(study, study.waves[-1], {"resident": panel})
    found = next(fit for fit in evidence.fits if fit.analysis.question == "difference_in_change")
    change = next(change for change in found.changes if change.wave == "w3")
    table = next(t for t in tables(study, panel) if t.data.name == f"models-{found.analysis.id}")
    default = change.beside.default
    assert table.data.number("0/two_stage", "estimate") == pytest.approx(default.estimate)
    assert table.data.number("0/two_stage", "df") == default.df
    assert table.data.number("0/two_stage", "p_value") == pytest.approx(default.p_value)
    assert "0/kenward_roger" in table.data.rows


def test_what_the_year_hides_is_hidden_here(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(TWO_ARMS)
    panel = panel_of(study, {}, people=2)
    for table in tables(study, panel):
        assert not [value for value in table.data.cells.values() if isinstance(value, float)]


def test_a_first_wave_has_no_analysis(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(TWO_ARMS, waves=1)
    assert SECTION.build(gather(study, study.waves[0], {"resident": panel_of(study, {})})) is None
