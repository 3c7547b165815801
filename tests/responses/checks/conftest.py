"""Answers to the residents' questionnaire, as checks see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.instruments.library import shipped_instrument
from evalkit.responses.answer_table import ANSWERED, KEYS, REASON_CODE, AnswerTable
from evalkit.responses.check import Answers
from evalkit.study.roster import Roster
from evalkit.study.study import Study


@pytest.fixture
def answers(small_study: Study) -> Callable[..., Answers]:
    """Give what makes the answers of a wave from one dict a person; every other item is blank."""
    form = shipped_instrument("residents-core")

    def make(rows: list[dict[str, Any]], **keys: list[Any]) -> Answers:
        count = len(rows)
        base: dict[str, list[Any]] = {key: [None] * count for key in KEYS}
        base |= {"respondent": [f"R{n}" for n in range(count)], "site": ["S1"] * count, **keys}
        values, reasons = {}, {}
        for item in form.items:
            given = [row.get(item.id) for row in rows]
            absent = [REASON_CODE.get(value, ANSWERED) if isinstance(value, str) else 0 for value in given]
            codes = [5 if value is None else code for value, code in zip(given, absent, strict=True)]
            kept = [None if code else value for value, code in zip(given, codes, strict=True)]
            numeric = item.type in ("single", "integer", "number")
            values[item.id] = pd.Series(kept, dtype=float if numeric else object)
            reasons[item.id] = np.array(codes, dtype=np.int8)
        table = AnswerTable(
            pd.DataFrame({**base, "row": range(1, count + 1)}, dtype=object),
            pd.DataFrame(values),
            pd.DataFrame(reasons),
        )
        people = pd.DataFrame({"code": base["respondent"], "population": "resident", "organisation": None})
        roster = Roster(people[:2], {"R0": ("S1",), "R1": ("S1",)}, {})
        visits = table.keys[["respondent", "site"]].assign(instrument=form.id)
        return Answers(small_study, small_study.waves[0], form, table, roster, visits)

    return make
