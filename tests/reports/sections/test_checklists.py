"""Every item of a checklist has its place, or is left to the evaluators."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from evalkit.documents.blocks import BulletList
from evalkit.reports.evidence import gather
from evalkit.reports.sections.checklists import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]


def said(study: Study, panel: pd.DataFrame, wave: int) -> list[str]:
    part = SECTION.build(gather(study, study.waves[wave], {"resident": panel}))
    assert part is not None
    points = [point for block in part.blocks if isinstance(block, BulletList) for point in block.points]
    return [" ".join(words.say("en") for words in point) for point in points]


def test_items_name_their_section_or_are_left_to_write(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of({f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)})
    panel = panel_of(study, {})
    later, first = said(study, panel, -1), said(study, panel, 0)
    assert len(later) == len(first) == 44
    assert sum("for the evaluators" in line for line in first) > sum(
        "for the evaluators" in line for line in later
    )
    assert any("see “Every analysis, by every method”" in line for line in later)
