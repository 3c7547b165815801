"""Unmet needs are shares of those to whom a need matters, and stay hidden where these are few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evalkit.documents.blocks import Figure
from evalkit.reports.evidence import gather
from evalkit.reports.sections.needs import SECTION
from evalkit.study.study import Study

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]


def with_needs(panel: pd.DataFrame, parents: int) -> pd.DataFrame:
    """Return a panel in which meeting people matters to the first half, and is unmet for a quarter of them.

    A break matters to the first `parents` people of a wave; nobody was asked of it in the first wave.
    """
    place = panel.groupby("wave", observed=True).cumcount().to_numpy()
    people = panel.groupby("wave", observed=True)["respondent"].transform("size").to_numpy()
    half = place < people / 2
    parent = (place < parents) & (panel["wave"] != "w1").to_numpy()
    return panel.assign(
        impsocial=np.where(half, 2.0, 1.0),
        metsocial=np.where(half & (place >= people / 8), 2.0, 1.0),
        imprespite=np.where(parent, 3.0, np.nan),
        metrespite=np.where(parent, place % 2 * 3.0, np.nan),
    )


def test_a_study_without_these_questions_has_no_section(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    assert SECTION.build(gather(study, study.waves[-1], {"resident": panel_of(study, {})})) is None


def test_the_share_is_of_those_to_whom_the_need_matters(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    evidence = gather(study, study.waves[-1], {"resident": with_needs(panel_of(study, {}), 40)})
    table = evidence.tables["needs"]
    assert table.columns == ("w1", "w3")
    assert table.number("social", "w3") == pytest.approx(0.25)
    assert table.number("respite", "w3") == pytest.approx(0.5)
    assert table.at("respite", "w1") is None
    part = SECTION.build(evidence)
    assert part is not None
    figure = next(block for block in part.blocks if isinstance(block, Figure))
    assert "break as a parent" in figure.title.say("en") and "50%" in figure.title.say("en")
    assert "25%" in " ".join(words.say("en") for words in figure.alt)


def test_a_need_of_few_people_is_hidden(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of()
    evidence = gather(study, study.waves[-1], {"resident": with_needs(panel_of(study, {}), 8)})
    assert evidence.tables["needs"].hidden("respite", "w3")
    part = SECTION.build(evidence)
    assert part is not None
    figure = next(block for block in part.blocks if isinstance(block, Figure))
    assert "Meeting people" not in figure.title.say("en")
    assert "parent" not in " ".join(words.say("fr") for words in figure.alt)


def test_a_first_wave_stands_alone(study_of: StudyOf, panel_of: PanelOf) -> None:
    study = study_of(waves=1)
    evidence = gather(study, study.waves[0], {"resident": with_needs(panel_of(study, {}), 8)})
    assert evidence.tables["needs"].columns == ("w1",)
    assert SECTION.build(evidence) is not None
