"""The section on redoing: hashes of the lock and of the files of known waves, never a file's name."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from evalkit.documents.blocks import BulletList, Paragraph, Part
from evalkit.models.planning.locking import lock_plan
from evalkit.reports.evidence import gather
from evalkit.reports.sections.redo import SECTION
from evalkit.store.imports import add_import
from evalkit.study.study import Study
from evalkit.study.study_store import study_store
from tests.models.planning.answering import write_plan


@pytest.fixture
def study(study_of: Callable[..., Study]) -> Study:
    return study_of()


def said(study: Study, panel: pd.DataFrame, wave: int) -> str:
    part = SECTION.build(gather(study, study.waves[wave], {"resident": panel}))
    assert isinstance(part, Part)
    groups = [b.sentences for b in part.blocks if isinstance(b, Paragraph)]
    groups += [point for b in part.blocks if isinstance(b, BulletList) for point in b.points]
    return " ".join(words.say("en") for group in groups for words in group)


def test_without_files_or_lock_only_the_command(study: Study, panel_of: Callable[..., pd.DataFrame]) -> None:
    words = said(study, panel_of(study, {}), -1)
    assert "evalkit run" in words
    assert "SHA-256" not in words


def test_hashes_of_the_waves_that_the_report_knows(
    study: Study, panel_of: Callable[..., pd.DataFrame]
) -> None:
    hashes = {"w1": "a" * 64, "w3": "c" * 64}
    with study_store(study).writing() as connection:
        for wave, sha in hashes.items():
            add_import(connection, sha256=sha, file="Rue-X.csv", wave=wave, instrument="short", counts={})
    panel = panel_of(study, {})
    assert hashes["w1"] in said(study, panel, 1)
    assert hashes["w3"] not in said(study, panel, 1)
    assert hashes["w3"] in said(study, panel, 2)
    assert "Rue-X" not in said(study, panel, 2)


def test_the_last_lock_is_named(study: Study, panel_of: Callable[..., pd.DataFrame]) -> None:
    write_plan(study)
    receipt = lock_plan(study)
    assert receipt.lock.sha256 in said(study, panel_of(study, {}), -1)
