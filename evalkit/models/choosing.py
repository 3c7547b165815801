"""Choose one contrast of an analysis."""

from __future__ import annotations

from evalkit.errors import ProblemsFound
from evalkit.models.study_fits import AnalysisFit, WaveChange
from evalkit.problems import error

ALL = "all"


def chosen_change(found: AnalysisFit, *, wave: str | None = None, arm: str | None = None) -> WaveChange:
    """Return the contrast of a wave and arm.

    Parameters
    ----------
    found : the analysis.
    wave : last wave of the contrast, or its name; by default the last contrast.
    arm : arm whose sites are meant, or `all` for a contrast of all sites together; by default, a comparison
        of arms comes before others.

    Raises
    ------
    ProblemsFound : nothing was fitted, for the reasons that the fit tells; no contrast of this wave or arm.
    """
    if not found.changes:
        raise ProblemsFound([error("plan.nothing_fitted", name=found.analysis.id), *found.problems])
    names = dict.fromkeys(name for change in found.changes for name in (change.name, change.wave))
    by_wave = [change for change in found.changes if wave in (None, change.wave, change.name)]
    if not by_wave:
        raise ProblemsFound([error("plan.no_such_contrast", name=str(wave), known=", ".join(names))])
    arms = dict.fromkeys(change.arm or ALL for change in by_wave)
    of_arm = [c for c in by_wave if arm is None or ((c.arm or ALL) == arm and c.other is None)]
    of_arm = of_arm or [change for change in by_wave if change.arm == arm]
    if not of_arm:
        raise ProblemsFound([error("plan.no_such_contrast", name=str(arm), known=", ".join(arms))])
    compared = [change for change in of_arm if change.other is not None]
    return (compared if arm is None and compared else of_arm)[-1]
