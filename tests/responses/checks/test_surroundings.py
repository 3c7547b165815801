"""Checks that look beyond one questionnaire: the rest of the wave, today's date, partners, logs of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.instruments.library import shipped_instrument
from evalkit.registry import discover
from evalkit.responses.answer_table import KEYS, REASON_CODE, AnswerTable
from evalkit.responses.check import Answers

CHECKS = discover("evalkit.responses.checks", "CHECK")
Make = Callable[..., Answers]


def _codes(name: str, answers: Answers) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.where.respondent) for problem in CHECKS[name].find(answers)]


def _of(answers: Answers, form_id: str, **values: list[object]) -> Answers:
    """Return answers to another questionnaire; items that are not given are blank."""
    form = shipped_instrument(form_id)
    count = len(next(iter(values.values())))
    absent = np.full(count, REASON_CODE["blank"], dtype=np.int8)
    columns = {item.id: values.get(item.id, [None] * count) for item in form.items}
    reasons = {name: np.zeros(count, np.int8) if name in values else absent for name in columns}
    keys = {key: [None] * count for key in KEYS} | {"respondent": [f"E{n}" for n in range(count)]}
    table = AnswerTable(pd.DataFrame(keys, dtype=object), pd.DataFrame(columns), pd.DataFrame(reasons))
    return replace(answers, instrument=form, table=table)


def test_two_sites_in_two_questionnaires_are_told_once(answers: Make) -> None:
    here = answers([{}, {}])
    elsewhere = pd.DataFrame({"respondent": ["R0", "R1"], "site": ["S2", "S1"], "instrument": "another"})
    first = replace(here, visits=pd.concat([here.visits, elsewhere], ignore_index=True))
    second = replace(here, visits=pd.concat([elsewhere, here.visits], ignore_index=True))
    assert _codes("two_sites", first) == [("check.two_sites", "R0")]
    assert _codes("two_sites", second) == []


def test_who_serves_several_sites_may_answer_for_none(answers: Make) -> None:
    partners = _of(answers([]), "partners-core", years=[3.0, 4.0])
    several = replace(
        partners, table=replace(partners.table, keys=partners.table.keys.assign(site=[None, "S9"]))
    )
    assert _codes("unknown_site", several) == [("check.unknown_site", "E1")]


@pytest.mark.parametrize("column", ["started", "ended"])
def test_the_future(answers: Make, column: str) -> None:
    found = _codes("impossible_dates", answers([{}, {}], **{column: ["2999-01-01T08:00:00", None]}))
    assert found == [("check.in_future", "R0")]


def test_a_log_is_kept_all_year_but_not_ahead_of_time(answers: Make) -> None:
    log = _of(answers([]), "site-log", day=["2024-01-31", "2999-01-01"])
    keys = log.table.keys.assign(started=["2024-02-01", None])
    found = CHECKS["impossible_dates"].find(replace(log, table=replace(log.table, keys=keys)))
    assert [(p.code, p.where.respondent, p.where.item) for p in found] == [("check.in_future", "E1", "day")]


def test_answers_about_partners_are_looked_into(answers: Make) -> None:
    form = shipped_instrument("partners-core")
    item = next(each for each in form.items if each.repeat and each.type == "single")
    good = form.options_of(item)[0].value
    ties = [{"A": float(good), "B": "dont_know"}, {"A": float(good), "B": 99.0}]
    found = CHECKS["out_of_range"].find(_of(answers([]), "partners-core", **{item.id: ties}))
    assert [(p.where.respondent, p.where.item, p.values["value"]) for p in found] == [("E1", item.id, "99")]
