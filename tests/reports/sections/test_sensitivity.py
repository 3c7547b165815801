"""Every choice that results can be held against is named, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList, Figure
from evalkit.registry import discover
from evalkit.reports.evidence import gather
from evalkit.reports.sections.sensitivity import SECTION
from evalkit.study.study import Study
from evalkit.texts.text import LANGUAGES, Language

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]
TWO_ARMS = {f"S{n}": "intervention" if n % 2 else "comparison" for n in range(1, 7)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_choice_is_named(study_of: StudyOf, panel_of: PanelOf, lang: Language) -> None:
    study = study_of(TWO_ARMS)
    part = SECTION.build(gather(study, study.waves[-1], {"resident": panel_of(study, {})}))
    assert part is not None
    points = next(block for block in part.blocks if isinstance(block, BulletList)).points
    said = {point[0].say(lang) for point in points}
    assert len(said) == len(discover("evalkit.models.sensitivity", "SENSITIVITY"))


def test_the_forest_of_a_primary_comparison_is_drawn_where_nothing_is_hidden(
    study_of: StudyOf, panel_of: PanelOf
) -> None:
    study = study_of(TWO_ARMS)
    few = {**dict.fromkeys(TWO_ARMS, 30), "S1": 3}
    shown = {}
    for name, people in (("all", 30), ("few", few)):
        evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {}, people=people)})
        primary = [
            replace(fit, analysis=fit.analysis.model_copy(update={"family": "primary"}))
            for fit in evidence.fits
        ]
        part = SECTION.build(replace(evidence, fits=tuple(primary)))
        assert part is not None
        shown[name] = [block for block in part.blocks if isinstance(block, Figure)]
    assert not shown["few"]
    assert len(shown["all"]) == len(study.outcomes)
    drawn = shown["all"][0].draw(shown["all"][0].data, "fr", "wide")
    assert "<desc>" not in drawn
