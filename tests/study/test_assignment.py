"""How arms were given is declared by a word or with its blocks, and blocks must be whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evalkit.errors import ProblemsFound
from evalkit.study.creating import create_study
from evalkit.study.reading import read_study

PLAIN = "assignment: not_randomised\n"
CITIES = "assignment: {how: randomised, strata: city}\n"
STRATA = "assignment: {how: not_randomised, strata: stratum}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create_study(tmp_path / "study", lang="fr", today=date(2026, 11, 23)).parent


def _rewrite(folder: Path, *changes: tuple[str, str]) -> None:
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "randomised", "strata", "pairs"),
    [
        (PLAIN, False, None, ()),
        ("", False, None, ()),
        ("assignment: randomised\n", True, None, ()),
        (CITIES, True, "city", ()),
        ("assignment: {how: randomised, pairs: [[S2, S1]]}\n", True, None, (("S2", "S1"),)),
    ],
)
def test_a_word_or_a_word_with_blocks(
    folder: Path, written: str, randomised: bool, strata: str | None, pairs: tuple[tuple[str, str], ...]
) -> None:
    _rewrite(folder, (PLAIN, written))
    found = read_study(folder).file.assignment
    assert (found.randomised, found.strata, found.pairs) == (randomised, strata, pairs)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ([(PLAIN, "assignment: by_lot\n")], ["yaml.wrong_value"]),
        ([(PLAIN, "assignment: {how: randomised, strata: households}\n")], ["yaml.wrong_value"]),
        ([(PLAIN, "assignment: {how: randomised, pairs: [[S1]]}\n")], ["yaml.missing_key"]),
        ([(PLAIN, CITIES), ("city: quebec, ", "")], ["assignment.no_stratum"]),
        ([(PLAIN, STRATA)], ["assignment.no_stratum"] * 2),
        ([("city: quebec, ", "city: quebec, stratum: east, ")], ["assignment.stratum_not_declared"]),
        ([(PLAIN, STRATA), ("city: ", "stratum: west, city: ")], []),
        (
            [(PLAIN, "assignment: {how: randomised, strata: city, pairs: [[S1, S2]]}\n")],
            ["assignment.strata_and_pairs"],
        ),
        (
            [(PLAIN, "assignment: {how: randomised, pairs: [[S1, S9]]}\n")],
            ["assignment.unknown_site", "assignment.not_in_a_pair"],
        ),
        (
            [(PLAIN, "assignment: {how: randomised, pairs: [[S1, S2], [S2, S1]]}\n")],
            ["assignment.site_in_two_pairs"] * 2,
        ),
        (
            [(PLAIN, "assignment: {how: randomised, pairs: [[S1, S1]]}\n")],
            ["assignment.site_in_two_pairs", "assignment.not_in_a_pair"],
        ),
        (
            [
                (PLAIN, "assignment: {how: randomised, pairs: [[S1, S2]]}\n"),
                ("arm: comparison", "arm: intervention"),
            ],
            ["assignment.pair_in_one_arm"],
        ),
    ],
)
def test_blocks_that_are_not_whole_are_refused(
    folder: Path, changes: list[tuple[str, str]], codes: list[str]
) -> None:
    _rewrite(folder, *changes)
    if not codes:
        assert read_study(folder).file.assignment.strata == "stratum"
        return
    with pytest.raises(ProblemsFound) as found:
        read_study(folder)
    assert [problem.code for problem in found.value.problems] == codes
    for problem in found.value.problems:
        assert problem.where.line is not None
        assert problem.what("fr") and problem.do("en")
