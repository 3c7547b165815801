"""What an interval allows to say: up, down, steady, or that nobody can tell."""

from __future__ import annotations

from typing import Literal

from evalkit.disclosure import DisclosedTable
from evalkit.models.equivalence import Placement, placement_of

Verdict = Literal["up", "down", "steady", "unclear", "no_interval", "hidden", "first", "not_asked"]
CLEAR: tuple[Verdict, ...] = ("up", "down", "steady")
SAID_OF: dict[Placement, Verdict] = {
    "beyond_band_up": "up",
    "beyond_band_down": "down",
    "inside_band": "steady",
}


def verdict_of(change: float, low: float, high: float, band: float) -> Verdict:
    """Return what may be said of a change.

    A direction is said only when the whole interval lies beyond the band of no interest, and `steady` only
    when it lies within; everything else is `unclear`. So a page never reads a wide interval as no change.

    Parameters
    ----------
    change : the estimate, in points; it plays no part in the verdict unless the interval is a point.
    low, high : ends of the interval, in points.
    band : the smallest change that counts, in points.

    Examples
    --------
    >>> verdict_of(4.0, 2.0, 6.0, band=1.5), verdict_of(4.0, 1.0, 7.0, band=1.5)
    ('up', 'unclear')
    >>> verdict_of(0.2, -1.0, 1.4, band=1.5)
    'steady'
    """
    return SAID_OF.get(placement_of(low, high, band), "unclear")


def verdict_in(table: DisclosedTable, row: str, band: float) -> Verdict:
    """Return the verdict on a row of changes, from what may be shown of it."""
    if table.hidden(row, "change"):
        return "hidden"
    change = table.number(row, "change")
    if change is None:
        return "first"
    low, high = table.number(row, "low"), table.number(row, "high")
    if low is None or high is None:
        return "no_interval"
    return verdict_of(change, low, high, band)
