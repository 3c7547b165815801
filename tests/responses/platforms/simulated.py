"""Answers to a questionnaire, drawn at random, with what platforms break: marks, absences, skips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.evaluating import evaluate
from evalkit.instruments.instrument import Instrument, Item, order_asked

PARTNERS = ("CLSC du Nord", "Maison d’ici", "Banque, aliments; et cie")
TEXTS = (
    "plain",
    'a "quote", a comma; and\na line',
    "=cmd()",
    "émoji 🙂",
    "שלום עולם",
    "l’apostrophe",
)


@dataclass(frozen=True)
class Said:
    """Hold what was answered: by item a list of n: a value, or the name of the reason for none."""

    form: Instrument
    people: tuple[str, ...]
    sites: tuple[str, ...]
    answers: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.people)

    def code(self, item: str, row: int) -> Any:
        """Return what stands for an answer in codes: a value, the code of an absent answer, or None."""
        return coded(self.form, self.answers[item][row])


def coded(form: Instrument, answer: Any) -> Any:
    """Return the code of an absent answer, None where there is none, an answer as it is."""
    if isinstance(answer, str) and answer in form.absent_codes:
        return form.absent_codes[answer]
    return None if isinstance(answer, str) and answer in ("not_asked", "blank") else answer


def simulate(form: Instrument, count: int = 40, seed: int = 7) -> Said:
    """Draw answers; what a condition skips is not asked."""
    rng = np.random.default_rng(seed)
    answers: dict[str, list[Any]] = {}
    for item in map(form.item, order_asked(form)):
        found = [_answer(form, item, rng) for _ in range(count)]
        if item.ask_if is not None:
            condition = parse_condition(item.ask_if)
            values, given = pd.DataFrame(), pd.DataFrame()
            for name in condition.items:
                stands = [not (isinstance(a, str) and _is_reason(a)) for a in answers[name]]
                column = [a if s else None for a, s in zip(answers[name], stands, strict=True)]
                values[name], given[name] = pd.Series(column, dtype=object), stands
            asked = evaluate(condition, values, given)
            found = [a if on else "not_asked" for a, on in zip(found, asked, strict=True)]
        if not answers:
            # A row without any answer is no submission.
            found = [a if coded(form, a) is not None else _value(form, item, rng) for a in found]
        answers[item.id] = found
    people = tuple(f"p{n:03d}" for n in range(count))
    return Said(form, people, tuple(f"S{n % 3 + 1}" for n in range(count)), answers)


def _is_reason(answer: str) -> bool:
    return answer in ("not_asked", "blank", "not_applicable", "dont_know", "refused")


def _answer(form: Instrument, item: Item, rng: np.random.Generator) -> Any:
    if item.repeat is not None:
        found = {p: _one(form, item, rng) for p in PARTNERS if rng.random() < 0.7}
        stands = {p: a for p, a in found.items() if a != "blank"}
        return stands or "blank"
    return _one(form, item, rng)


def _one(form: Instrument, item: Item, rng: np.random.Generator) -> Any:
    if rng.random() < 0.15:
        return "blank"
    if item.absent and rng.random() < 0.25:
        return str(rng.choice(item.absent))
    return _value(form, item, rng)


def _value(form: Instrument, item: Item, rng: np.random.Generator) -> Any:
    codes = [option.value for option in form.options_of(item)]
    if item.type == "single":
        return float(rng.choice(codes))
    if item.type == "multiple":
        size = rng.integers(1, len(codes) + 1)
        return tuple(sorted(int(c) for c in rng.choice(codes, size, replace=False)))
    if item.type in ("integer", "number"):
        low, high = item.range or (0, 100)
        number = float(rng.integers(int(low), int(min(high, 500)) + 1))
        return number if item.type == "integer" else number + 0.5 * (number + 0.5 <= high)
    if item.type == "date":
        return f"2024-10-{rng.integers(1, 31):02d}"
    return str(rng.choice(TEXTS))
