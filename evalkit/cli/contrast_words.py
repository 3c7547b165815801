"""How commands write what a contrast found: an interval, a p-value."""

from __future__ import annotations

from evalkit.texts.numbers import Number, PValue
from evalkit.texts.phrases import Phrase, phrase

ABSENT = "—"


def between(low: float | None, high: float | None, digits: int = 1) -> Phrase:
    """Return an interval in words, or that it is not given."""
    if low is None or high is None:
        return phrase("commands.fit.withheld")
    ends = {"low": Number(low, digits, signed=True), "high": Number(high, digits, signed=True)}
    return phrase("commands.contrast.between", **ends)


def p_cell(p_value: float | None) -> PValue | str:
    """Return a p-value for a cell of a table; a dash where none is given."""
    return ABSENT if p_value is None else PValue(p_value)
