"""A study file that is wrong is refused with every problem and its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.study.creating import create_study
from evalkit.study.reading import find_study, read_study


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return create_study(tmp_path / "study", lang="en", today=date(2026, 11, 23))


def _codes(file: Path, old: str, new: str) -> list[str]:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_study(file.parent)
    for problem in found.value.problems:
        assert problem.where.line is not None
        assert problem.what("fr") and problem.do("en")
    return [problem.code for problem in found.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("{id: S2,", "{id: S1,", ["study.duplicate_id"]),
        ('{fr: "Site A", en: "Site A"}', '{fr: "Site A"}', ["study.missing_language"]),
        ("[residents-core, partners-core]", "[residents-core, none-such]", ["study.unknown_instrument"]),
        ("residents-core.cohesion", "residents-core.nothing", ["study.unknown_scale"]),
        ("  partner: {unit", "  neighbour: {unit", ["study.unknown_population"]),
        ("field: [2026-09-15", "field: [2027-09-15", ["yaml.wrong_value"]),
        ("languages: [fr, en]", "languages: [fr, xx]", ["yaml.wrong_value"]),
        ("answers: []", "answers: [{file: a.csv, instrument: site-log}]", ["study.instrument_not_of_wave"]),
        ("study: study", "study: study\nstudy: again", ["yaml.duplicate_key"]),
        ("store: sqlite", "\tstore: sqlite", ["yaml.tab"]),
    ],
)
def test_refuses(file: Path, old: str, new: str, codes: list[str]) -> None:
    assert _codes(file, old, new) == codes


def test_finds_the_nearest_study_upward(file: Path) -> None:
    deep = file.parent / "answers" / "w1"
    deep.mkdir()
    assert find_study(deep) == file.parent


def test_says_when_there_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        find_study(tmp_path)
    assert [p.code for p in found.value.problems] == ["study.not_found"]
