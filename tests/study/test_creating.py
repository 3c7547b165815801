"""A new study reads without a problem, in both languages of comments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.study.creating import create_study
from evalkit.study.reading import read_study
from evalkit.texts.text import LANGUAGES, Language

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_new_study_reads(tmp_path: Path, lang: Language) -> None:
    file = create_study(tmp_path / "Mon étude 3", lang=lang, today=TODAY)
    study = read_study(file)
    assert study.id == "mon-etude-3"
    assert study.waves[0].year == 2026
    assert {outcome.scale for outcome in study.outcomes} >= {"residents-core.cohesion"}
    assert (file.parent / "answers").is_dir()


def test_both_templates_say_the_same(tmp_path: Path) -> None:
    studies = [
        read_study(create_study(tmp_path / lang / "study", lang=lang, today=TODAY)) for lang in LANGUAGES
    ]
    assert studies[0].file == studies[1].file


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("keep")
    with pytest.raises(ProblemsFound) as found:
        create_study(tmp_path, lang="en", today=TODAY)
    assert [p.code for p in found.value.problems] == ["study.folder_in_use"]
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemsFound) as found:
        create_study(tmp_path / "file" / "study", lang="en", today=TODAY)
    assert [p.code for p in found.value.problems] == ["study.folder_not_writable"]
