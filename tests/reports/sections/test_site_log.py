"""The site log stands in the technical document where there is one."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.reports.evidence import gather
from evalkit.reports.sections import site_log
from evalkit.study.study import Study
from tests.reports.test_log_tables import EVENTS

StudyOf = Callable[..., Study]
PanelOf = Callable[..., pd.DataFrame]


def test_presence_is_drawn_and_said(study_of: StudyOf) -> None:
    study = study_of()
    tables = site_log.log_tables(EVENTS, ("S1",), EVENTS["day"].max(), study.file.disclosure)
    assert tables is not None
    figure = site_log._presence(study, tables)
    assert figure.title.say("en").startswith("A community worker was there in 83%")
    assert len(figure.alt) == 2
    for shape in ("wide", "narrow"):
        assert figure.draw(figure.data, "fr", shape).startswith("<?xml")


def test_without_a_log_there_is_no_section(
    study_of: StudyOf, panel_of: PanelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_log, "read_site_log", lambda study, waves: EVENTS.iloc[:0])
    study = study_of()
    evidence = gather(study, study.waves[-1], {"resident": panel_of(study, {})})
    assert site_log.SECTION.build(evidence) is None
