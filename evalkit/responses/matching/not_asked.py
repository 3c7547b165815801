"""Tell blanks of items that were skipped from blanks of items that were asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.evaluating import evaluate
from evalkit.instruments.instrument import Instrument
from evalkit.responses.answer_table import ANSWERED, REASON_CODE, AnswerTable


def with_not_asked(answers: AnswerTable, instrument: Instrument) -> AnswerTable:
    """Return the answers with the blanks of items that were skipped by their condition as `not_asked`."""
    reasons = {name: answers.reasons[name].to_numpy() for name in answers.reasons}
    for item in instrument.items:
        if item.ask_if is None:
            continue
        condition = parse_condition(item.ask_if)
        asked_of = [name for name in answers.values if name in condition.items]
        answered = pd.DataFrame({name: reasons[name] == ANSWERED for name in asked_of})
        skipped = ~evaluate(condition, answers.values[asked_of], answered)
        blank = reasons[item.id] == REASON_CODE["blank"]
        codes = np.where(skipped & blank, REASON_CODE["not_asked"], reasons[item.id])
        reasons[item.id] = codes.astype(np.int8)
    return replace(answers, reasons=pd.DataFrame(reasons, copy=False))
