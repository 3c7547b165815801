"""Each outcome tells its questionnaire, its items, and its reliability where it has one."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from evalkit.documents.blocks import BulletList
from evalkit.reports.evidence import gather
from evalkit.reports.sections.measures import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


def test_outcomes_tell_their_questionnaire(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(TWO_ARMS)
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {}, people=30)})
    part = SECTION.build(evidence)
    assert part is not None
    points = next(block for block in part.blocks if isinstance(block, BulletList)).points
    assert len(points) == len(study.outcomes)
    instrument, scale = study.scale_of(study.outcomes[0])
    said = " ".join(words.say("en") for words in points[0])
    assert instrument.version in said
    assert str(len(scale.items)) in said
