"""Whose change a contrast tells, by the names that pages give arms."""

from __future__ import annotations

from evalkit.models.study_fits import WaveChange
from evalkit.study.study import Study
from evalkit.texts.phrases import Phrase, phrase
from evalkit.texts.text import Text


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
