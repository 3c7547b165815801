"""A map is held against its questionnaire, and its codes match whatever way a file writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.responses.maps import AnswerMap, read_map
from evalkit.study.study import Study


def _read(study: Study, text: str) -> AnswerMap:
    path = study.folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return read_map(path, study.instruments["every-type"])


def test_codes_are_texts(import_study: Study) -> None:
    text = "items: {coh1: trust}\nrecode: {coh1: {1: 4, 2.5: 3, '01': 2, x: 1}}\nsites: {7: S1}\n"
    read = _read(import_study, text)
    assert read.recode["coh1"] == {"1": "4", "2.5": "3", "01": "2", "x": "1"}
    assert read.sites == {"7": "S1"}
    assert read.respondent == "respondent"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("items: {nothing: trust}\nabsent: {other: {8: refused}}\n", ["import.unknown_item"] * 2),
        ("recode: {nothing: {1: 2}}\n", ["import.unknown_item"]),
        ("absent: {coh1: {8: gone}}\n", ["yaml.wrong_value"]),
        ("site_if_missing: anywhere\n", ["yaml.wrong_value"]),
        ("columns: {coh1: a}\n", ["yaml.unknown_key"]),
        ("decimal: ';'\n", ["yaml.wrong_value"]),
    ],
)
def test_refuses_with_the_line(import_study: Study, text: str, codes: list[str]) -> None:
    with pytest.raises(ProblemsFound) as found:
        _read(import_study, text)
    assert [problem.code for problem in found.value.problems] == codes
    assert all(problem.where.line for problem in found.value.problems)


def test_the_path_may_be_wrong(import_study: Study) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_map(Path("nowhere.yaml"), import_study.instruments["every-type"])
    assert [problem.code for problem in found.value.problems] == ["yaml.not_found"]
