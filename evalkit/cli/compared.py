"""Whose change a contrast tells, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.models.study_fits import WaveChange
    from evalkit.study.study import Study


def compared(change: WaveChange, study: Study) -> Any:
    """Return the sites of a contrast: all, those of an arm, or two arms against one another."""
    from evalkit.texts.phrases import phrase

    if change.arm is None:
        return phrase("commands.fit.all_sites")
    if change.other is None:
        return study.arm_name(change.arm)
    names = {"arm": study.arm_name(change.arm), "other": study.arm_name(change.other)}
    return phrase("commands.fit.against", **names)
