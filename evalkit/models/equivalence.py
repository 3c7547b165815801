"""Where an interval lies beside the band of no interest, and what that allows to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from evalkit.texts.numbers import Number
from evalkit.texts.phrases import Phrase, phrase

Placement = Literal["beyond_band_up", "beyond_band_down", "inside_band", "overlaps", "too_wide"]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Hold a change beside the smallest change of interest; all in the unit of the change.

    Parameters
    ----------
    placement : of the interval, see `placement_of`.
    estimate, band : the change; the smallest change that counts, to both sides.
    conf_low, conf_high, level : the interval that the placement is of.
    tost_low, tost_high : interval of two one-sided tests at 1 - `level`: of the level 2 `level` - 1.
    p_value : of these tests together: of a change beyond the band, if the whole were inside.
    """

    placement: Placement
    estimate: float
    band: float
    conf_low: float
    conf_high: float
    level: float
    tost_low: float
    tost_high: float
    p_value: float

    @property
    def equivalent(self) -> bool:
        """Return whether both one-sided tests reject: the change is smaller than counts."""
        return self.p_value < 1 - self.level

    def words(self, digits: int = 1) -> Phrase:
        """Return what may be said, as a sentence without a verdict on the programme."""
        numbers = {
            "low": Number(self.conf_low, digits, signed=True),
            "high": Number(self.conf_high, digits, signed=True),
            "band": Number(self.band, digits),
        }
        return phrase(f"equivalence.{self.placement}", **numbers)


def placement_of(low: float, high: float, band: float) -> Placement:
    """Return where an interval lies beside the band from -band to band.

    `beyond_band_up` and `beyond_band_down`: wholly beyond one end. `inside_band`: wholly between, ends
    included. `too_wide`: it holds the whole band and more on both sides, so that rise, fall and neither
    stay possible. `overlaps`: it crosses one end, so that one direction is left out.

    Examples
    --------
    >>> placement_of(2, 6, band=1.5), placement_of(-1, 1.4, band=1.5)
    ('beyond_band_up', 'inside_band')
    >>> placement_of(1, 7, band=1.5), placement_of(-4, 7, band=1.5)
    ('overlaps', 'too_wide')
    """
    if low > band:
        return "beyond_band_up"
    if high < -band:
        return "beyond_band_down"
    if -band <= low and high <= band:
        return "inside_band"
    return "too_wide" if low < -band and high > band else "overlaps"


def equivalence(
    estimate: float, std_error: float, df: float, band: float, *, level: float = 0.95
) -> Equivalence:
    """Hold a change against the smallest change that counts, by interval and by two one-sided tests.

    Parameters
    ----------
    estimate, std_error : in the unit of the band.
    df : degrees of freedom, of the sites for a change of sites; infinite for a normal law.
    band : smallest change that counts, zero or above.
    level : of the interval; the two tests go each at 1 - level.

    Raises
    ------
    ValueError : a band below zero, or a standard error that is not above zero.

    References
    ----------
    Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15:657; Lakens 2017, Social
    Psychological and Personality Science 8:355.

    Examples
    --------
    >>> found = equivalence(0.2, 0.5, 10, band=1.5)
    >>> found.placement, found.equivalent, round(found.p_value, 4)
    ('inside_band', True, 0.0132)
    """
    if band < 0 or not std_error > 0:
        raise ValueError("a band is zero or above, a standard error above zero")
    law = stats.norm() if np.isinf(df) else stats.t(df)
    half, short = (float(law.ppf(share)) * std_error for share in ((1 + level) / 2, level))
    low, high = estimate - half, estimate + half
    above = float(law.sf((estimate + band) / std_error))
    below = float(law.sf((band - estimate) / std_error))
    ends = (estimate - short, estimate + short)
    return Equivalence(
        placement_of(low, high, band), estimate, band, low, high, level, *ends, max(above, below)
    )
