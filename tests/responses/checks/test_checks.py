"""Each check finds its fault, says where, and is silent where nothing is wrong.

Checks: out_of_range, same_answers, unknown_respondent, unknown_site, two_sites, impossible_dates,
skipped_but_answered, item_nonresponse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evalkit.problems import Problem
from evalkit.registry import discover
from evalkit.responses.check import Answers

CHECKS = discover("evalkit.responses.checks", "CHECK")
Make = Callable[..., Answers]


def _found(name: str, answers: Answers) -> list[Problem]:
    problems = list(CHECKS[name].find(answers))
    for problem in problems:
        assert problem.what("fr") and problem.do("en")
        assert (problem.where.wave, problem.where.instrument) == ("w1", "residents-core")
    return problems


@pytest.mark.parametrize("name", CHECKS)
def test_good_answers_pass(name: str, answers: Make) -> None:
    every = {"coh1": 3, "age": 40, "known": (1, 2), "used": (1,), "started": None}
    good = answers([every, {**every, "age": 41}], started=["2024-10-01", None], ended=["2024-10-01", None])
    assert _found(name, good) == []
    assert CHECKS[name].id == name


@pytest.mark.parametrize("name", CHECKS)
def test_no_answers_pass(name: str, answers: Make) -> None:
    assert _found(name, answers([])) == []


def test_out_of_range(answers: Make) -> None:
    found = _found("out_of_range", answers([{"coh1": 6, "age": 11}, {"known": (1, 99), "age": 110}]))
    assert [(p.where.item, p.where.respondent, p.severity) for p in found] == [
        ("coh1", "R0", "error"),
        ("known", "R1", "error"),
        ("age", "R0", "error"),
    ]


def test_same_answers_needs_enough_of_them(answers: Make) -> None:
    many = {f"{name}{n}": n % 5 + 1 for name in ("coh", "sec", "acc", "con") for n in range(1, 6)}
    found = _found("same_answers", answers([many, {"age": 3}, dict(many), {"age": 3}]))
    assert [(p.where.respondent, p.values["other"]) for p in found] == [("R2", "R0")]


def test_unknown_respondent(answers: Make) -> None:
    found = _found("unknown_respondent", answers([{}, {}, {}]))
    assert [p.where.respondent for p in found] == ["R2"]


def test_unknown_and_other_site(answers: Make) -> None:
    found = _found("unknown_site", answers([{}, {}], site=["S9", "S2"]))
    assert [(p.code, p.severity, p.where.site) for p in found] == [
        ("check.unknown_site", "error", "S9"),
        ("check.other_site", "warning", "S2"),
    ]


def test_two_sites(answers: Make) -> None:
    found = _found("two_sites", answers([{}, {}, {}], respondent=["R0", "R0", "R1"], site=["S2", "S1", "S1"]))
    assert [(p.where.respondent, p.values["sites"]) for p in found] == [("R0", "S1, S2")]


def test_impossible_dates(answers: Make) -> None:
    started = ["2024-10-02T10:00:00", "2024-09-14", "2024-12-01", "2024-11-30"]
    found = _found(
        "impossible_dates", answers([{}] * 4, started=started, ended=["2024-10-01", None, None, None])
    )
    assert [(p.code, p.severity, p.where.respondent) for p in found] == [
        ("check.ends_before_start", "error", "R0"),
        ("check.outside_field", "warning", "R1"),
        ("check.outside_field", "warning", "R2"),
    ]


def test_skipped_but_answered(answers: Make) -> None:
    rows: list[dict[str, Any]] = [
        {"hardevent": 1, "helped": 2},
        {"hardevent": 0, "helped": 2},
        {"hardevent": "refused", "helped": 2},
        {"hardevent": 0},
    ]
    found = _found("skipped_but_answered", answers(rows))
    assert [(p.where.respondent, p.where.item, p.severity) for p in found] == [
        ("R1", "helped", "warning"),
        ("R2", "helped", "warning"),
    ]


def test_item_nonresponse_counts_those_it_applies_to(answers: Make) -> None:
    reasons = ["dont_know", "refused", *["not_applicable"] * 8]
    rows = [{"coh1": 3, "sec3": reason} for reason in reasons] + [{"coh1": 3, "sec3": 4}] * 10
    found = {p.where.item: p for p in _found("item_nonresponse", answers(rows))}
    assert "coh1" not in found
    assert found["sec3"].values["share"].share == pytest.approx(2 / 12)
    assert "known" not in found  # not required
