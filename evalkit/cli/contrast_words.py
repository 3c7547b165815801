"""How commands write a contrast between sites: who is compared, an interval, a p-value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.texts.numbers import Number, PValue
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text

if TYPE_CHECKING:
    from evalkit.models.study_fits import WaveChange
    from evalkit.study.study import Study

ABSENT = "—"


def compared(change: WaveChange, study: Study, *, short: bool = False) -> Phrase | Text | str:
    """Return whose change it is: of all sites, of an arm, or of an arm compared with another.

    For a cell (`short`) the two arms stand around a minus sign.
    """
    if change.arm is None:
        return phrase("commands.fit.all_sites")
    if change.other is None:
        return study.arm_name(change.arm)
    names = {"arm": study.arm_name(change.arm), "other": study.arm_name(change.other)}
    return phrase("commands.fit.minus" if short else "commands.fit.against", **names)


def between(low: float | None, high: float | None, digits: int = 1) -> Phrase:
    """Return an interval in words, or that it is not given."""
    if low is None or high is None:
        return phrase("commands.fit.withheld")
    ends = {"low": Number(low, digits, signed=True), "high": Number(high, digits, signed=True)}
    return phrase("commands.contrast.between", **ends)


def p_cell(p_value: float | None) -> PValue | str:
    """Return a p-value for a cell of a table; a dash where none is given."""
    return ABSENT if p_value is None else PValue(p_value)
