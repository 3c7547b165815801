"""People are counted wave by wave, from the tables that were disclosed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from evalkit.documents.blocks import Table
from evalkit.reports.evidence import gather
from evalkit.reports.sections.flow import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def test_every_wave_has_its_counts(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(TWO_ARMS)
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {}, people=30)})
    part = SECTION.build(evidence)
    assert part is not None
    table = part.blocks[-1]
    assert isinstance(table, Table)
    assert table.data is evidence.answered
    assert list(table.row_heads) == [wave.id for wave in study.waves]
    assert {column.id for column in table.columns} <= set(evidence.answered.columns)
