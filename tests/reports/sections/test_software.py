"""The section on programs: versions as installed, no path, in the technical document alone."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError

import numpy as np
import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList
from evalkit.reports.evidence import gather
from evalkit.reports.sections import software
from evalkit.study.study import Study


def said(study: Study, panel: pd.DataFrame) -> list[str]:
    part = software.SECTION.build(gather(study, study.waves[0], {"resident": panel}))
    assert part is not None
    [points] = [block for block in part.blocks if isinstance(block, BulletList)]
    return [words.say("fr") for point in points.points for words in point]


def test_names_versions_and_no_path(
    study_of: Callable[..., Study], panel_of: Callable[..., pd.DataFrame]
) -> None:
    study = study_of(waves=1)
    lines = said(study, panel_of(study, {}))
    assert f"Python {platform.python_version()}" in lines
    assert f"numpy {np.__version__}" in lines
    assert not [line for line in lines if "/" in line or "\\" in line]


def test_a_package_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(software, "version", missing)
    assert list(software.programs()) == ["evalkit", "Python"]


def test_stands_in_the_technical_document_alone() -> None:
    assert software.SECTION.readers == {"technical"}
