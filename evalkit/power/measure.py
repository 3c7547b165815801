"""A scale of a simulated questionnaire: how its score behaves, and what the intervention adds to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """Hold a scale of a simulated questionnaire, as it behaves among residents at the first wave.

    The defaults are middle values of ranges; `docs/simulation.md` gives each range with its source.

    Parameters
    ----------
    id : id of the scale.
    items : ids of its items; none for a score that is normal, without floor and ceiling.
    low, high : smallest and largest answer code of an item.
    mean, sd : of the score, in points of 0 to 100 (range 50 to 65, 13 to 20).
    alpha : Cronbach's alpha of the score (.65 to .90).
    icc : share of the score's variance that lies between sites (.01 to .15).
    yearly_change : what a year adds where the intervention runs, in SD of the score (0 to .10).
    plateau : most that the intervention ever adds, in SD of the score (.15 to .50).
    secular_change : what a year adds everywhere, in SD of the score.
    """

    id: str
    items: tuple[str, ...]
    low: int = 1
    high: int = 5
    mean: float = 57.0
    sd: float = 15.0
    alpha: float = 0.80
    icc: float = 0.05
    yearly_change: float = 0.05
    plateau: float = 0.35
    secular_change: float = 0.0
